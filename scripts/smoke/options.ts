import { deploymentOptions, parseArguments, readWaitSeconds } from '../cli/arguments.ts'
import type { OutputsSource } from '../deployment/outputs.ts'

/** What a person asked for on the command line. */
export interface SmokeOptions extends OutputsSource {
  readonly help: boolean
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
 * @throws {CannotProceedError} for an option that is unknown or malformed
 */
export function readSmokeOptions(args: readonly string[]): SmokeOptions {
  const { help = false, dir = '.', outputs, wait = '180' } = parseArguments(args, deploymentOptions)
  return { help, folder: dir, outputsFile: outputs, waitSeconds: readWaitSeconds(wait) }
}
