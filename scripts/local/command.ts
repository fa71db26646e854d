import { once } from 'node:events'
import { stopSignal } from '../cli/stop-signal.ts'
import { type LocalOptions, readOptions, type TakenOptions } from './options.ts'
import { explain } from './start-failure.ts'

/** What a start gets: the options, a log on stderr, and a way to register what must be stopped again. */
export interface Starting extends Pick<LocalOptions, 'port' | 'keys'> {
  readonly log: (line: string) => void
  /** Registers a function that runs when the command ends, for whatever cause. The last registered runs first. */
  readonly atEnd: (end: () => Promise<void> | void) => void
}

/** What a start gives: the fields of `--json`, in their order, and the text to print without it. */
interface Started {
  readonly fields: object
  readonly firstLook: string
}

/** A command that starts servers and keeps them running until it is interrupted. */
interface LocalCommand extends TakenOptions {
  readonly help: string
  readonly start: (starting: Starting) => Promise<Started>
}

/**
 * Runs a command until it ends: on SIGINT, SIGTERM and SIGHUP, when its output is no longer read, and when its parent
 * process has ended. The exit code is then 0, and 1 if it could not start. A closed input does not end it: scripts that
 * start a server often close its input at once.
 */
export async function runLocalCommand({ help, start, ...taken }: LocalCommand): Promise<void> {
  const ends: (() => Promise<void> | void)[] = []
  const log = (line: string) => process.stderr.write(`${line}\n`)
  const stop = stopSignal()
  let exitCode = 0
  try {
    const { help: helpWanted, json, port, keys } = readOptions(process.argv.slice(2), taken)
    // A start is never aborted: what is half started cannot be stopped.
    const started = helpWanted ? undefined : await start({ port, keys, log, atEnd: end => ends.unshift(end) })
    if (!stop.aborted) console.log(printed({ started, json }) ?? help)
    if (started !== undefined && !stop.aborted) await once(stop, 'abort')
  } catch (error) {
    // A Ctrl-C in a terminal also ends half-started functions: their failure is expected then.
    if (!stop.aborted) log(explain(error))
    exitCode = stop.aborted ? 0 : 1
  }
  for (const end of ends) await end()
  process.exit(exitCode)
}

function printed({ started, json }: { started: Started | undefined; json: boolean }): string | undefined {
  return json && started !== undefined ? JSON.stringify(started.fields) : started?.firstLook
}
