import { describe, expect, test } from 'vitest'
import type { Key, Version } from '../../functions/rotation/plan/world.ts'
import type { RotatorKey } from '../../functions/rotation/status/rotator-key.ts'
import { statusOf } from '../../functions/rotation/status/status.ts'
import { accessKey, hoursAgo, key, ownKeysWith, situation, version } from '../support/worlds.ts'

const day = 24
const disabled = { status: 'disabled' } as const
const young: RotatorKey = { accessKey: 'SCWROTATOR', createdAt: hoursAgo(36), expiresAt: null }

const nextRotation = new Date('2026-07-01T02:00:00Z')
const own = (rotator: RotatorKey) => ownKeysWith({ rotator })

function bodyOf(versions: readonly Version[], keys: readonly Key[], rotatorKey: RotatorKey = young) {
  return statusOf({ ...situation(versions, keys), ownKeys: own(rotatorKey), nextRotation }).body
}

describe('the current version', () => {
  test('has its revision, its access key, its age in tenths of a day, rounded down, and the expiry of its key', () => {
    expect(bodyOf([version(7, 'A', 2.59 * day)], [key('A', 3 * day, { endsInHours: 40 * day })]).current).toEqual({
      revision: 7,
      access_key: accessKey('A'),
      created_at: hoursAgo(2.59 * day),
      age_days: 2.5,
      expires_at: hoursAgo(-40 * day),
    })
  })

  test('has no access key where it is unmanaged, and no expiry where its key is deleted or never expires', () => {
    expect(bodyOf([version(7, null, day)], []).current).toMatchObject({ access_key: null, expires_at: null })
    expect(bodyOf([version(7, 'A', day)], []).current).toMatchObject({ access_key: accessKey('A'), expires_at: null })
    const lasting = key('A', day, { endsInHours: null })
    expect(bodyOf([version(7, 'A', day)], [lasting]).current).toMatchObject({ expires_at: null })
  })
})

describe('a previous version', () => {
  const current = version(3, 'C', 20)
  const previous = (...world: Parameters<typeof bodyOf>) => bodyOf(...world).previous

  test('has its access key, revision, status and age, and ends after overlap and settle time', () => {
    expect(previous([current, version(2, 'B', 90)], [key('B', 90), key('C', 20)])).toEqual([
      {
        access_key: accessKey('B'),
        revision: 2,
        status: 'enabled',
        created_at: hoursAgo(90),
        ends_after: hoursAgo(20 - 121),
      },
    ])
  })

  test('ends when its key expires, where that is earlier', () => {
    const keys = [key('B', 90, { endsInHours: 30 }), key('C', 20)]
    expect(previous([current, version(2, 'B', 90)], keys)).toMatchObject([{ ends_after: hoursAgo(-30) }])
  })

  test('that was rolled back ends when its key expires, and never if it does not', () => {
    const versions = [version(4, 'B', 10, disabled), current]
    const keys = (endsInHours: number | null) => [key('B', 10, { endsInHours }), key('C', 20)]
    expect(previous(versions, keys(500))).toMatchObject([{ revision: 4, ends_after: hoursAgo(-500) }])
    expect(previous(versions, keys(null))).toMatchObject([{ revision: 4, ends_after: null }])
  })

  test('is not listed once its key has expired or is deleted', () => {
    const versions = [current, version(2, 'B', 90), version(1, 'A', 900, disabled)]
    expect(previous(versions, [key('A', 900, { endsInHours: -1 }), key('C', 20)])).toEqual([])
  })

  test('is listed also while an unmanaged version is served, or none', () => {
    expect(previous([version(9, null, 1), version(2, 'B', 90)], [key('B', 90)])).toMatchObject([{ revision: 2 }])
    expect(previous([version(2, 'B', 90, disabled)], [key('B', 90)])).toMatchObject([{ revision: 2 }])
  })
})

