import type { Instant } from '../shared/clock.ts'

/** Time as the handler hands it in. `after` runs something once, later, and gives what cancels it. */
export interface Clock {
  now(): Instant
  after(delayMs: number, run: () => void): () => void
}
