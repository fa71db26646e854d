import { elapsedMs } from '../../shared/clock.ts'
import type { Clock } from '../clock.ts'
import type { KeyVersion, ReadVersion } from './latest-version.ts'
import { UpstreamError } from './upstream-error.ts'

/** What a second attempt is made of. `random` gives 0 ≤ x < 1. */
interface RetryParts {
  readonly read: ReadVersion
  readonly clock: Clock
  readonly random: () => number
  readonly functionTimeoutSeconds: number
}

/**
 * Makes a read that tries once more after a broken connection (a kept-alive socket that died while the instance
 * slept, say), a 429 or a 5xx, never after a time-out. Together both attempts take at most half of the function's
 * own timeout, and never more than 20 s: the caller gets an answer of ours, not the platform's.
 */
export function withRetry({ read, clock, random, functionTimeoutSeconds }: RetryParts): () => Promise<KeyVersion> {
  const budgetMs = Math.min(functionTimeoutSeconds * 500, 20_000)
  return async () => {
    const begun = clock.now()
    try {
      return await read({ timeoutMs: budgetMs / 2 })
    } catch (error) {
      if (!mayPass(error)) throw error
      // A 429 has no Retry-After, and the limit counts by the second (docs/scaleway.md#rate-limits).
      await pause(clock, Math.min(200 + 400 * random(), budgetMs / 4))
      return await read({ timeoutMs: Math.max(budgetMs - elapsedMs(begun, clock.now()), budgetMs / 8) })
    }
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof UpstreamError && error.transient && error.code !== 'upstream-timeout'
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise(resolve => {
    clock.after(delayMs, resolve)
  })
}
