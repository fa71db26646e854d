import { describe, expect, test } from 'vitest'
import { deploy } from '../support/rotation.ts'

describe('the status', () => {
  test('before the first key is 503: no key, and the next hourly run makes one', async () => {
    const { status, body } = await deploy().rotation.status()
    expect(status).toBe(503)
    expect(body).toMatchObject({
      healthy: false,
      current: null,
      previous: [],
      next: { actions: [{ kind: 'issue', reason: 'no-usable-key' }], refused: null },
      next_rotation: '2026-04-01T02:00:00.000Z',
      overdue_after: null,
      problems: [{ code: 'no-usable-key', alarming: true }],
    })
  })

  test('after a rotation is 200 with the current key, and the previous one with the moment after which it is deleted', async () => {
    const { rotation, clock, keys } = deploy()
    await rotation.post()
    clock.advance({ days: 30 })
    await rotation.post()
    clock.advance({ days: 2, hours: 12 })
    const [first, second] = keys()
    const { status, body } = await rotation.status()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      healthy: true,
      current: {
        access_key: second?.accessKey,
        revision: 2,
        age_days: 2.5,
        expires_at: second?.expiresAt?.toISOString(),
      },
      previous: [{ access_key: first?.accessKey, revision: 1, status: 'enabled' }],
      orphans: [],
      foreign_keys: [],
      foreign_versions: [],
      quota: { versions: { used: 2, limit: 20 }, keys: { used: 2, limit: 6 } },
      next: { actions: [], refused: null },
      problems: [],
    })
    // 2026-03-31T02:00 and some seconds, 120 hours of overlap, one hour of settle time
    expect(JSON.stringify(body.previous)).toContain('"ends_after":"2026-04-05T03:00:')
  })

  test('names the next firing of the schedule that the function was given, and notes where it was given none', async () => {
    const { rotation, instance, clock } = deploy({ settings: { rotation_schedule: '30 4 * * mon' } })
    await rotation.post()
    expect((await rotation.status()).body.next_rotation).toBe('2026-03-02T04:30:00.000Z')
    clock.advance({ days: 1, hours: 3 })
    expect((await rotation.status()).body.next_rotation).toBe('2026-03-09T04:30:00.000Z')
    const { status, body } = await instance({ settings: { rotation_schedule: undefined } }).status()
    expect([status, body.next_rotation]).toEqual([200, null])
    expect(body.problems).toMatchObject([{ code: 'paused', alarming: false }])
    expect(body.overdue_after).toMatch(/^2026-04-05T02:00:/)
  })

  test('is 503 once the key is overdue or about to expire', async () => {
    const { rotation, instance, clock } = deploy({ settings: { max_key_age_days: 200 } })
    await rotation.post()
    clock.advance({ days: 36 })
    expect((await rotation.status()).status).toBe(200)
    const overdue = await instance({ settings: { max_key_age_days: 35 } }).status()
    expect([overdue.status, overdue.body.problems]).toMatchObject([503, [{ code: 'key-too-old', alarming: true }]])
    clock.advance({ days: 47 })
    const expiring = await rotation.status()
    expect([expiring.status, expiring.body.problems]).toMatchObject([503, [{ code: 'expires-soon', alarming: true }]])
  })

  test('names a key that was never published, without alarm', async () => {
    const { rotation, cloud, clock } = deploy()
    await rotation.post()
    clock.advance({ days: 2 })
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'lost-before' } })
    await rotation.post()
    const { status, body } = await rotation.status()
    expect(status).toBe(200)
    expect(body.problems).toMatchObject([{ code: 'orphan', alarming: false }])
    expect(body.orphans).toHaveLength(1)
  })

  test.each([
    ['lost-before', 502, 'upstream-unreachable'],
    ['rate-limited', 502, 'upstream-error'],
    ['forbidden', 502, 'upstream-refused'],
  ] as const)('while Scaleway answers with %s is %i', async (kind, status, error) => {
    const { rotation, cloud } = deploy()
    cloud.faults.add({ times: 9, fault: { kind } })
    const answer = await rotation.status()
    expect([answer.status, answer.body.error]).toEqual([status, error])
  })

  test('changes nothing', async () => {
    const { rotation, cloud } = deploy()
    await rotation.status()
    expect(new Set(cloud.log.entries.map(({ method }) => method))).toEqual(new Set(['GET']))
  })
})
