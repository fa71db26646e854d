import { parseArguments } from '../cli/arguments.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'

/** The options of a local command. */
export interface LocalOptions {
  /** The port of the local Scaleway; undefined takes a free one. */
  readonly port: number | undefined
  /** One JSON line on stdout instead of text. */
  readonly json: boolean
  readonly help: boolean
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

/**
 * Parses the command line. `portsNeeded` is how many ports in a row the command takes, from `--port` on.
 * @throws {CannotProceedError} for an option that is unknown or malformed
 */
export function readOptions(args: readonly string[], { portsNeeded }: { portsNeeded: number }): LocalOptions {
  const { port, json = false, help = false } = parseArguments(args, localOptions)
  return { json, help, port: port === undefined ? undefined : readPort(port, 65_536 - portsNeeded) }
}

function readPort(text: string, last: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= last) return port
  throw new CannotProceedError(`--port must be a number from 1 to ${last}. Leave it out and free ports are used.`)
}
