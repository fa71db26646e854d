import { describe, expect, test } from 'vitest'
import { targetOf } from '../../functions/rotation/plan/actions.ts'
import { unmanagedVersions, unpublishedKeys, withServed } from '../../functions/rotation/plan/world.ts'
import { accessKey, key, situation, version } from '../support/worlds.ts'

const disabled = { status: 'disabled' } as const
const versions = [version(3, 'C', 1), version(2, 'B', 100), version(1, 'A', 200, disabled)]

/** Versions in words: `3 enabled`. */
const stated = (...listed: Parameters<typeof withServed>) =>
  withServed(...listed).map(({ revision, status }) => `${revision} ${status}`)

describe('a list of versions is put right by what is served', () => {
  test('which changes nothing where both agree', () => {
    expect(withServed(versions, versions[0])).toEqual(versions)
  })

  test('and shows a version that the list does not have yet, as the newest', () => {
    expect(stated(versions, version(4, 'D', 0))).toEqual(['4 enabled', '3 enabled', '2 enabled', '1 disabled'])
  })

  test('and shows as disabled what the list still has as enabled above it', () => {
    expect(stated(versions, version(2, 'B', 100))).toEqual(['3 disabled', '2 enabled', '1 disabled'])
    const deleted = version(3, 'C', 1, { status: 'scheduled_for_deletion' })
    expect(stated([deleted, ...versions.slice(1)], version(2, 'B', 100))).toEqual([
      '3 scheduled_for_deletion',
      '2 enabled',
      '1 disabled',
    ])
  })

  test('and takes a version that was enabled again as it is served', () => {
    expect(stated(versions, version(1, 'A', 200))).toEqual(['3 disabled', '2 disabled', '1 enabled'])
  })

  test('and shows everything as disabled when nothing is served', () => {
    expect(stated(versions, undefined)).toEqual(['3 disabled', '2 disabled', '1 disabled'])
    expect(withServed([], undefined)).toEqual([])
  })

  test('and is sorted newest first, however it was listed', () => {
    expect(stated([...versions].reverse(), undefined)).toEqual(['3 disabled', '2 disabled', '1 disabled'])
  })
})

test('an unmanaged version counts while it is enabled or disabled, not once it waits for its deletion', () => {
  const { world } = situation([
    version(4, null, 1),
    version(3, null, 2, disabled),
    version(2, null, 3, { status: 'scheduled_for_deletion' }),
    version(1, 'A', 4),
  ])
  expect(unmanagedVersions(world).map(({ revision }) => revision)).toEqual([4, 3])
})

test('a key is unpublished while no version names it, whatever the status of the one that does', () => {
  const { world } = situation(versions, [key('A', 200), key('D', 1), key('E', 1, { unmanaged: true })])
  expect(unpublishedKeys(world).map(each => each.accessKey)).toEqual([accessKey('D')])
})

test('two actions are the same if they do the same to the same version or key, whatever their reasons', () => {
  const name = accessKey('A')
  const retire = { kind: 'retire', revision: 1, accessKey: name, reason: 'superseded' } as const
  expect(targetOf({ ...retire, reason: 'compromised' })).toBe(targetOf(retire))
  const others = [
    { ...retire, revision: 2 },
    { ...retire, accessKey: accessKey('B') },
    { kind: 'prune', revision: 1, accessKey: name, reason: 'beyond-keep-versions' },
    { kind: 'revoke', accessKey: name, reason: 'superseded' },
  ] as const
  expect(new Set([retire, ...others].map(targetOf)).size).toBe(5)
  const revoke = { kind: 'revoke', accessKey: name, reason: 'orphan' } as const
  expect(targetOf(revoke)).toBe(targetOf({ ...revoke, reason: 'expired' }))
})
