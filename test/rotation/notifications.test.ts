import { describe, expect, test } from 'vitest'
import type { KeyConfig } from '../../functions/rotation/config.ts'
import type { RunResult } from '../../functions/rotation/reconcile/result.ts'
import { type EndedKey, type EndedRun, isHealthyHourlyRun } from '../../functions/rotation/report/ended-run.ts'
import { notificationsOf } from '../../functions/rotation/report/notifications.ts'
import { ApiError } from '../../functions/rotation/scaleway/api-error.ts'
import { HttpError } from '../../functions/shared/http-error.ts'
import { accessKey, key, now, policy, version } from '../support/worlds.ts'

const secretId = '11111111-1111-4111-8111-111111111111'
const applicationId = '22222222-2222-4222-8222-222222222222'
const runId = '33333333-3333-4333-8333-333333333333'

const healthy = { versions: [version(1, 'A', 240)], keys: [key('A', 240)] }
const overdue = { versions: [version(1, 'A', 36 * 24)], keys: [key('A', 36 * 24)] }
const seen = (world: typeof healthy) => ({ observation: { world, at: now, ageMs: () => 0 } })
const nothing: RunResult = {
  done: [],
  refusal: undefined,
  issue: undefined,
  undone: [],
  stoppedBy: undefined,
  isSettled: false,
  ...seen(healthy),
}
const noAnswer = new ApiError({ code: 'upstream-error', operation: 'list versions', status: 503 })
const revokeA = { kind: 'revoke', accessKey: accessKey('A'), reason: 'superseded' } as const
const revokeB = { kind: 'revoke', accessKey: accessKey('B'), reason: 'orphan' } as const
const issuedC: Partial<RunResult> = {
  issue: { kind: 'issued', key: key('C', 0), version: version(3, 'C', 0) },
  done: [{ kind: 'issue', reason: 'requested', accessKey: accessKey('C'), revision: 3 }],
}

const keyConfig: KeyConfig = {
  name: 'default',
  applicationId,
  defaultProjectId: applicationId,
  region: 'fr-par',
  secretId,
  policy,
  rotationSchedule: undefined,
}

function ended(
  result: Partial<RunResult>,
  { error, ...run }: Partial<EndedRun & Pick<EndedKey, 'error'>> = {},
): EndedRun {
  const keys = [{ key: keyConfig, result: { ...nothing, ...result }, error }]
  return { runId, action: 'tend', startedAt: now, keys, isOverAll: true, ...run }
}

function notified(...run: Parameters<typeof ended>) {
  return notificationsOf(ended(...run), { keys: new Map([['default', keyConfig]]), now })
}

const types = (...run: Parameters<typeof notified>) => notified(...run).map(({ body }) => body.type)

describe('what a run did is reported', () => {
  test('a new key, whatever caused the run', () => {
    expect(notified(issuedC)).toEqual([
      {
        id: `${runId}_key-issued`,
        body: {
          type: 'key.issued',
          timestamp: '2026-06-15T12:00:00.000Z',
          data: {
            key: 'default',
            secret_id: secretId,
            application_id: applicationId,
            run_id: runId,
            action: 'tend',
            access_key: accessKey('C'),
            revision: 3,
            expires_at: key('C', 0).expiresAt,
            reason: 'requested',
          },
          text: `Key ${accessKey('C')} was issued as revision 3: requested. (secret ${secretId})`,
        },
      },
    ])
  })

  test('a rollback', () => {
    const taken = { kind: 'retire', reason: 'rolled-back', revision: 7, accessKey: accessKey('A') } as const
    const [notification] = notified({ done: [taken] }, { action: 'rollback' })
    expect(notification?.body).toMatchObject({ type: 'key.rolled-back', data: { revision: 7, action: 'rollback' } })
  })

  test('all keys that a run revoked, at once', () => {
    const notifications = notified({ done: [revokeA, revokeB] })
    expect(notifications.map(({ body }) => body.type)).toEqual(['key.revoked'])
    expect(notifications[0]?.body.data.keys).toEqual([
      { kind: 'revoke', access_key: accessKey('A'), reason: 'superseded' },
      { kind: 'revoke', access_key: accessKey('B'), reason: 'orphan' },
    ])
  })

  test('an issue and a revocation of one run under two ids', () => {
    const ids = notified({ ...issuedC, done: [...(issuedC.done ?? []), revokeA] }).map(({ id }) => id)
    expect(ids).toEqual([`${runId}_key-issued`, `${runId}_key-revoked`])
  })

  test('nothing, when nothing was done or versions alone were disabled or deleted', () => {
    const superseded = { kind: 'retire', reason: 'superseded', revision: 1, accessKey: accessKey('A') } as const
    const pruned = { kind: 'prune', reason: 'beyond-keep-versions', revision: 1, accessKey: accessKey('A') } as const
    expect(types({})).toEqual([])
    expect(types({ done: [superseded, pruned] })).toEqual([])
  })
})

