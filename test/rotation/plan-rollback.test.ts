import { describe, expect, test } from 'vitest'
import { plan } from '../../functions/rotation/plan/plan.ts'
import type { Policy } from '../../functions/rotation/plan/policy.ts'
import { nothingSoFar, type RunSoFar } from '../../functions/rotation/plan/situation.ts'
import type { Key, Version } from '../../functions/rotation/plan/world.ts'
import { accessKey, key, planFor, situation, version, words } from '../support/worlds.ts'

const disabled = { status: 'disabled' } as const
const expiryMarginHours = 8 * 24

interface Pressed {
  readonly soFar?: RunSoFar
  readonly policy?: Partial<Policy>
}

/** What an operator who rolls this revision back gets, as a plan. */
function rollBack(
  revision: number | null,
  versions: readonly Version[],
  keys: readonly Key[],
  { soFar = nothingSoFar, policy = {} }: Pressed = {},
) {
  const request = { action: 'rollback', operator: true, force: false, revision } as const
  return plan({ ...situation(versions, keys, policy), request, soFar })
}

/** Why a rollback of this revision is refused, and what is served meanwhile. */
const refusal = (...args: Parameters<typeof rollBack>) => rollBack(...args).refusal

const two = [version(2, 'B', 5), version(1, 'A', 300)]
const keys = [key('A', 300), key('B', 5), key('C', 1)]

describe('a rollback', () => {
  test('retires the served version it names, as rolled back, and does nothing else', () => {
    const superseded = version(0, 'A', 900)
    const { actions, refusal } = rollBack(2, [...two, superseded], keys)
    expect(actions).toEqual([{ kind: 'retire', revision: 2, accessKey: accessKey('B'), reason: 'rolled-back' }])
    expect(refusal).toBeUndefined()
  })

  test('that names no revision is refused with the one that is served', () => {
    expect(refusal(null, two, keys)).toEqual({ code: 'revision-missing', current: 2 })
    expect(refusal(null, [], [])).toEqual({ code: 'revision-missing', current: null })
  })

  test('of a revision that is not there, or not ours, is refused', () => {
    expect(refusal(7, two, keys)).toEqual({ code: 'unknown-revision', current: 2 })
    expect(refusal(3, [version(3, null, 1), ...two], keys)).toEqual({ code: 'unknown-revision', current: 3 })
  })

  test('that is refused does nothing, not even a clean-up that is due', () => {
    const superseded = [version(2, 'B', 200), version(1, 'A', 300)]
    expect(rollBack(1, superseded, keys)).toEqual({ actions: [], refusal: { code: 'not-current', current: 2 } })
  })

  test('of a version that is rolled back already is refused as that', () => {
    const versions = [version(3, 'C', 1, disabled), ...two]
    expect(refusal(3, versions, keys)).toEqual({ code: 'already-rolled-back', current: 2 })
  })

  test('of a version that is rolled back already is refused as that also when nothing is served', () => {
    const versions = [version(2, 'B', 5, disabled)]
    expect(refusal(2, versions, keys)).toEqual({ code: 'already-rolled-back', current: null })
  })

  test('of an older version is refused as not current, enabled or not', () => {
    expect(refusal(1, two, keys)).toEqual({ code: 'not-current', current: 2 })
    expect(refusal(1, [version(2, 'B', 5), version(1, 'A', 300, disabled)], keys)).toMatchObject({
      code: 'not-current',
    })
  })
})

describe('a rollback that would make things worse is refused', () => {
  test('when no older version is enabled', () => {
    expect(refusal(2, [version(2, 'B', 5), version(1, 'A', 300, disabled)], keys)).toMatchObject({
      code: 'no-older-key',
    })
  })

  test('when the version before holds a key that has expired, is deleted, or is unknown', () => {
    const code = 'previous-not-usable'
    expect(refusal(2, two, [key('A', 300, { endsInHours: -1 }), key('B', 5)])).toMatchObject({ code })
    expect(refusal(2, two, [key('B', 5)])).toMatchObject({ code })
    expect(refusal(2, [version(2, 'B', 5), version(1, null, 300)], keys)).toMatchObject({ code })
  })

  test('when the key before expires within the overlap and three days, and not when it never expires', () => {
    const ending = (endsInHours: number | null) => refusal(2, two, [key('A', 300, { endsInHours }), key('B', 5)])
    expect(ending(expiryMarginHours - 0.001)).toMatchObject({ code: 'previous-expires' })
    expect(ending(expiryMarginHours)).toBeUndefined()
    expect(ending(null)).toBeUndefined()
  })

  test('when the served version is older than the overlap', () => {
    const aged = (ageHours: number) => refusal(2, [version(2, 'B', ageHours), version(1, 'A', 300)], keys)
    expect(aged(120)).toBeUndefined()
    expect(aged(120.001)).toMatchObject({ code: 'too-late' })
  })

  test('when it would go back behind a leak, but not when it goes back to the version that replaced one', () => {
    const flagged = (revision: number) =>
      [3, 2, 1].map(each => version(each, 'ABC'.charAt(each - 1), 10, { compromise: each === revision }))
    expect(refusal(3, flagged(3), keys)).toMatchObject({ code: 'replaces-compromised' })
    expect(refusal(3, flagged(2), keys)).toBeUndefined()
    expect(refusal(3, flagged(1), keys)).toBeUndefined()
  })

  test('when a flagged version in between is disabled', () => {
    const versions = [version(3, 'C', 1), version(2, 'B', 5, { ...disabled, compromise: true }), version(1, 'A', 300)]
    expect(refusal(3, versions, keys)).toMatchObject({ code: 'replaces-compromised' })
  })
})

