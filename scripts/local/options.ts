import { parseArgs } from 'node:util'
import { CannotStartError } from './cannot-start.ts'

/** What a person asked for on the command line. */
export interface LocalOptions {
  /** The port of the local Scaleway; a free one when left out. */
  readonly port: number | undefined
  /** One JSON line on stdout instead of text for people. */
  readonly json: boolean
  readonly help: boolean
}

/** The options of both commands, as `--help` shows them. */
export const optionsHelp = `  --port N   the port of the local Scaleway (free ports when left out)
  --json     print one line of JSON on stdout, and nothing else there
  --help     print this`

/**
 * Reads the command line. `portsNeeded` is how many ports in a row the command takes, from `--port` on.
 * @throws {CannotStartError} for an option that is unknown or malformed
 */
export function readOptions(args: readonly string[], { portsNeeded }: { portsNeeded: number }): LocalOptions {
  const { port, json = false, help = false } = parse(args)
  return { json, help, port: port === undefined ? undefined : readPort(port, 65_536 - portsNeeded) }
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    return values
  } catch (error) {
    const [what] = error instanceof Error ? error.message.split(/\.(?:\s|$)|\n/) : []
    throw new CannotStartError(`${what}. Known are --port N, --json and --help; through npm they follow a lone "--".`)
  }
}

function readPort(text: string, last: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= last) return port
  throw new CannotStartError(`--port must be a number from 1 to ${last}. Leave it out and free ports are used.`)
}
