import * as v from 'valibot'
import { parseArguments } from '../cli/arguments.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { keyName } from '../deployment/key-name.ts'
import { defaultKeyName } from './identities.ts'

/** The options of a local command. */
export interface LocalOptions {
  /** The port of the local Scaleway; undefined takes a free one. */
  readonly port: number | undefined
  /** The names of the keys that are rotated. */
  readonly keys: readonly string[]
  /** One JSON line on stdout instead of text. */
  readonly json: boolean
  readonly help: boolean
}

/** What a local command takes: how many ports in a row, from `--port` on, and whether the names of keys. */
export interface TakenOptions {
  readonly portsNeeded: number
  readonly takesKeys?: boolean
}

/** The options of both commands, as `--help` shows them. */
export const optionsHelp = `  --port N   the port of the local Scaleway (default: free ports)
  --json     print one line of JSON on stdout, and nothing else there
  --help     print this`

const localOptions = {
  port: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const
const withKeys = { ...localOptions, keys: { type: 'string' } } as const

// Of 50 API keys: two of each bearer in its overlap, one of its consumer, four of the deployment's own, two in reserve.
const mostKeys = 14

/**
 * Parses the command line.
 * @throws {CannotProceedError} for an option that is unknown or malformed
 */
export function readOptions(args: readonly string[], { portsNeeded, takesKeys = false }: TakenOptions): LocalOptions {
  const given: { port?: string; json?: boolean; help?: boolean; keys?: string } = parseArguments(
    args,
    takesKeys ? withKeys : localOptions,
  )
  const { port, json = false, help = false, keys = defaultKeyName } = given
  return {
    json,
    help,
    port: port === undefined ? undefined : readPort(port, 65_536 - portsNeeded),
    keys: readKeys(keys),
  }
}

function readPort(text: string, last: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= last) return port
  throw new CannotProceedError(`--port must be a number from 1 to ${last}. Leave it out and free ports are used.`)
}

function readKeys(text: string): string[] {
  const parsed = v.safeParse(v.array(keyName), text.split(','))
  if (!parsed.success) {
    throw new CannotProceedError(
      `--keys must be names with a comma between them, as in billing,mailer. Each must be ${parsed.issues[0].message}.`,
    )
  }
  const names = parsed.output
  if (new Set(names).size < names.length) throw new CannotProceedError('--keys must name each key once.')
  if (names.length > mostKeys) {
    throw new CannotProceedError(
      `--keys must be at most ${mostKeys} names: more keys and their consumers do not fit into the quota of 50 API keys.`,
    )
  }
  return names
}
