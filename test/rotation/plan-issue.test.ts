import { describe, expect, test } from 'vitest'
import {
  blocked,
  givesWay,
  isOvertaken,
  isRolledBack,
  issueReason,
  overdueAfter,
} from '../../functions/rotation/plan/issue-rules.ts'
import { hourlyRun } from '../../functions/rotation/plan/situation.ts'
import { duration } from '../../functions/rotation/plan/timing.ts'
import type { Version } from '../../functions/rotation/plan/world.ts'
import { asks, hoursAgo, key, planFor, policy, situation, version, words } from '../support/worlds.ts'

const day = 24
const minutes = duration.minuteMs / duration.hourMs
const disabled = { status: 'disabled' } as const
const compromise = { compromise: true }
const healthy = { versions: [version(1, 'A', 10 * day)], keys: [key('A', 10 * day)] }

describe('at the very moment of a bound', () => {
  test('a key that expires in the overlap and three days is not replaced yet', () => {
    expect(words(planFor(healthy.versions, [key('A', 10 * day, { endsInHours: 8 * day })]))).toEqual([])
  })

  test('a version as old as the maximum age is not replaced yet', () => {
    expect(words(planFor([version(1, 'A', 35 * day)], [key('A', 35 * day)]))).toEqual([])
  })

  test('an expired key no longer works', () => {
    const expired = key('A', 90 * day, { endsInHours: 0 })
    expect(words(planFor(healthy.versions, [expired]))).toEqual(['issue no-usable-key', 'revoke A expired'])
  })

  test('an unpublished key of ten minutes is no run at work', () => {
    const world = (ageMinutes: number) => planFor([], [key('B', ageMinutes * minutes)])
    expect(words(world(9.9))).toEqual(['refused in-flight'])
    expect(words(world(10))).toEqual(['issue no-usable-key'])
  })

  test('a request may rotate after the minimum interval, an operator after ten minutes', () => {
    const world = (ageHours: number) => [[version(1, 'A', ageHours)], [key('A', ageHours)]] as const
    expect(words(planFor(...world(23), { ask: 'rotate' }))).toEqual(['issue requested'])
    expect(words(planFor(...world(10 * minutes), { ask: 'operatorRotates' }))).toEqual(['issue requested'])
  })
})

describe('force', () => {
  test('gives way to a reason that is urgent, so that the last slots of the quotas may be used', () => {
    expect(words(planFor([], [], { ask: 'force' }))).toEqual(['issue no-usable-key'])
  })

  test('comes before a rotation that is only overdue', () => {
    expect(words(planFor([version(1, 'A', 36 * day)], [key('A', 36 * day)], { ask: 'force' }))).toEqual([
      'issue forced',
    ])
  })

  test('belongs to a rotation that is requested: an hourly run makes no key because of it', () => {
    expect(issueReason(situation(healthy.versions, healthy.keys), { ...hourlyRun, force: true })).toBeUndefined()
    expect(hourlyRun).toEqual(asks.tend)
  })
})

describe('a request is refused', () => {
  test('as recent by a young version, though an unpublished key is older', () => {
    const keys = [key('A', 5 * minutes), key('B', 0.9 * day)]
    expect(words(planFor([version(1, 'A', 5 * minutes)], keys, { ask: 'rotate' }))).toEqual([
      'refused recent',
      'revoke B orphan',
    ])
  })

  test('not at all in a world where only an unmanaged version is left', () => {
    expect(words(planFor([version(1, null, 1)], [], { ask: 'rotate' }))).toEqual(['issue requested'])
  })

  test('as in-flight by one young unpublished key among old ones', () => {
    const keys = [key('B', 0.9), key('C', 5 * minutes)]
    expect(words(planFor([], keys))).toEqual(['refused in-flight'])
  })

  test('as rolled back when only an unmanaged version is enabled and our only version still has its key', () => {
    const versions = [version(2, null, 2 * day), version(1, 'A', 10 * day, disabled)]
    expect(words(planFor(versions, healthy.keys, { ask: 'rotate' }))).toEqual(['refused rolled-back'])
  })

  test('not as rolled back because of an older disabled version whose key still works', () => {
    const versions = [version(2, 'B', 2 * day), version(1, 'A', 10 * day, disabled)]
    expect(words(planFor(versions, [...healthy.keys, key('B', 2 * day)], { ask: 'rotate' }))).toEqual([
      'issue requested',
    ])
  })
})

describe('a rollback stands', () => {
  const rolledBack = (versions: readonly Version[], keys = healthy.keys) => isRolledBack(situation(versions, keys))

  test('while the key of a version above the newest enabled one works', () => {
    const versions = [version(2, 'B', 2 * day, disabled), version(1, 'A', 10 * day)]
    expect(rolledBack(versions, [key('B', 2 * day)])).toBe(true)
    expect(rolledBack(versions, healthy.keys)).toBe(false)
  })

  test('also when no version of ours is enabled any more', () => {
    expect(rolledBack([version(1, 'A', 10 * day, disabled)])).toBe(true)
  })

  test('nowhere in a world without versions', () => {
    expect(rolledBack([])).toBe(false)
  })
})

