import { describe, expect, test } from 'vitest'
import { nothingSoFar } from '../../functions/rotation/plan/situation.ts'
import { accessKey, key, planFor, version, words } from '../support/worlds.ts'

const day = 24
const healthy = { versions: [version(1, 'A', 10 * day)], keys: [key('A', 10 * day)] }

describe('issue: why a key is made', () => {
  test('an empty world gets its first key from any hourly run', () => {
    expect(words(planFor([], []))).toEqual(['issue no-usable-key'])
  })

  test('a healthy world needs nothing from the hourly run', () => {
    expect(words(planFor(healthy.versions, healthy.keys))).toEqual([])
  })

  test('a served key that was deleted manually is replaced, although an older version still has a key', () => {
    const versions = [version(2, 'B', 5), version(1, 'A', 10 * day)]
    expect(words(planFor(versions, [key('A', 10 * day)]))).toEqual(['issue no-usable-key'])
  })

  test('a served key that has expired is replaced, and deleted', () => {
    const expired = key('A', 90 * day, { endsInHours: -1 })
    expect(words(planFor([version(1, 'A', 10 * day)], [expired]))).toEqual(['issue no-usable-key', 'revoke A expired'])
  })

  test('a key that expires within the overlap and three days is replaced in time', () => {
    const ending = (endsInHours: number) => planFor(healthy.versions, [key('A', 10 * day, { endsInHours })])
    expect(words(ending(8 * day - 1))).toEqual(['issue expires-soon'])
    expect(words(ending(8 * day + 1))).toEqual([])
  })

  test('a key without an expiry never expires soon', () => {
    expect(words(planFor(healthy.versions, [key('A', 10 * day, { endsInHours: null })]))).toEqual([])
  })

  test('the hourly run rotates once the newest version is older than the maximum age', () => {
    expect(words(planFor([version(1, 'A', 36 * day)], [key('A', 36 * day)]))).toEqual(['issue key-too-old'])
    expect(words(planFor([version(1, 'A', 34 * day)], [key('A', 34 * day)]))).toEqual([])
  })

  test('the age counts from the newest version of any status, so that the hourly run does not undo a rollback', () => {
    const versions = [version(2, 'B', 5, { status: 'disabled' }), version(1, 'A', 36 * day)]
    expect(words(planFor(versions, [key('A', 36 * day), key('B', 5)]))).toEqual([])
  })

  test('a key whose description a person replaced still counts as usable', () => {
    expect(words(planFor(healthy.versions, [key('A', 10 * day, { unmanaged: true })]))).toEqual([])
  })

  test('a request on a healthy world rotates', () => {
    expect(words(planFor(healthy.versions, healthy.keys, { ask: 'rotate' }))).toEqual(['issue requested'])
    expect(words(planFor(healthy.versions, healthy.keys, { ask: 'force' }))).toEqual(['issue forced'])
  })

  test('an unmanaged version that is served is not overridden by the hourly run, only by a request', () => {
    const versions = [version(2, null, 5), version(1, 'A', 40 * day)]
    const keys = [key('A', 40 * day)]
    expect(words(planFor(versions, keys))).toEqual([])
    expect(words(planFor(versions, keys, { ask: 'rotate' }))).toEqual(['issue requested'])
  })

  test('a run issues at most once, whatever the outcome', () => {
    expect(words(planFor([], [], { soFar: { ...nothingSoFar, isTried: true } }))).toEqual([])
  })
})

