import { describe, expect, test } from 'vitest'
import type { Key, Version } from '../../functions/rotation/plan/world.ts'
import { problemsOf } from '../../functions/rotation/status/problems.ts'
import { type RotatorKey, rotatorKeyProblems } from '../../functions/rotation/status/rotator-key.ts'
import { accessKey, hoursAgo, key, now, ownKeysWith, situation, version } from '../support/worlds.ts'

const day = 24
const disabled = { status: 'disabled' } as const
const healthy = { versions: [version(1, 'A', 10 * day)], keys: [key('A', 10 * day)] }
const young: RotatorKey = { accessKey: 'SCWROTATOR', createdAt: hoursAgo(day), expiresAt: null }

/** Problems in words, alarms in capitals: `KEY-TOO-OLD`, `orphan`. */
function codes(versions: readonly Version[], keys: readonly Key[], rotatorKey?: RotatorKey): string[] {
  const ownKeys = rotatorKey === undefined ? undefined : ownKeysWith({ rotator: rotatorKey })
  return problemsOf({ ...situation(versions, keys), ownKeys }).map(({ code, alarming }) =>
    alarming ? code.toUpperCase() : code,
  )
}

const message = (versions: readonly Version[], keys: readonly Key[]) =>
  problemsOf(situation(versions, keys)).map(problem => problem.message)

test('a healthy world has no problem', () => {
  expect(codes(healthy.versions, healthy.keys)).toEqual([])
})

describe('an alarm', () => {
  test('is a served key that does not work, expires soon or is too old', () => {
    expect(codes([], [])).toEqual(['NO-USABLE-KEY'])
    expect(codes(healthy.versions, [key('A', 10 * day, { endsInHours: day })])).toEqual(['EXPIRES-SOON'])
    expect(codes([version(1, 'A', 36 * day)], [key('A', 36 * day)])).toEqual(['KEY-TOO-OLD'])
  })

  test('is a full quota, counted as what is due counts it: routine issues stop earlier', () => {
    const kept = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        version(index + 2, 'Z', 20 * day, { status: 'scheduled_for_deletion' }),
      )
    const served = version(40, 'A', 10 * day)
    expect(codes([served, ...kept(15)], healthy.keys)).toEqual([])
    expect(codes([served, ...kept(16)], healthy.keys)).toEqual(['BLOCKED'])
    expect(message([served, ...kept(16)], healthy.keys)[0]).toContain('17 versions, and 17 are the limit')
    expect(codes(kept(19), [])).toEqual(['NO-USABLE-KEY'])
    expect(codes(kept(20), [])).toEqual(['NO-USABLE-KEY', 'BLOCKED'])
  })

  test('is an unmanaged version that is served, and not one that is disabled', () => {
    expect(codes([version(2, null, 1), ...healthy.versions], healthy.keys)).toEqual([
      'FOREIGN-SERVED',
      'foreign-version',
    ])
    expect(message([version(2, null, 1), ...healthy.versions], healthy.keys)[0]).toMatch(/^Revision 2 .*"rotate"/)
    expect(codes([version(2, null, 1, disabled), ...healthy.versions], healthy.keys)).toEqual(['foreign-version'])
  })

  test('is an overdue clean-up, whose message names each key once', () => {
    const versions = [version(2, 'B', 9 * day), version(1, 'A', 30 * day)]
    const expired = ['C', 'D'].map(name => key(name, 30 * day, { endsInHours: -4 * day }))
    const keys = [key('A', 30 * day), key('B', 9 * day)]
    expect(codes(versions, keys)).toEqual(['CLEANUP-OVERDUE'])
    const overdue = [...versions, version(0, 'C', 30 * day)]
    const [named] = message(overdue, [...keys, ...expired]).filter(text => text.includes('overdue'))
    expect(named).toContain(`clean-up of ${['A', 'C', 'D'].map(accessKey).join(', ')} is overdue`)
  })
})