describe('what was requested and is not done', () => {
  const refused = new HttpError({ status: 409, code: 'blocked', message: 'No room.' })
  const broken = new HttpError({ status: 502, code: 'upstream-error', message: 'Scaleway answered with an error.' })
  const malformed = new HttpError({ status: 400, code: 'revision-missing', message: 'Name the revision.' })

  test.each(['rotate', 'rollback', 'revoke'] as const)('is reported for a %s', action => {
    const [blocked] = notified({}, { action, error: refused })
    expect(blocked?.body).toMatchObject({ type: 'action.failed', data: { action, error: 'blocked' } })
    expect(blocked?.body.text).toBe(`${action} was refused, blocked: No room. (secret ${secretId})`)
    const [failed] = notified({}, { action, error: broken })
    expect(failed?.body.text).toContain(`${action} failed, upstream-error`)
  })

  test('is reported neither for a malformed request nor for an hourly run', () => {
    expect(types({}, { action: 'rollback', error: malformed })).toEqual([])
    expect(types({}, { action: 'tend', error: refused })).toEqual([])
  })
})

describe('a problem that persists', () => {
  const at = (time: string) => ({ startedAt: new Date(`2026-06-15T${time}Z`) })
  const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:17:00`)

  test('is reported by the hourly run between 08:00 and 08:59 UTC, and by no other', () => {
    const reporting = hours.filter(hour => types(seen(overdue), at(hour)).includes('problem.standing'))
    expect(reporting).toEqual(['08:17:00'])
  })

  test('is reported with the codes and sentences of the status', () => {
    const [notification] = notified(seen(overdue), at('08:00:00'))
    expect(notification?.body.data.problems).toMatchObject([{ code: 'key-too-old' }])
    expect(notification?.body.text).toBe(`The rotation is overdue. The next hourly run rotates. (secret ${secretId})`)
  })

  test('includes an hourly run that failed, even one that observed nothing', () => {
    const [stopped] = notified({ observation: undefined, stoppedBy: noAnswer }, at('08:59:59'))
    expect(stopped?.body.data.failures).toEqual(['list versions: upstream-error (503)'])
    const [undone] = notified({ undone: [{ action: revokeA, error: noAnswer }] }, at('08:17:00'))
    expect(undone?.body.type).toBe('problem.standing')
    const [unproven] = notified({ issue: { kind: 'failed', code: 'not-proven' } }, at('08:17:00'))
    expect(unproven?.body.data.failures).toEqual(['not-proven'])
  })

  test('has one id a day, so that an hourly run that is triggered twice reports it once', () => {
    const idAt = (startedAt: string, id: string) =>
      notified(seen(overdue), { startedAt: new Date(startedAt), runId: id })[0]?.id
    expect(idAt('2026-06-15T08:17:00Z', 'a')).toBe(`${secretId}_2026-06-15_problem-standing`)
    expect(idAt('2026-06-15T08:18:00Z', 'b')).toBe(idAt('2026-06-15T08:17:00Z', 'a'))
    expect(idAt('2026-06-16T08:17:00Z', 'c')).not.toBe(idAt('2026-06-15T08:17:00Z', 'a'))
  })

  test('is not reported while all is well, nor by a requested rotation', () => {
    expect(types({}, at('08:17:00'))).toEqual([])
    expect(types(seen(overdue), { ...at('08:17:00'), action: 'rotate' })).toEqual([])
  })
})

test('a problem that is not alarming is not reported, and the hourly run counts as healthy', () => {
  const noted = seen({ ...healthy, keys: [...healthy.keys, key('Z', 240, { unmanaged: true })] })
  expect(types(noted, { startedAt: new Date('2026-06-15T08:17:00Z') })).toEqual([])
  expect(isHealthyHourlyRun(ended(noted))).toBe(true)
})

describe('an hourly run is healthy', () => {
  const isHealthy = (...run: Parameters<typeof ended>) => isHealthyHourlyRun(ended(...run))

  test('when it saw no alarm and left nothing undone', () => {
    expect(isHealthy({})).toBe(true)
    expect(isHealthy({ done: [revokeA] })).toBe(true)
  })

  test('unless anything is wrong; any other run never counts as healthy', () => {
    expect(isHealthy(seen(overdue))).toBe(false)
    expect(isHealthy({ undone: [{ action: revokeA, error: noAnswer }] })).toBe(false)
    expect(isHealthy({ stoppedBy: noAnswer })).toBe(false)
    expect(isHealthy({ observation: undefined })).toBe(false)
    expect(isHealthy({ issue: { kind: 'failed', code: 'overtaken' } })).toBe(false)
    const error = new HttpError({ status: 409, code: 'in-flight', message: 'Another one.' })
    expect(isHealthy({}, { error })).toBe(false)
    expect(isHealthy({}, { action: 'rotate' })).toBe(false)
  })
})
