import type { Fault } from '../../fake-scaleway/index.ts'

/** What may go wrong with any call of a long life, the process surviving it. */
export const mishaps = [
  { kind: 'lost-before' },
  { kind: 'lost-after' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500, done: true },
  { kind: 'rate-limited' },
  { kind: 'forbidden' },
  { kind: 'not-found' },
  { kind: 'malformed', how: 'truncated-json' },
] as const satisfies readonly [Fault, ...Fault[]]
