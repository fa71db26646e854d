import type { Clock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { clockSkewOf } from '../plan/clock-skew.ts'

/** A `fetch` that compares the clocks at every answer, and what it found. */
interface ComparedClocks {
  readonly fetch: Fetch
  /** How far the function's clock is ahead of Scaleway's, in milliseconds, by the answer that says the most; 0 while it is right. */
  readonly skewMs: () => number
}

/**
 * Compares the function's clock with the `Date` of every answer. The worst one counts until the end of the run: if only one is
 * wrong, a run that is not done costs less than a key that is deleted too early.
 */
export function comparingClocks(fetch: Fetch, clock: Clock): ComparedClocks {
  let worstMs = 0
  return {
    fetch: async (request, options) => {
      const sentMs = clock.now().wallMs
      const answer = await fetch(request, options)
      const ms = clockSkewOf({ sentMs, receivedMs: clock.now().wallMs, date: answer.headers.get('Date') })
      if (Math.abs(ms) > Math.abs(worstMs)) worstMs = ms
      return answer
    },
    skewMs: () => worstMs,
  }
}
