import { type DestinationStream, pino } from 'pino'
import type { Log, LogLevel } from '../shared/log.ts'

/**
 * Makes the log: one JSON line per call, written before the call returns, since an instance may be frozen right after
 * it has answered. Takes the level and where lines go (standard output when left out).
 */
export function createLog({ level, destination }: { level: LogLevel; destination?: DestinationStream }): Log {
  const options = { level, base: { function: 'rotation' }, redact: { paths: redacted, censor: '[secret]' } }
  return destination === undefined ? pino(options) : pino(options, destination)
}

// A net below the Secret type, for what should never be handed to a log in the first place.
const names = ['secret_key', 'secretKey', 'SECRET_KEY', 'data', 'body', 'headers', 'authorization', 'x-auth-token']
const redacted = names.flatMap(name => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])
