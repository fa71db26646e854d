import * as v from 'valibot'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { output } from './outputs.ts'

/** A header that a function reads the caller's key from. */
export type CallerHeader = v.InferOutput<typeof name>

const name = v.picklist(['X-Auth-Token', 'Authorization', 'X-Caller-Key'])

/** The headers that every call gives its key in, so that it does not matter which one the platform lets through. */
export const bothHeaders: readonly CallerHeader[] = ['X-Auth-Token', 'Authorization']

/** The form of the headers to send among the outputs. A state that is older than this output lacks it. */
export const callerHeadersOutput = v.optional(output(v.pipe(v.array(name), v.minLength(1))), () => [...bothHeaders])

/**
 * Gives the headers to send where no outputs say it: `SEND_CALLER_KEY=true` adds the one that no platform keeps to itself.
 * @throws {CannotProceedError} for another value than true, false or none
 */
export function callerHeadersFor(sendCallerKey: string | undefined): readonly CallerHeader[] {
  if (sendCallerKey === 'true') return [...bothHeaders, 'X-Caller-Key']
  if (sendCallerKey === undefined || sendCallerKey === '' || sendCallerKey === 'false') return bothHeaders
  throw new CannotProceedError(
    'SEND_CALLER_KEY must be true, false or empty: true sends the key as X-Caller-Key as well.',
  )
}

/** Gives a key in each of the headers. */
export function credentialIn(headers: readonly CallerHeader[], key: string): Record<string, string> {
  return Object.fromEntries(headers.map(header => [header, header === 'Authorization' ? `Bearer ${key}` : key]))
}
