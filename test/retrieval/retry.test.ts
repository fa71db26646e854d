import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { withRetry } from '../../functions/retrieval/scaleway/retry.ts'
import { UpstreamError } from '../../functions/retrieval/scaleway/upstream-error.ts'

/** Every attempt takes all the time that it is given; gives how long that was in the end. */
async function longest({ functionTimeoutSeconds, luck }: { functionTimeoutSeconds: number; luck: number }) {
  let nowMs = 0
  const read = withRetry({
    read: async ({ timeoutMs }) => {
      nowMs += timeoutMs
      throw new UpstreamError('upstream-unreachable', { transient: true })
    },
    clock: {
      now: () => ({ wallMs: nowMs, steadyMs: nowMs }),
      after(delayMs, run) {
        nowMs += delayMs
        run()
        return () => undefined
      },
    },
    random: () => luck,
    functionTimeoutSeconds,
  })
  await expect(read()).rejects.toThrow(UpstreamError)
  return nowMs
}

test('both attempts and the pause end within half of the function timeout and within 20 s', async () => {
  const timeouts = fc.double({ min: 1, max: 3600, noNaN: true })
  const lucks = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  await fc.assert(
    fc.asyncProperty(timeouts, lucks, async (functionTimeoutSeconds, luck) => {
      const tookMs = await longest({ functionTimeoutSeconds, luck })
      expect(tookMs).toBeLessThanOrEqual(Math.min(functionTimeoutSeconds * 500, 20_000) + 1e-6)
    }),
  )
})

test('two instances that fail together do not come back together', async () => {
  const pauses: number[] = []
  for (const luck of [0, 0.99]) {
    const read = withRetry({
      read: async () => {
        throw new UpstreamError('upstream-error', { transient: true })
      },
      clock: {
        now: () => ({ wallMs: 0, steadyMs: 0 }),
        after(delayMs, run) {
          pauses.push(delayMs)
          run()
          return () => undefined
        },
      },
      random: () => luck,
      functionTimeoutSeconds: 60,
    })
    await expect(read()).rejects.toThrow(UpstreamError)
  }
  expect(pauses).toEqual([200, 596])
})