describe('a revoke', () => {
  const served = (ageMinutes: number, options = compromise) =>
    planFor([version(2, 'B', ageMinutes * minutes, options)], [key('B', 15 * minutes)], { ask: 'revoke' })

  test('makes a key although one was made minutes ago', () => {
    expect(words(served(5, { compromise: false }))).toEqual(['issue compromise'])
  })

  test('that is repeated within ten minutes makes no second key', () => {
    expect(words(served(9.9))).toEqual([])
    expect(words(served(10))).toEqual(['issue compromise'])
  })

  test('makes a key where an unmanaged version is served', () => {
    const versions = [version(2, null, 5 * minutes), ...healthy.versions]
    expect(words(planFor(versions, healthy.keys, { ask: 'revoke' }))).toEqual(['issue compromise'])
  })

  test('makes a key where nothing is served, and where the flagged version has lost its key', () => {
    expect(words(planFor([], [], { ask: 'revoke' }))).toEqual(['issue compromise'])
    expect(words(planFor([version(2, 'B', 0, compromise)], [], { ask: 'revoke' }))).toEqual(['issue compromise'])
  })

  test('may use the last slots of the quotas, as what is urgent may', () => {
    const full = (count: number) => situation(Array.from({ length: count }, (_, index) => version(index, null, 40)))
    expect(blocked(full(19), 'compromise')).toBeUndefined()
    expect(blocked(full(20), 'compromise')?.quota).toEqual({ name: 'versions', used: 20, limit: 20 })
    expect(blocked(full(19), 'expires-soon')).toBeUndefined()
    expect(blocked(full(17), 'key-too-old')?.quota).toEqual({ name: 'versions', used: 17, limit: 17 })
  })
})

describe('an issue is overtaken', () => {
  const before = { versions: [version(2, 'B', 50), version(1, 'A', 300)], keys: [] }
  const none = { versions: [], keys: [] }
  const published = [version(3, 'C', 0), ...before.versions]
  const rolledBack = [version(2, 'B', 50, disabled), version(1, 'A', 300)]
  const leaked = [version(3, 'C', 0, compromise), ...before.versions]

  test('by nothing while the versions are as they were', () => {
    expect(isOvertaken('requested', before, before.versions)).toBe(false)
    expect(isOvertaken('requested', none, [])).toBe(false)
  })

  test('by another publication, if its reason gives way', () => {
    expect(isOvertaken('requested', before, published)).toBe(true)
    expect(isOvertaken('key-too-old', none, [version(1, 'A', 0)])).toBe(true)
    expect(isOvertaken('forced', before, published)).toBe(false)
    expect(isOvertaken('no-usable-key', before, published)).toBe(false)
  })

  test('by a rollback, if its reason gives way', () => {
    expect(isOvertaken('requested', before, rolledBack)).toBe(true)
    expect(isOvertaken('requested', before, [version(2, 'B', 50, disabled), version(1, 'A', 300, disabled)])).toBe(true)
    expect(isOvertaken('forced', before, rolledBack)).toBe(false)
  })

  test('by the replacement of a leaked key whatever its reason', () => {
    for (const reason of ['requested', 'forced', 'no-usable-key', 'expires-soon', 'compromise'] as const) {
      expect(isOvertaken(reason, before, leaked)).toBe(true)
    }
  })

  test('by no flag that was there before, and by none of several new versions but the flagged one', () => {
    const flaggedBefore = { versions: leaked, keys: [] }
    expect(isOvertaken('forced', flaggedBefore, leaked)).toBe(false)
    expect(isOvertaken('forced', flaggedBefore, [version(4, 'D', 0), ...leaked])).toBe(false)
    expect(isOvertaken('forced', before, [version(4, null, 0), ...leaked])).toBe(true)
  })
})

test('only the reasons that can wait give way to another run', () => {
  const reasons = ['no-usable-key', 'expires-soon', 'compromise', 'forced', 'key-too-old', 'requested'] as const
  expect(reasons.filter(givesWay)).toEqual(['key-too-old', 'requested'])
})

describe('the rotation is overdue', () => {
  const due = (...world: Parameters<typeof situation>) => overdueAfter(situation(...world).world, policy)

  test('never before the first key', () => {
    expect(due([])).toBeNull()
  })

  test('when the newest version reaches the maximum age', () => {
    const inHours = (hours: number) => hoursAgo(-hours)
    expect(due([version(2, 'B', day), ...healthy.versions], [key('B', day)])).toEqual(inHours(34 * day))
    expect(due(healthy.versions, [key('A', 10 * day, { endsInHours: null })])).toEqual(inHours(25 * day))
    expect(due(healthy.versions, [])).toEqual(inHours(25 * day))
  })

  test('the overlap and three days before its key expires, where that is earlier', () => {
    expect(due(healthy.versions, [key('A', 10 * day, { endsInHours: 20 * day })])).toEqual(hoursAgo(-12 * day))
  })
})