describe('a rollback that was done', () => {
  const followUp = (revisions: number[], versions: readonly Version[], known = keys) =>
    words(rollBack(2, versions, known, { soFar: { isTried: true, disabled: new Set(revisions) } }))
  const published = [version(3, 'C', 0), version(2, 'B', 5, disabled), version(1, 'A', 300)]

  test('also rolls back a version that was published in that moment', () => {
    expect(followUp([2], published)).toEqual(['retire 3 rolled-back'])
  })

  test('leaves alone what it finds served if that is older, or the version itself enabled again', () => {
    expect(followUp([2], [version(2, 'B', 5, disabled), version(1, 'A', 300)])).toEqual([])
    expect(followUp([2], two)).toEqual([])
    expect(followUp([2, 4], published)).toEqual([])
  })

  test('leaves alone an unmanaged version, and one before which nothing works', () => {
    expect(followUp([2], [version(3, null, 0), version(2, 'B', 5, disabled), version(1, 'A', 300)])).toEqual([])
    expect(followUp([2], published, [key('B', 5), key('C', 0)])).toEqual([])
  })

  test('does nothing more when nothing is served, or when it disabled nothing', () => {
    expect(followUp([2], [version(2, 'B', 5, disabled)])).toEqual([])
    expect(followUp([], published)).toEqual([])
  })
})

describe('any run rolls back a version that was published over a rollback', () => {
  const rolledBackAgo = (updatedHoursAgo: number, status: Version['status'] = 'disabled') =>
    version(2, 'B', 50, { status, updatedHoursAgo })
  const first = version(1, 'A', 300)
  const known = (ageHours: number) => [key('A', 300), key('B', 50), key('C', ageHours), key('D', ageHours)]
  const over = (versions: readonly Version[], ofKeys = known(1)) => words(planFor(versions, ofKeys))

  test('if its key was made before the rollback and the version after it', () => {
    expect(over([version(3, 'C', 0.5), rolledBackAgo(0.7), first])).toContain('retire 3 rolled-back')
  })

  test('but not if its key was made after the rollback, or at its very moment', () => {
    expect(over([version(3, 'C', 0.5), rolledBackAgo(1.1), first])).toEqual([])
    expect(over([version(3, 'C', 0.5), rolledBackAgo(1), first])).toEqual([])
  })

  test('but not if it was published before the older one was disabled, or at that very moment', () => {
    expect(over([version(3, 'C', 0.5), rolledBackAgo(0.4), first])).toEqual([])
    expect(over([version(3, 'C', 0.5), rolledBackAgo(0.5), first])).toEqual([])
  })

  test('the served one first where two were published so', () => {
    const versions = [version(4, 'D', 0.3), version(3, 'C', 0.5), rolledBackAgo(0.7), first]
    expect(over(versions).filter(word => word.includes('rolled-back'))).toEqual(['retire 4 rolled-back'])
  })

  test('but not where only one of two was published so: the other was asked for since', () => {
    const versions = [version(4, 'D', 0.3), version(3, 'C', 0.5), rolledBackAgo(0.7), first]
    const keys = [key('A', 300), key('B', 50), key('C', 1), key('D', 0.6)]
    expect(words(planFor(versions, keys))).toEqual([])
  })

  test('but not if what was below is being deleted instead, or nothing was rolled back', () => {
    expect(over([version(3, 'C', 0.5), rolledBackAgo(0.7, 'scheduled_for_deletion'), first])).toEqual([])
    expect(over([version(3, 'C', 0.5), rolledBackAgo(0.7, 'enabled'), first])).toEqual([])
  })

  test('but not if an unmanaged version is served, or if it is rolled back itself', () => {
    expect(over([version(4, null, 0.1), version(3, 'C', 0.5), rolledBackAgo(0.7), first])).toEqual([])
    expect(over([version(3, 'C', 0.5, disabled), rolledBackAgo(0.7), first])).toEqual([])
  })

  test('but not if its key is gone, or if nothing before it works', () => {
    const published = [version(3, 'C', 0.5), rolledBackAgo(0.7), first]
    expect(over(published, [key('A', 300), key('B', 50)])).not.toContain('retire 3 rolled-back')
    expect(over(published, [key('B', 50), key('C', 1)])).not.toContain('retire 3 rolled-back')
  })
})
