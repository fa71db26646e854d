import * as v from 'valibot'
import { isProtectedUrl } from '../../functions/shared/protected-url.ts'
import { deploymentOptions, noTokenOption, parseArguments, readWaitSeconds } from '../cli/arguments.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { keyName } from '../deployment/key-name.ts'
import type { OutputsSource } from '../deployment/outputs.ts'

/** The options of `npm run status`. */
export interface StatusOptions {
  readonly help: boolean
  /** Where the rotation function is: its address, or the outputs that name it. */
  readonly from: OutputsSource | { readonly url: string }
  /** The key to show; undefined shows the deployment, which is one key or a line for each. */
  readonly key: string | undefined
  /** Every key in full below the lines. */
  readonly all: boolean
  /** A page on this machine that shows the same as a picture, until it is interrupted. */
  readonly page: boolean
  /** The function's own JSON on stdout instead of text. */
  readonly json: boolean
  /** How long to wait for an answer, in total. */
  readonly waitSeconds: number
}

/** What `--help` prints. */
export const statusHelp = `Prints the status of a deployment: if it is healthy, its keys and when they end, what happens next.
With several keys it prints a line for each. Changes nothing. Exit code: 0 if healthy, 1 if not, 2 if it could not ask.

Usage: npm run status [-- options]

  --dir FOLDER      the folder of the deployment (default: the current folder)
  --outputs FILE    read the JSON of "terraform output -json", or the line of "npm start --silent -- --json",
                    from a file, or from stdin with -
  --url URL         ask the rotation function at this address; needs TOKEN
  --key NAME        show this key alone, with its time line
  --all             show every key in full, with its time line
  --page            show the same as a picture on a page of this machine, which asks again and again until Ctrl-C
  --json            print the JSON of the function, and nothing else on stdout; without npm's own lines:
                    npm run status --silent -- --json
  --wait SECONDS    how long to wait in total for a function that is still starting, or silent because of a revoke
                    (default: 300)
  --help            print this

The environment variable TOKEN is the secret key to ask with: that of an operator or a monitor. Without TOKEN the
operator's key of the outputs is used. A key is never an option: any user could read it in the list of processes. It is
sent as X-Auth-Token and as Authorization: Bearer, and as X-Caller-Key too if the output caller_headers names it, or with
--url if the environment variable SEND_CALLER_KEY is true.`

const options = {
  ...deploymentOptions,
  url: { type: 'string' },
  key: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  page: { type: 'boolean' },
} as const

/**
 * Parses the command line.
 * @throws {CannotProceedError} for an option that is unknown or malformed, or that excludes another one
 */
export function readStatusOptions(args: readonly string[]): StatusOptions {
  const {
    help = false,
    json = false,
    all = false,
    page = false,
    key,
    dir,
    outputs,
    url,
    wait = '300',
  } = parseArguments(args, options)
  if (key !== undefined && all) throw new CannotProceedError('--key shows one key, --all every key: leave one out.')
  if (page && (json || all)) {
    throw new CannotProceedError('--page shows everything on a page: leave --json and --all out.')
  }
  const shown = {
    help,
    json,
    all,
    page,
    key: key === undefined ? undefined : readName(key),
    waitSeconds: readWaitSeconds(wait),
  }
  if (url === undefined) return { ...shown, from: { folder: dir ?? '.', outputsFile: outputs } }
  if (dir !== undefined || outputs !== undefined) {
    throw new CannotProceedError('--url says where the function is: leave --dir and --outputs out.')
  }
  return { ...shown, from: { url: readAddress(url) } }
}

function readName(text: string): string {
  // A secret key would do as a name, and would be sent as part of an address.
  if (v.is(v.pipe(v.string(), v.uuid()), text)) throw new CannotProceedError(noTokenOption)
  const parsed = v.safeParse(keyName, text)
  if (parsed.success) return parsed.output
  throw new CannotProceedError(`--key must be the name of a key: ${parsed.issues[0].message}.`)
}

function readAddress(text: string): string {
  if (isProtectedUrl(text)) return new URL(text).href
  if (URL.canParse(text) && new URL(text).protocol === 'http:') {
    throw new CannotProceedError(
      '--url must begin with https:// unless it leads to this machine (127.0.0.1, localhost or [::1]), and have no user: the token goes there.',
    )
  }
  throw new CannotProceedError('--url must be the address of the rotation function: https://… and no user.')
}
