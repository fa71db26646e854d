import { once } from 'node:events'
import { explain } from './cannot-start.ts'
import { type LocalOptions, readOptions } from './options.ts'

/** What a start may use: the options, a way to say something on stderr, and a place for what must be ended again. */
export interface Starting extends Pick<LocalOptions, 'port'> {
  readonly log: (line: string) => void
  /** What is handed in runs when the command ends, last first, whatever ends it. */
  readonly atEnd: (end: () => Promise<void> | void) => void
}

/** What a start gives: the fields of `--json`, in their order, and the text for people. */
export interface Started {
  readonly fields: object
  readonly firstLook: string
}

/** A command that starts something and keeps it running until it is told to end. */
export interface LocalCommand {
  readonly help: string
  readonly portsNeeded: number
  readonly start: (starting: Starting) => Promise<Started>
}

/**
 * Runs a command from its options to its end. It ends on SIGINT, SIGTERM and SIGHUP, when its output is no longer
 * read, and when the process that started it is gone. The exit code is 0 then, and 1 when it could not start. A closed
 * input does not end it: whoever starts a server from a script often closes that at once.
 */
export async function runLocalCommand({ help, portsNeeded, start }: LocalCommand): Promise<void> {
  const ends: (() => Promise<void> | void)[] = []
  const log = (line: string) => process.stderr.write(`${line}\n`)
  const told = toldToEnd()
  let exitCode = 0
  try {
    const { help: helpWanted, json, port } = readOptions(process.argv.slice(2), { portsNeeded })
    // A start is never cut short, because what is half started cannot be ended.
    const started = helpWanted ? undefined : await start({ port, log, atEnd: end => ends.unshift(end) })
    if (!told.aborted) console.log(printed({ started, json }) ?? help)
    if (started !== undefined && !told.aborted) await once(told, 'abort')
  } catch (error) {
    // A Ctrl-C in a terminal ends half-started functions as well: that they failed is no news then.
    if (!told.aborted) log(explain(error))
    exitCode = told.aborted ? 0 : 1
  }
  for (const end of ends) await end()
  process.exit(exitCode)
}

function printed({ started, json }: { started: Started | undefined; json: boolean }): string | undefined {
  return json && started !== undefined ? JSON.stringify(started.fields) : started?.firstLook
}

function toldToEnd(): AbortSignal {
  const told = new AbortController()
  const end = () => told.abort()
  // Repeats are ignored: a terminal and npm may both deliver the same Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  for (const output of [process.stdout, process.stderr]) output.on('error', end)
  whenParentEnds(end)
  return told.signal
}

/** Nothing reports the end of a parent; its children then belong to another process. */
function whenParentEnds(end: () => void): void {
  const parent = process.ppid
  const everySecond = 1_000
  setInterval(() => {
    if (process.ppid !== parent) end()
  }, everySecond).unref()
}
