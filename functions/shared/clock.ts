/**
 * A moment on two clocks, in milliseconds: the wall clock, which people set and sandboxes let drift, and a steady one,
 * which stands still while an instance is frozen (docs/scaleway.md#instances).
 */
export interface Instant {
  readonly wallMs: number
  readonly steadyMs: number
}

/**
 * Gives the milliseconds between two moments by whichever clock saw more pass: nothing ever looks younger than it is.
 */
export function elapsedMs(since: Instant, now: Instant): number {
  return Math.max(now.wallMs - since.wallMs, now.steadyMs - since.steadyMs)
}
