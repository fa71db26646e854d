import type { FakeScaleway, Fault } from '../../fake-scaleway/index.ts'

const rate = 0.02

const faults: readonly Fault[] = [
  { kind: 'lost-before' },
  { kind: 'lost-after' },
  { kind: 'rate-limited' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500, done: true },
  { kind: 'forbidden' },
  { kind: 'not-found' },
  { kind: 'malformed', how: 'truncated-json' },
]

/** Lets 2 % of all calls meet a fault, each kind as often as any other. */
export function addFaults({ faults: injected }: Pick<FakeScaleway, 'faults'>): void {
  // Each fault has its own rate. If two hit the same call, the older wins: the total is within a hundredth of their
  // sum.
  for (const fault of faults) injected.add({ rate: rate / faults.length, fault })
}
