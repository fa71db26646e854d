import type { Clock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'

/** The most calls that are begun within a second: rotating many keys must not reach Scaleway's rate limit. */
const callsASecond = 25

/** Lets calls wait until fewer than `callsASecond` were begun within the second before them. */
export function paced(fetch: Fetch, clock: Clock): Fetch {
  const begun: number[] = []
  return async (request, options) => {
    const nowMs = clock.now().steadyMs
    const oldestMs = begun.length < callsASecond ? undefined : begun.shift()
    const atMs = oldestMs === undefined ? nowMs : Math.max(nowMs, oldestMs + 1_000)
    begun.push(atMs)
    if (atMs > nowMs) await clock.sleep(atMs - nowMs)
    return fetch(request, options)
  }
}
