/** Fields of one log line. Values are plain data; a `Secret` prints as `[secret]`. */
export type LogFields = Readonly<Record<string, unknown>>

/** One JSON line per call, on standard output. */
export interface Log {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** The levels that `LOG_LEVEL` may name, least urgent first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

/** One of the levels. */
export type LogLevel = (typeof logLevels)[number]