describe('issue: why it waits', () => {
  const unpublished = (ageHours: number) => [key('A', 10 * day), key('B', ageHours)]

  test.each(['rotate', 'operatorRotates'] as const)('%s is refused as recent for ten minutes only', ask => {
    const world = (ageHours: number) => planFor([version(1, 'A', ageHours)], [key('A', ageHours)], { ask })
    expect(words(world(9 / 60))).toEqual(['refused recent'])
    expect(words(world(11 / 60))).toEqual(['issue requested'])
  })

  test('while a run may take longer than ten minutes, every caller waits for the timeout and two minutes', () => {
    const policy = { timeoutMs: 900_000 }
    const world = (minutes: number) =>
      planFor([version(1, 'A', minutes / 60)], [key('A', minutes / 60)], { ask: 'operatorRotates', policy })
    expect(words(world(16))).toEqual(['refused recent'])
    expect(words(world(18))).toEqual(['issue requested'])
  })

  test('recent counts from the newest version of any status, so a disabled or scheduled one counts too', () => {
    const versions = [version(2, 'B', 5 / 60, { status: 'scheduled_for_deletion' }), version(1, 'A', 10 * day)]
    expect(words(planFor(versions, healthy.keys, { ask: 'rotate' }))).toEqual(['refused recent'])
  })

  test.each(['tend', 'rotate', 'operatorRotates', 'force'] as const)(
    'a young key that is not published belongs to another run: %s is refused as in-flight',
    ask => {
      const served = [version(1, 'A', 10 * day)]
      expect(words(planFor(served, [key('B', 5 / 60)], { ask }))).toEqual(['refused in-flight'])
    },
  )

  test('a key that is not published stands in nobody’s way after ten minutes', () => {
    expect(words(planFor(healthy.versions, unpublished(0.5), { ask: 'rotate' }))).toEqual(['issue requested'])
  })

  test('an hourly run that has nothing to issue is not refused because of another run', () => {
    expect(words(planFor(healthy.versions, unpublished(5 / 60)))).toEqual([])
  })

  test('after a rollback only the operator may rotate, also with force', () => {
    const versions = [version(2, 'B', 3 * day, { status: 'disabled' }), version(1, 'A', 10 * day)]
    const keys = [key('A', 10 * day), key('B', 3 * day)]
    expect(words(planFor(versions, keys, { ask: 'rotate' }))).toEqual(['refused rolled-back'])
    expect(words(planFor(versions, keys, { ask: 'operatorRotates' }))).toEqual(['issue requested'])
    expect(words(planFor(versions, keys, { ask: 'force' }))).toEqual(['issue forced'])
  })

  test('a second rollback stays in force as long as its own key exists, although the key of the first was deleted manually', () => {
    const disabled = { status: 'disabled' } as const
    const versions = [version(3, 'C', 2 * day, disabled), version(2, 'B', 3 * day, disabled), version(1, 'A', 10 * day)]
    const keys = [key('A', 10 * day), key('B', 3 * day)]
    expect(words(planFor(versions, keys, { ask: 'rotate' }))).toEqual(['refused rolled-back'])
    expect(words(planFor(versions, [key('A', 10 * day)], { ask: 'rotate' }))).toEqual(['issue requested'])
  })

  test('a disabled newest version whose key is deleted is no rollback', () => {
    const versions = [version(2, 'B', 3 * day, { status: 'disabled' }), version(1, 'A', 10 * day)]
    expect(words(planFor(versions, healthy.keys, { ask: 'rotate' }))).toEqual(['issue requested'])
  })

  test('an urgent reason waits neither for the interval nor for a rollback', () => {
    const ending = key('A', 10 * day, { endsInHours: 5 * day })
    const versions = [version(2, 'B', 3, { status: 'disabled' }), version(1, 'A', 10 * day)]
    expect(words(planFor(versions, [ending, key('B', 3)], { ask: 'rotate' }))).toEqual(['issue expires-soon'])
  })

  const disabled = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      version(index + 1, null, 30 * day, { status: 'scheduled_for_deletion' }),
    )

  test('routine reasons stop at 17 versions, scheduled ones counted, and urgent ones at 20', () => {
    const served = version(30, 'A', 10 * day)
    const routine = (count: number) => planFor([...disabled(count), served], healthy.keys, { ask: 'force' })
    expect(words(routine(15))).toEqual(['issue forced'])
    expect(words(routine(16))).toEqual(['refused blocked'])
    expect(routine(16).refusal).toEqual({ code: 'blocked', quota: { name: 'versions', used: 17, limit: 17 } })
    expect(words(planFor(disabled(19), []))).toEqual(['issue no-usable-key'])
    expect(words(planFor(disabled(20), []))).toEqual(['refused blocked'])
  })

  test('routine reasons stop at 4 own keys and urgent ones at 6; unmanaged keys do not count', () => {
    const own = (count: number) => Array.from({ length: count }, (_, index) => key(letters.charAt(index), 0.9))
    const routine = (count: number) =>
      planFor(healthy.versions, [key('A', 10 * day), ...own(count)], { ask: 'force' }).refusal
    expect(routine(2)).toBeUndefined()
    expect(routine(3)).toEqual({ code: 'blocked', quota: { name: 'keys', used: 4, limit: 4 } })
    expect(planFor([], own(5)).refusal).toBeUndefined()
    expect(planFor([], own(6)).refusal).toEqual({ code: 'blocked', quota: { name: 'keys', used: 6, limit: 6 } })
    const unmanaged = Array.from({ length: 12 }, (_, index) => key(letters.charAt(index), 40, { unmanaged: true }))
    expect(words(planFor(healthy.versions, [key('A', 10 * day), ...unmanaged], { ask: 'force' }))).toEqual([
      'issue forced',
    ])
  })

  test('a blocked issue leaves the clean-up standing', () => {
    const versions = [...disabled(18), version(31, 'B', 10 * day), version(30, 'A', 40 * day)]
    expect(words(planFor(versions, [key('A', 40 * day), key('B', 10 * day)], { ask: 'force' }))).toEqual([
      'refused blocked',
      'retire 30 superseded',
    ])
  })
})

