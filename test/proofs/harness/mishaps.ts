import type { Fault } from '../../fake-scaleway/index.ts'

/** The faults that any call of a long simulated run may meet and that do not kill the process. */
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
