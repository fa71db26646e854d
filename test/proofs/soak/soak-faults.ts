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
  // Each rule sees every call, and of two that hit the same one the older wins: within a hundredth this is the sum.
  for (const fault of faults) injected.add({ rate: rate / faults.length, fault })
}
