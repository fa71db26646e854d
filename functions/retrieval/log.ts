import { type Log, type LogFields, type LogLevel, logLevels } from '../shared/log.ts'

/** What a log is made of: the lowest level that is written, where a line goes, the wall clock in milliseconds. */
export interface LineLogParts {
  readonly level: LogLevel
  readonly write: (line: string) => void
  readonly nowMs: () => number
}

/**
 * Makes a log that writes one JSON line per call, with pino's names and numbers (`level`, `time`, `msg`), so that one
 * query serves both functions. pino itself costs a cold start too much here: bench/README.md.
 */
export function lineLog({ level, write, nowMs }: LineLogParts): Log {
  const minRank = logLevels.indexOf(level)
  const at = (name: LogLevel) => (fields: LogFields, msg: string) => {
    const rank = logLevels.indexOf(name)
    if (rank >= minRank) write(`${JSON.stringify({ level: (rank + 1) * 10, time: nowMs(), ...fields, msg })}\n`)
  }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
