import { pino } from 'pino'
import type { LineLogParts } from '../../functions/retrieval/log.ts'
import type { Log } from '../../functions/shared/log.ts'

/** The log of the retrieval function, made with pino. */
export function lineLog({ level }: LineLogParts): Log {
  return pino({ level, base: null })
}