const letters = 'BCDEFGHIJKLMNOP'

describe('retire: which versions are disabled', () => {
  const two = (newerAgeHours: number, updatedHoursAgo = newerAgeHours) => [
    version(2, 'B', newerAgeHours, { updatedHoursAgo }),
    version(1, 'A', 30 * day),
  ]
  const keys = [key('A', 30 * day), key('B', 10 * day)]

  test('the previous version is retired once the newer one has been there for overlap and settle time', () => {
    expect(words(planFor(two(120.9), keys))).toEqual([])
    expect(words(planFor(two(121.1), keys))).toEqual(['retire 1 superseded'])
  })

  test('a version that a person enabled again starts its overlap again', () => {
    expect(words(planFor(two(200, 3), keys))).toEqual([])
  })

  test('a newer version whose key is expired, deleted or not ours releases nothing', () => {
    const expired = key('B', 10 * day, { endsInHours: -1 })
    expect(words(planFor(two(200), [key('A', 30 * day), expired]))).not.toContain('retire 1 superseded')
    expect(words(planFor(two(200), [key('A', 30 * day)]))).not.toContain('retire 1 superseded')
    const unmanaged = [version(2, null, 200), version(1, 'A', 30 * day)]
    expect(words(planFor(unmanaged, [key('A', 30 * day)]))).toEqual([])
  })

  test('a version whose key is deleted is retired, unless it is the served one', () => {
    expect(words(planFor(two(5), [key('B', 5)]))).toEqual(['retire 1 key-gone'])
    expect(words(planFor([version(1, 'A', 5)], []))).toEqual(['issue no-usable-key'])
  })

  test('an unmanaged version is never retired', () => {
    const versions = [version(2, 'B', 200), version(1, null, 30 * day)]
    expect(words(planFor(versions, [key('B', 200)]))).toEqual([])
  })
})

describe('revoke: which keys are deleted', () => {
  const retired = (newerAgeHours: number) => [
    version(2, 'B', newerAgeHours),
    version(1, 'A', 30 * day, { status: 'disabled', updatedHoursAgo: 1 }),
  ]
  const keys = [key('A', 30 * day), key('B', 200)]

  test('a key whose versions are all disabled and released is deleted', () => {
    expect(words(planFor(retired(200), keys))).toEqual(['revoke A superseded'])
  })

  test('a key whose version a person disabled early is kept until the newer one is old enough', () => {
    expect(words(planFor(retired(100), keys))).toEqual([])
  })

  test('a key whose version this very run disabled waits for the next hourly run', () => {
    const soFar = { isTried: false, disabled: new Set([1]) }
    expect(words(planFor(retired(200), keys, { soFar }))).toEqual([])
  })

  test('a rolled-back key is kept until the next publication is old enough', () => {
    const rolledBack = version(2, 'B', 40, { status: 'disabled' })
    const world = (versions: Parameters<typeof planFor>[0]) =>
      words(planFor(versions, [key('A', 300), key('B', 40), key('C', 300)]))
    expect(world([rolledBack, version(1, 'A', 300)])).not.toContain('revoke B superseded')
    expect(world([version(3, 'C', 122), rolledBack, version(1, 'A', 300)])).toContain('revoke B superseded')
  })

  test('a key that no version names is an orphan once it is older than the settle time', () => {
    const world = (ageHours: number) => words(planFor(healthy.versions, [key('A', 240), key('B', ageHours)]))
    expect(world(0.9)).toEqual([])
    expect(world(1.1)).toEqual(['revoke B orphan'])
  })

  test('a version that waits for its deletion still names its key', () => {
    const versions = [version(2, 'B', 40, { status: 'scheduled_for_deletion' }), version(1, 'A', 240)]
    expect(words(planFor(versions, [key('A', 240), key('B', 40)]))).toEqual([])
  })

  test('an unmanaged version made shortly after a key counts as naming it', () => {
    const world = (foreignAge: number) =>
      words(planFor([version(2, null, foreignAge), version(1, 'A', 240)], [key('A', 240), key('B', 40)]))
    expect(world(39.5)).toEqual([])
    expect(world(38.5)).toEqual(['revoke B orphan'])
  })

  test('an unmanaged version does not protect a key that a version of ours names: that key is deleted when it is due', () => {
    const versions = [version(3, 'C', 130), version(2, null, 239.5), version(1, 'A', 239.9, { status: 'disabled' })]
    expect(words(planFor(versions, [key('A', 240), key('C', 130)]))).toEqual(['revoke A superseded'])
  })

  test('an expired key is deleted whatever names it', () => {
    const versions = [version(2, 'B', 20), version(1, 'A', 30 * day)]
    const expired = key('A', 90 * day, { endsInHours: -1 })
    expect(words(planFor(versions, [expired, key('B', 20)]))).toEqual(['revoke A expired'])
  })

  test('an unmanaged key is never deleted, expired or not', () => {
    const unmanaged = [key('X', 900, { unmanaged: true, endsInHours: -1 }), key('Y', 900, { unmanaged: true })]
    expect(words(planFor(healthy.versions, [...healthy.keys, ...unmanaged]))).toEqual([])
  })
})

