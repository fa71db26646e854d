import { parseArgs } from 'node:util'
import { CannotSmokeError } from './cannot-smoke.ts'

/** What a person asked for on the command line. */
export interface SmokeOptions {
  readonly help: boolean
  /** The folder whose `terraform output` is read; the current one by default. */
  readonly folder: string
  /** A file with the JSON of `terraform output -json` instead, `-` for stdin. */
  readonly outputsFile: string | undefined
  /** How long all calls together wait for a platform that is still building or starting. */
  readonly waitSeconds: number
}

/** What `--help` prints. */
export const smokeHelp = `Checks a deployment after terraform apply: makes the first key if there is none, then makes the calls
that must work and the calls that must be refused. Prints a line for each; ends with 1 if one differs,
2 if it could not begin. It never rotates a key that is there.

Usage: npm run smoke [-- options]

  --dir FOLDER      the folder of the deployment (the current one when left out)
  --outputs FILE    read the JSON of "terraform output -json" from a file, or from stdin with -
  --wait SECONDS    how long to wait, in all, for functions that are still being built (180)
  --help            print this

TOKEN in the environment is the operator's secret key where terraform made none (operator_key_sha256).`

/**
 * Reads the command line.
 * @throws {CannotSmokeError} for an option that is unknown or malformed
 */
export function readSmokeOptions(args: readonly string[]): SmokeOptions {
  const { help = false, dir = '.', outputs, wait = '180' } = parse(args)
  if (!/^\d{1,4}$/.test(wait)) throw new CannotSmokeError('--wait must be a number of seconds up to 9999.')
  return { help, folder: dir, outputsFile: outputs, waitSeconds: Number(wait) }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { dir: text, outputs: text, wait: text, help: { type: 'boolean', short: 'h' } },
    })
    return values
  } catch (error) {
    const [what] = error instanceof Error ? error.message.split(/\.(?:\s|$)|\n/) : []
    throw new CannotSmokeError(`${what}. Known are --dir, --outputs, --wait and --help.`)
  }
}
