import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { isProtectedUrl } from '../../functions/shared/protected-url.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'

/** Where the outputs of a deployment are read from. */
export interface OutputsSource {
  /** The folder whose `terraform output` is read. */
  readonly folder: string
  /** A file with the JSON of `terraform output -json` instead, `-` for stdin. */
  readonly outputsFile: string | undefined
  /** How long the command may take, in milliseconds: 60 s when left out. */
  readonly limitMs?: number
}

/**
 * Reads the JSON of `terraform output -json` from a file, stdin or the command itself. Undefined if it is not JSON.
 * @throws {CannotProceedError} with the remedy; never quotes an output
 */
export async function readOutputs({ folder, outputsFile, limitMs = 60_000 }: OutputsSource): Promise<unknown> {
  if (outputsFile === '-') return json(await text(process.stdin))
  if (outputsFile === undefined) return json(await terraformOutput(folder, limitMs))
  return json(await fileText(outputsFile))
}

const wrapper = v.object({ value: v.unknown() })

/** The form of an output: Terraform wraps its value, `npm start -- --json` prints it as it is. */
export function output<T extends v.GenericSchema>(value: T) {
  const unwrapped = v.transform((given: unknown) => (v.is(wrapper, given) ? given.value : given))
  return v.pipe(v.unknown(), unwrapped, value)
}

/** The form of a function's address among the outputs. */
export const addressOutput = output(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/), v.url()))

/**
 * Gives an address among the outputs back if a key may be sent there.
 * @throws {CannotProceedError} that names the output, never the address
 */
export function protectedAddress(name: string, url: string): string {
  if (isProtectedUrl(url)) return url
  throw new CannotProceedError(
    `The output ${name} must be an https address without user and password (http only to 127.0.0.1, localhost or [::1]): a key would be sent there in clear text. Set scw_api_url to null or to an https address, and apply again.`,
  )
}

/** The form of a secret key among the outputs. Terraform leaves it out when it is null. */
export const optionalKeyOutput = v.optional(output(v.nullable(v.string())))

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new CannotProceedError(`The file ${file} cannot be read.`)
  }
}

/** Runs OpenTofu where Terraform is not installed. */
async function terraformOutput(folder: string, limitMs: number): Promise<string> {
  for (const command of ['terraform', 'tofu']) {
    try {
      const options = { cwd: folder, timeout: limitMs }
      const { stdout } = await promisify(execFile)(command, ['output', '-json', '-no-color'], options)
      return stdout
    } catch (error) {
      if (isLate(error)) throw new CannotProceedError(`${command} output ${noAnswer}`)
      if (!isMissing(error)) throw new CannotProceedError(`${command} output failed here. Run ${command} apply first.`)
    }
  }
  throw new CannotProceedError(
    'Neither terraform nor tofu is installed, or the folder does not exist. On a machine that has one, save "terraform output -json" to a file, and name the file with --outputs.',
  )
}

/** Node kills what has reached its limit. */
function isLate(error: unknown): boolean {
  return error instanceof Error && 'killed' in error && error.killed === true
}

const noAnswer =
  "did not end in time: the state's backend does not answer, or asks for a login. Run it by itself, or save its JSON to a file and name that with --outputs."

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function json(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return undefined
  }
}