describe('compromise: what is disabled and deleted without overlap', () => {
  const flagged = version(2, 'B', 1, { compromise: true })
  const older = version(1, 'A', 100)

  test('once a flagged version works, all older versions are disabled and all older keys deleted, even one never published', () => {
    expect(words(planFor([flagged, older], [key('A', 100), key('B', 1.1), key('C', 1.2)]))).toEqual([
      'retire 1 compromised',
      'revoke A compromised',
      'revoke C compromised',
    ])
  })

  test('a key made after the flagged one belongs to a later run and stays, although no version names it yet', () => {
    expect(words(planFor([flagged, older], [key('B', 1.1), key('D', 0.1)]))).toEqual(['retire 1 compromised'])
  })

  test('a flagged version whose key does not work leaves the older ones alone', () => {
    expect(words(planFor([flagged, older], [key('A', 100)]))).toEqual(['issue no-usable-key'])
  })
})

describe('prune: which versions are deleted', () => {
  const old = (revision: number, updatedHoursAgo = 100) =>
    version(revision, letters.charAt(revision), 900, { status: 'disabled', updatedHoursAgo })
  const served = version(9, 'A', 240)

  test('disabled versions beyond the record are deleted, oldest first', () => {
    const versions = [served, old(5), old(4), old(3), old(2), old(1)]
    expect(words(planFor(versions, [key('A', 240)]))).toEqual([
      'prune 1 beyond-keep-versions',
      'prune 2 beyond-keep-versions',
    ])
  })

  test('a version is kept as long as its key exists, so that a version still names the key', () => {
    const versions = [served, old(5), old(4), old(3), old(2)]
    const existing = { ...key('Z', 900), accessKey: accessKey(letters.charAt(2)), marker: null }
    expect(words(planFor(versions, [key('A', 240), existing]))).toEqual([])
  })

  test('a version disabled within the settle time is kept', () => {
    const versions = [served, old(5), old(4), old(3), old(2, 0.5)]
    expect(words(planFor(versions, [key('A', 240)]))).toEqual([])
  })

  test('unmanaged versions neither count for the record nor are deleted', () => {
    const unmanaged = [6, 7, 8].map(revision => version(revision, null, 900, { status: 'disabled' }))
    expect(words(planFor([served, ...unmanaged, old(3), old(2), old(1)], [key('A', 240)]))).toEqual([])
  })
})

test('issue comes before any retirement, so that nothing is disabled when nothing could be published', () => {
  const versions = [version(2, 'B', 36 * day), version(1, 'A', 80 * day)]
  expect(words(planFor(versions, [key('A', 80 * day), key('B', 36 * day)]))).toEqual([
    'issue key-too-old',
    'retire 1 superseded',
  ])
})
