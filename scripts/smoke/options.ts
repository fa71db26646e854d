import { deploymentOptions, parseArguments, readWaitSeconds } from '../cli/arguments.ts'
import type { OutputsSource } from '../deployment/outputs.ts'

/** The options of `npm run smoke`. */
export interface SmokeOptions extends OutputsSource {
  readonly help: boolean
  /** How long all calls together wait for functions that are still being built or started. */
  readonly waitSeconds: number
}

/** What `--help` prints. */
export const smokeHelp = `Checks a deployment after terraform apply: creates the first key if there is none, then makes the calls
that must work and the calls that must be refused, also with valid keys in dishonest forms. Prints a line for each.
With several keys it checks each of them, and tries each consumer with each key that is not its own. It also holds
the policies in IAM, groups and All Applications included, against what the last apply granted.
Exit code: 0 if all answers are as expected, 1 if one differs, 2 if it could not begin. It never rotates an existing key.

Usage: npm run smoke [-- options]

  --dir FOLDER      the folder of the deployment (default: the current folder)
  --outputs FILE    read the JSON of "terraform output -json" from a file, or from stdin with -
  --wait SECONDS    how long to wait in total for functions that are still being built (default: 180)
  --help            print this

Each call sends its key in the headers that the output caller_headers names: X-Auth-Token and Authorization, with
send_caller_key also X-Caller-Key. The environment variable TOKEN is the operator's secret key where Terraform made
none (operator_key_sha256). SCW_ACCESS_KEY and SCW_SECRET_KEY are a key of yours that may read IAM (IAMReadOnly),
at SCW_API_URL; without one the policies are not looked at, and a line that begins with skip says so.`

/**
 * Parses the command line.
 * @throws {CannotProceedError} for an option that is unknown or malformed
 */
export function readSmokeOptions(args: readonly string[]): SmokeOptions {
  const { help = false, dir = '.', outputs, wait = '180' } = parseArguments(args, deploymentOptions)
  return { help, folder: dir, outputsFile: outputs, waitSeconds: readWaitSeconds(wait) }
}
