import { describe, expect, test } from 'vitest'
import * as timing from '../../functions/rotation/plan/timing.ts'

const { duration, inFlightMs } = timing
const defaultTimeoutMs = 5 * duration.minuteMs

test('the units of durations are those of the calendar', () => {
  expect(duration).toEqual({ secondMs: 1_000, minuteMs: 60_000, hourMs: 3_600_000, dayMs: 86_400_000 })
})

test('the fixed bounds, sums included, amount to these seconds', () => {
  const seconds = Object.entries(timing).flatMap(([name, bound]) =>
    typeof bound === 'number' ? [[name.replace(/Ms$/, ''), bound / duration.secondMs]] : [],
  )
  expect(Object.fromEntries(seconds)).toEqual({
    callLimit: 20,
    fresh: 60,
    propagation: 75,
    publishNeeds: 60,
    issueNeeds: 125,
    giveWay: 215,
    restorable: 7 * 86_400,
    goneAfter: 600,
    settle: 3_600,
    clockSkew: 60,
    wrongClock: 300,
    expiryMargin: 3 * 86_400,
    timeoutMargin: 30,
    overdueAfter: 3 * 86_400,
    compromisedOverdueAfter: 2 * 3_600,
    credentialMargin: 14 * 86_400,
    deliveryLimit: 5,
    foreignKeyAlarm: 7 * 86_400,
    applyLimit: 900,
    news: 7_200,
    ownKeysReadLimit: 10,
  })
})

describe('a run', () => {
  test('of the default timeout has the time that an issue needs', () => {
    expect(timing.issueNeedsMs).toBeLessThan(defaultTimeoutMs - timing.timeoutMarginMs)
  })

  test.each([3, 5, 15])('of %i minutes can no longer publish a key that another run takes for an orphan', minutes => {
    const timeoutMs = minutes * duration.minuteMs
    expect(timing.publishLimitMs({ timeoutMs })).toBeLessThan(timing.settleMs)
    expect(timing.publishLimitMs({ timeoutMs })).toBeLessThan(inFlightMs({ timeoutMs }))
  })

  test('of the default timeout has time to prove a key for three minutes', () => {
    const left = defaultTimeoutMs - timing.timeoutMarginMs - 3 * duration.minuteMs
    expect(left).toBeGreaterThanOrEqual(timing.callLimitMs / 2 + timing.publishNeedsMs)
  })

  test('that revokes has time to wait until every other run has given way', () => {
    const left = defaultTimeoutMs - timing.timeoutMarginMs - timing.giveWayMs
    expect(left).toBeGreaterThanOrEqual(2 * timing.callLimitMs)
  })

  test('of the hour sees a key while it is news, whatever one run misses', () => {
    expect(timing.newsMs - timing.applyLimitMs).toBeGreaterThan(1.5 * duration.hourMs)
  })

  test('has notified its receivers before the function is stopped', () => {
    expect(timing.ownKeysReadLimitMs + timing.deliveryLimitMs).toBeLessThan(timing.timeoutMarginMs)
  })
})

test('a key counts as in flight for ten minutes, or for a longer timeout and two minutes', () => {
  const minutes = (timeout: number) => inFlightMs({ timeoutMs: timeout * duration.minuteMs }) / duration.minuteMs
  expect([1, 5, 8, 9, 15].map(minutes)).toEqual([10, 10, 10, 11, 17])
})
