import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { CannotSmokeError } from './cannot-smoke.ts'
import type { SmokeOptions } from './options.ts'

/** Where a deployment is and who may call it: secret keys, by name where there can be several. */
export interface Deployed {
  readonly rotationUrl: string
  readonly retrievalUrl: string
  readonly operatorKey: string
  readonly consumerKeys: Readonly<Record<string, string>>
  readonly monitorKeys: Readonly<Record<string, string>>
}

const url = v.object({ value: v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/)) })
const keys = v.optional(v.object({ value: v.nullable(v.record(v.string(), v.string())) }))
const form = v.object({
  rotation_url: url,
  retrieval_url: url,
  // Terraform leaves out an output that is null.
  operator_secret_key: v.optional(v.object({ value: v.nullable(v.string()) })),
  consumer_secret_keys: keys,
  monitor_secret_keys: keys,
})

/**
 * Reads what `terraform output -json` says of a deployment, from a file, stdin or the command itself.
 * `token` is the operator's secret key for a deployment that made none.
 * @throws {CannotSmokeError} saying what to do; never quotes an output
 */
export async function readDeployed(
  options: Pick<SmokeOptions, 'folder' | 'outputsFile'>,
  token: string | undefined,
): Promise<Deployed> {
  const parsed = v.safeParse(form, json(await outputsText(options)))
  if (!parsed.success) throw new CannotSmokeError(notApplied)
  const { rotation_url, retrieval_url, operator_secret_key, consumer_secret_keys, monitor_secret_keys } = parsed.output
  const operatorKey = operator_secret_key?.value ?? token
  if (operatorKey === undefined || operatorKey === '') throw new CannotSmokeError(noOperatorKey)
  return {
    rotationUrl: rotation_url.value,
    retrievalUrl: retrieval_url.value,
    operatorKey,
    consumerKeys: consumer_secret_keys?.value ?? {},
    monitorKeys: monitor_secret_keys?.value ?? {},
  }
}

const notApplied =
  'terraform output names no rotation_url and retrieval_url here: nothing is applied from this folder yet. Run terraform apply first, or name the folder with --dir.'
const noOperatorKey =
  "This deployment made no operator key (operator_key_sha256 is set): put an operator's secret key into the environment variable TOKEN."

async function outputsText({ folder, outputsFile }: Pick<SmokeOptions, 'folder' | 'outputsFile'>): Promise<string> {
  if (outputsFile === '-') return text(process.stdin)
  if (outputsFile === undefined) return terraformOutput(folder)
  try {
    return await readFile(outputsFile, 'utf8')
  } catch {
    throw new CannotSmokeError(`The file ${outputsFile} cannot be read.`)
  }
}

/** OpenTofu is asked where there is no Terraform. */
async function terraformOutput(folder: string): Promise<string> {
  for (const command of ['terraform', 'tofu']) {
    try {
      const { stdout } = await promisify(execFile)(command, ['output', '-json', '-no-color'], { cwd: folder })
      return stdout
    } catch (error) {
      if (!isMissing(error)) throw new CannotSmokeError(`${command} output failed here. Run ${command} apply first.`)
    }
  }
  throw new CannotSmokeError(
    'Neither terraform nor tofu is found, or the folder does not exist. Where one is, save "terraform output -json" to a file and name it with --outputs.',
  )
}

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
