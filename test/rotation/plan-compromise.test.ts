import { describe, expect, test } from 'vitest'
import { unclearForMs } from '../../functions/rotation/plan/compromise-rules.ts'
import { duration, giveWayMs, publishLimitMs } from '../../functions/rotation/plan/timing.ts'
import { key, planFor, policy, situation, version, words } from '../support/worlds.ts'

const seconds = duration.secondMs / duration.hourMs
const compromise = { compromise: true }
const rolledBack = { compromise: true, status: 'disabled' } as const

describe('after a leak was replaced', () => {
  test('older versions and keys are taken away also when a newer version is served than the flagged one', () => {
    const versions = [version(3, 'C', 1), version(2, 'B', 5, rolledBack), version(1, 'A', 100)]
    expect(words(planFor(versions, [key('A', 100), key('B', 5), key('C', 1)]))).toEqual([
      'retire 1 compromised',
      'revoke A compromised',
    ])
  })

  test('nothing is taken away while the flagged version is rolled back and only an older one is served', () => {
    const versions = [version(2, 'B', 5, rolledBack), version(1, 'A', 100)]
    expect(words(planFor(versions, [key('A', 100), key('B', 5)]))).toEqual([])
  })

  test('the newest flag counts where two leaks followed each other', () => {
    const versions = [version(3, 'C', 1, compromise), version(2, 'B', 5, compromise), version(1, 'A', 100, rolledBack)]
    expect(words(planFor(versions, [key('B', 5), key('C', 1)]))).toEqual([
      'retire 2 compromised',
      'revoke B compromised',
    ])
  })

  test('a key that a version newer than the flagged one holds as well stays', () => {
    const versions = [version(3, 'A', 0.5), version(2, 'B', 1, compromise), version(1, 'A', 100)]
    expect(words(planFor(versions, [key('A', 100), key('B', 1)]))).toEqual(['retire 1 compromised'])
  })

  test('a key that this very run took out of service is deleted at once', () => {
    const versions = [version(2, 'B', 1, compromise), version(1, 'A', 100, { status: 'disabled' })]
    const soFar = { isTried: true, disabled: new Set([1]) }
    expect(words(planFor(versions, [key('A', 100), key('B', 1)], { soFar }))).toEqual(['revoke A compromised'])
  })

  test.each([
    { flaggedSeconds: 60, lastSeconds: 375, why: 'its run is over' },
    { flaggedSeconds: 215, lastSeconds: 375, why: 'its run is over' },
    { flaggedSeconds: 216, lastSeconds: 225, why: 'its run has given way' },
  ])('an unpublished key stays until $why: $flaggedSeconds s', ({ flaggedSeconds, lastSeconds }) => {
    const versions = [version(2, 'B', flaggedSeconds * seconds, compromise)]
    const world = (ageSeconds: number) =>
      words(planFor(versions, [key('B', 225 * seconds), key('C', ageSeconds * seconds)]))
    expect(world(lastSeconds)).toEqual([])
    expect(world(lastSeconds + 1)).toEqual(['revoke C compromised'])
  })

  test('an unpublished key stays if it is not older than the flagged key, though older than its version', () => {
    const world = (ageHours: number) =>
      words(planFor([version(2, 'B', 0.5, compromise)], [key('B', 0.6), key('C', ageHours)]))
    expect(world(0.6)).toEqual([])
    expect(world(0.55)).toEqual([])
    expect(world(0.61)).toEqual(['revoke C compromised'])
  })

  test('the age of the flagged version stands in for that of its key once this is deleted', () => {
    const versions = [version(3, 'D', 0.2), version(2, 'B', 0.5, rolledBack)]
    const world = (ageHours: number) => words(planFor(versions, [key('D', 0.2), key('C', ageHours)]))
    expect(world(0.4)).toEqual([])
    expect(world(0.55)).toEqual(['revoke C compromised'])
  })
})

describe('a run that revokes waits', () => {
  const flagged = situation([version(2, 'B', 60 * seconds, compromise)], [key('B', 90 * seconds)])

  test('until the youngest unpublished key that is older than the flagged one can no longer be published', () => {
    const older = [key('C', 300 * seconds), key('D', 250 * seconds)]
    expect(unclearForMs(older, flagged)).toBe(publishLimitMs(policy) - 250_000)
    expect(unclearForMs([...older, key('E', 100 * seconds)], flagged)).toBe(giveWayMs - 60_000)
  })

  test('for no key that was made after the flagged one', () => {
    expect(unclearForMs([key('D', 10 * seconds)], flagged)).toBe(0)
    expect(unclearForMs([key('C', 300 * seconds), key('D', 10 * seconds)], flagged)).toBe(
      publishLimitMs(policy) - 300_000,
    )
  })

  test('for no key that is past publishing, and for none at all', () => {
    expect(unclearForMs([key('C', 1)], flagged)).toBe(0)
    expect(unclearForMs([], flagged)).toBe(0)
  })

  test('for nothing where no version is flagged', () => {
    const unflagged = situation([version(2, 'B', 60 * seconds)], [key('B', 90 * seconds)])
    expect(unclearForMs([key('C', 100 * seconds)], unflagged)).toBe(0)
  })
})