test('the status lists unpublished keys, what is unmanaged, and how full both quotas are', () => {
  const versions = [version(3, 'A', day), version(2, null, 2 * day, disabled), version(1, 'Z', 50 * day, disabled)]
  const keys = [key('A', day), key('B', 0.5), key('X', day, { unmanaged: true })]
  expect(bodyOf(versions, keys)).toMatchObject({
    orphans: [{ access_key: accessKey('B'), created_at: hoursAgo(0.5) }],
    foreign_keys: [accessKey('X')],
    foreign_versions: [2],
    quota: { versions: { used: 3, limit: 20 }, keys: { used: 2, limit: 6 } },
  })
})

test('the status says what the next hourly run does, as actions, or why it cannot', () => {
  const superseded = [version(2, 'B', 130), version(1, 'A', 300)]
  expect(bodyOf(superseded, [key('A', 300), key('B', 130)])).toMatchObject({
    next: {
      actions: [{ kind: 'retire', reason: 'superseded', revision: 1, access_key: accessKey('A') }],
      refused: null,
    },
    next_rotation: nextRotation,
    overdue_after: hoursAgo(130 - 35 * day),
  })
  expect(bodyOf([], [key('B', 0.1)]).next).toEqual({ actions: [], refused: 'in-flight' })
})

test('notes alone leave the status healthy, one alarm makes it unhealthy', () => {
  const world = situation([version(1, 'A', day)], [key('A', day), key('B', 0.5)])
  const noted = statusOf({ ...world, ownKeys: own(null), nextRotation })
  expect([noted.healthy, noted.body.healthy, noted.body.rotator_key]).toEqual([true, true, null])
  const alarmed = statusOf({ ...situation([], [key('B', 2)]), ownKeys: own(young), nextRotation })
  expect([alarmed.healthy, alarmed.body.healthy]).toEqual([false, false])
  expect(alarmed.body.rotator_key).toEqual({
    access_key: 'SCWROTATOR',
    created_at: hoursAgo(36),
    age_days: 1.5,
    expires_at: null,
  })
})

describe('without a CRON', () => {
  const pausedBody = (...world: Parameters<typeof situation>) =>
    statusOf({ ...situation(...world), ownKeys: own(young), nextRotation: 'paused' })

  test('the status is healthy, has no next rotation, and notes what follows, when the key ends and how to resume', () => {
    const { healthy, body } = pausedBody([version(1, 'A', day)], [key('A', day, { endsInHours: 40 * day })])
    expect([healthy, body.next_rotation, body.overdue_after]).toEqual([true, null, hoursAgo(-32 * day)])
    expect(body.problems).toEqual([
      {
        code: 'paused',
        alarming: false,
        message: `No run comes by itself: nothing rotates, and no old key is deleted. The served key ends at ${hoursAgo(-40 * day).toISOString()}. To resume, set rotation_enabled = true and apply; POST {"action":"rotate"} rotates now.`,
      },
    ])
  })

  test('the note says that the key never expires, and nothing of its end where no key is known', () => {
    const messageOf = (...world: Parameters<typeof situation>) => JSON.stringify(pausedBody(...world).body.problems)
    const lasting = messageOf([version(1, 'A', day)], [key('A', day, { endsInHours: null })])
    expect(lasting).toContain('is deleted. The served key never expires. To resume')
    expect(messageOf([], [])).toContain('is deleted. To resume')
    expect(messageOf([version(1, null, day)], [])).toContain('is deleted. To resume')
  })

  test('an alarm stays an alarm', () => {
    const { healthy, body } = pausedBody([version(1, 'A', 40 * day)], [key('A', 40 * day)])
    expect(healthy).toBe(false)
    expect(body.problems).toMatchObject([{ code: 'key-too-old' }, { code: 'paused', alarming: false }])
  })
})

test('a schedule that never fires has no next rotation, and is not paused', () => {
  const { body } = statusOf({
    ...situation([version(1, 'A', day)], [key('A', day)]),
    ownKeys: own(young),
    nextRotation: null,
  })
  expect([body.next_rotation, body.problems]).toEqual([null, []])
})
