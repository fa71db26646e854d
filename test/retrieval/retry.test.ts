import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { withRetry } from '../../functions/retrieval/scaleway/retry.ts'
import { UpstreamError } from '../../functions/retrieval/scaleway/upstream-error.ts'

/** Lets every attempt take all the time that it may; gives the total. */
async function longest({ functionTimeoutSeconds, random }: { functionTimeoutSeconds: number; random: number }) {
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
    random: () => random,
    functionTimeoutSeconds,
  })
  await expect(read()).rejects.toThrow(UpstreamError)
  return nowMs
}

test('both attempts and the pause end within half of the function timeout and within 20 s', async () => {
  const timeouts = fc.double({ min: 1, max: 3600, noNaN: true })
  const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  await fc.assert(
    fc.asyncProperty(timeouts, randoms, async (functionTimeoutSeconds, random) => {
      const tookMs = await longest({ functionTimeoutSeconds, random })
      expect(tookMs).toBeLessThanOrEqual(Math.min(functionTimeoutSeconds * 500, 20_000) + 1e-6)
    }),
  )
})

test('two instances that fail at the same time do not retry at the same time', async () => {
  const pauses: number[] = []
  for (const random of [0, 0.99]) {
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
      random: () => random,
      functionTimeoutSeconds: 60,
    })
    await expect(read()).rejects.toThrow(UpstreamError)
  }
  expect(pauses).toEqual([200, 596])
})
