import { describe, expect, test } from 'vitest'
import { nothingSoFar } from '../../functions/rotation/plan/situation.ts'
import { duration } from '../../functions/rotation/plan/timing.ts'
import { key, planFor, version, words } from '../support/worlds.ts'

const minutes = duration.minuteMs / duration.hourMs
const disabled = { status: 'disabled' } as const
const releasedAfterHours = 121

describe('a version is retired', () => {
  const keys = [key('A', 300), key('B', 200)]

  test('only when overlap and settle time have passed in full', () => {
    const world = (ageHours: number) => words(planFor([version(2, 'B', ageHours), version(1, 'A', 300)], keys))
    expect(world(releasedAfterHours)).toEqual([])
    expect(world(releasedAfterHours + 0.001)).toEqual(['retire 1 superseded'])
  })

  test('as soon as one newer version is old enough, although a younger one is served', () => {
    const versions = [version(3, 'C', 10), version(2, 'B', 200), version(1, 'A', 300)]
    expect(words(planFor(versions, [...keys, key('C', 10)]))).toEqual(['retire 1 superseded'])
  })

  test('not for a newer version that was rolled back', () => {
    const versions = [version(2, 'B', 200, disabled), version(1, 'A', 300)]
    expect(words(planFor(versions, keys))).toEqual([])
  })
})

describe('a key', () => {
  test('that two versions hold stays while one of them is enabled', () => {
    const versions = [version(3, 'C', 200), version(2, 'A', 250, disabled), version(1, 'A', 300)]
    expect(words(planFor(versions, [key('A', 300), key('C', 200)]))).toEqual(['retire 1 superseded'])
  })

  test('that two versions hold stays until the newer of them is released', () => {
    const versions = [version(3, 'C', 100), version(2, 'A', 150, disabled), version(1, 'A', 300, disabled)]
    expect(words(planFor(versions, [key('A', 300), key('C', 100)]))).toEqual([])
  })

  test('that two versions hold waits for the next hourly run if this one disabled either of them', () => {
    const versions = [version(3, 'C', 200), version(2, 'A', 250, disabled), version(1, 'A', 300, disabled)]
    const soFar = { ...nothingSoFar, disabled: new Set([1]) }
    expect(words(planFor(versions, [key('A', 300), key('C', 200)], { soFar }))).toEqual([])
  })

  test('that no version names is no orphan at the very end of the settle time', () => {
    const world = (ageHours: number) => words(planFor([version(1, 'A', 240)], [key('A', 240), key('B', ageHours)]))
    expect(world(1)).toEqual([])
    expect(world(1.001)).toEqual(['revoke B orphan'])
  })

  test('is not kept by a version of ours that names another key, however close their ages', () => {
    const versions = [version(1, 'A', 39.9)]
    expect(words(planFor(versions, [key('A', 40), key('B', 40)]))).toEqual(['revoke B orphan'])
  })

  test.each([
    { made: 'half a minute before it, by another clock', laterHours: -0.5 * minutes, keeps: true },
    { made: 'a whole minute before it', laterHours: -1 * minutes, keeps: false },
    { made: 'almost an hour after it', laterHours: 59.9 * minutes, keeps: true },
    { made: 'a whole hour after it', laterHours: 60 * minutes, keeps: false },
  ])('is kept by an unmanaged version made $made: $keeps', ({ laterHours, keeps }) => {
    const versions = [version(2, null, 40 - laterHours, disabled), version(1, 'A', 240)]
    const planned = words(planFor(versions, [key('A', 240), key('B', 40)]))
    expect(planned).toEqual(keeps ? [] : ['revoke B orphan'])
  })
})

describe('a disabled version is deleted', () => {
  const old = (revision: number, updatedHoursAgo = 900) =>
    version(revision, 'BCDEFG'.charAt(revision), 900, { status: 'disabled', updatedHoursAgo })
  const world = (...versions: ReturnType<typeof old>[]) =>
    words(planFor([version(9, 'A', 240), ...versions], [key('A', 240)]))

  test('only when it has been disabled for longer than the settle time', () => {
    const kept = [old(4), old(3), old(2)]
    expect(world(...kept, old(1, 1))).toEqual([])
    expect(world(...kept, old(1, 1.001))).toEqual(['prune 1 beyond-keep-versions'])
  })

  test('only beyond the record, in which enabled versions and those that wait for their deletion do not count', () => {
    const others = [version(8, 'Y', 250), version(7, 'Z', 900, { status: 'scheduled_for_deletion' })]
    expect(
      words(planFor([version(9, 'A', 240), ...others, old(3), old(2), old(1)], [key('A', 240), key('Y', 250)])),
    ).toEqual(['retire 8 superseded'])
  })
})