describe('a key of the bearer that was not made here', () => {
  const strange = (ageHours: number) => key('X', ageHours, { unmanaged: true })

  test('is an alarm for a week, which names it, and a note after', () => {
    expect(codes(healthy.versions, [...healthy.keys, strange(7 * day - 0.01)])).toEqual(['FOREIGN-KEY'])
    expect(codes(healthy.versions, [...healthy.keys, strange(7 * day)])).toEqual(['foreign-key'])
    expect(message(healthy.versions, [...healthy.keys, strange(day)])[0]).toContain(accessKey('X'))
  })

  test('is said once, as an alarm, where another one is older', () => {
    const older = key('Y', 30 * day, { unmanaged: true })
    expect(codes(healthy.versions, [...healthy.keys, older, strange(day)])).toEqual(['FOREIGN-KEY'])
  })

  test('is no alarm where a version of ours names it: a person only edited its description', () => {
    expect(codes(healthy.versions, [key('A', 10 * day, { unmanaged: true })])).toEqual(['foreign-key'])
    expect(codes([version(1, 'A', day)], [key('A', day, { unmanaged: true })])).toEqual(['foreign-key'])
  })
})

describe('a note, and no alarm,', () => {
  test('is a rollback that stands', () => {
    const versions = [version(2, 'B', 2 * day, disabled), ...healthy.versions]
    expect(codes(versions, [...healthy.keys, key('B', 2 * day)])).toEqual(['rolled-back'])
  })

  test('is an unpublished key, an unmanaged key, an unmanaged version', () => {
    expect(codes(healthy.versions, [...healthy.keys, key('B', 0.5)])).toEqual(['orphan'])
    expect(codes(healthy.versions, [...healthy.keys, key('X', 8 * day, { unmanaged: true })])).toEqual(['foreign-key'])
    expect(codes([...healthy.versions, version(0, null, 90 * day)], healthy.keys)).toEqual(['foreign-version'])
  })
})

test('every problem comes with a sentence for people', () => {
  const noted = [version(3, 'C', 2 * day, disabled), version(2, null, 2 * day, disabled), ...healthy.versions]
  const worlds: Parameters<typeof message>[] = [
    [[], []],
    [healthy.versions, [key('A', 10 * day, { endsInHours: day })]],
    [[version(1, 'A', 36 * day)], [key('A', 36 * day)]],
    [noted, [...healthy.keys, key('B', 0.5), key('C', 2 * day), key('X', day, { unmanaged: true })]],
  ]
  const found = worlds.flatMap(world => message(...world))
  expect(found).toHaveLength(7)
  for (const text of found) expect(text).toMatch(/^[A-Z].{30,}\.$/)
})

describe("the rotator's own key", () => {
  const expiring = (days: number): RotatorKey => ({ ...young, expiresAt: hoursAgo(-days * day) })
  const aged = (days: number): RotatorKey => ({ ...young, createdAt: hoursAgo(days * day) })
  const year = 365 * day * 3_600_000
  const problem = (own: RotatorKey) => rotatorKeyProblems(own, year, now)[0]
  const codesOf = (own: RotatorKey, maxAgeMs = year) => rotatorKeyProblems(own, maxAgeMs, now).map(({ code }) => code)

  test('is no problem at exactly two weeks before its expiry, nor at exactly a year of age', () => {
    expect(codesOf(expiring(14))).toEqual([])
    expect(codesOf(expiring(13.99))).toEqual(['rotator-key-expires-soon'])
    expect(codesOf(aged(365))).toEqual([])
    expect(codesOf(aged(365.01))).toEqual(['rotator-key-old'])
  })

  test('may have another age, or any', () => {
    expect(codesOf(aged(365.01), 2 * year)).toEqual([])
    expect(codesOf(aged(3650), Number.POSITIVE_INFINITY)).toEqual([])
    expect(problem(aged(366))?.message).toContain('SCWROTATOR is more than 365 days old')
  })

  test('comes with a sentence for people, and with the command that replaces it', () => {
    expect(problem(null)?.message).toContain('IAM does not show')
    for (const own of [expiring(1), aged(366)]) expect(problem(own)?.message).toContain('own key')
    for (const own of [expiring(1), aged(366)]) expect(problem(own)?.message).toContain('terraform apply -replace=')
  })

  test('stands behind the alarms of the served key, and before all notes', () => {
    const orphan = [key('B', 0.5)]
    expect(codes([], orphan, expiring(1))).toEqual(['NO-USABLE-KEY', 'ROTATOR-KEY-EXPIRES-SOON', 'orphan'])
  })

  test('that IAM does not show is the last of the notes, and one that was not read is nothing', () => {
    const keys = [...healthy.keys, key('B', 0.5)]
    expect(codes(healthy.versions, keys, null)).toEqual(['orphan', 'rotator-key-unknown'])
    expect(codes(healthy.versions, keys, young)).toEqual(['orphan'])
    expect(codes(healthy.versions, keys)).toEqual(['orphan'])
  })
})
