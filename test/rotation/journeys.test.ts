import { describe, expect, test } from 'vitest'
import { deploy } from '../support/rotation.ts'

describe('the first rotation', () => {
  test('makes a key that works, publishes it, and says so', async () => {
    const { rotation, cloud, keys, served, ids } = deploy()
    const { status, body } = await rotation.post()
    const [key] = keys()
    expect(status).toBe(200)
    expect(body).toEqual({
      rotated: true,
      access_key: key?.accessKey,
      revision: 1,
      expires_at: key?.expiresAt?.toISOString(),
      actions: [{ kind: 'issue', reason: 'no-usable-key', revision: 1, access_key: key?.accessKey }],
      overdue_after: expect.stringMatching(/^2026-04-05T02:00:/),
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(served()?.accessKey).toBe(key?.accessKey)
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
    expect(key).toMatchObject({ applicationId: ids.applicationId, defaultProjectId: cloud.projectId })
  })

  test('gives the key an expiry, or none when the lifetime is 0', async () => {
    const mortal = deploy()
    await mortal.rotation.post()
    expect(mortal.keys()[0]?.expiresAt?.toISOString()).toMatch(/^2026-05-30T02:00/)
    const immortal = deploy({ settings: { key_lifetime_days: 0 } })
    await immortal.rotation.post()
    expect(immortal.keys()[0]?.expiresAt ?? null).toBeNull()
  })

  test('is made by the hourly run too, so that no application waits for the first of the month', async () => {
    const { rotation, served } = deploy()
    const { status, body } = await rotation.post({ action: 'tend', source: 'maintenance' })
    expect([status, body.rotated]).toEqual([200, true])
    expect(served()?.revision).toBe(1)
  })
})

describe('later rotations', () => {
  test('the second one leaves the first key alone during the overlap; then two hourly runs disable its version and delete it', async () => {
    const { rotation, clock, cloud, keys, versions, served } = deploy()
    await rotation.post()
    const first = served()
    clock.advance({ days: 30 })
    expect((await rotation.post({ action: 'rotate', source: 'cron' })).body).toMatchObject({
      rotated: true,
      revision: 2,
    })
    expect(served()?.revision).toBe(2)

    clock.advance({ hours: 120 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ reason: 'not-due', actions: [] })
    expect(cloud.authenticates(first?.secretKey ?? '')).toBe(true)

    clock.advance({ hours: 2 })
    const retire = { kind: 'retire', reason: 'superseded', revision: 1, access_key: first?.accessKey }
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [retire] })
    expect(versions().map(({ status }) => status)).toEqual(['enabled', 'disabled'])
    expect(cloud.authenticates(first?.secretKey ?? '')).toBe(true)

    clock.advance({ hours: 1 })
    const revoke = { kind: 'revoke', reason: 'superseded', access_key: first?.accessKey }
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [revoke] })
    expect(cloud.authenticates(first?.secretKey ?? '')).toBe(false)
    expect(keys()).toHaveLength(1)
  })

  test('after eight monthly rotations there is one key, and the record holds three versions', async () => {
    const { rotation, clock, cloud, keys, versions, served } = deploy()
    for (let month = 1; month <= 8; month++) {
      expect((await rotation.post({ action: 'rotate', source: 'cron' })).body).toMatchObject({
        rotated: true,
        revision: month,
      })
      expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
      for (let day = 0; day < 30; day++) {
        clock.advance({ days: 1 })
        expect((await rotation.post({ action: 'tend' })).status).toBe(200)
        expect(keys().length).toBeLessThanOrEqual(2)
        expect(versions().length).toBeLessThanOrEqual(7)
      }
    }
    expect(keys().map(({ accessKey }) => accessKey)).toEqual([served()?.accessKey])
    expect(versions().map(({ status }) => status)).toEqual(['enabled', 'disabled', 'disabled', 'disabled'])
  })

  test('a deployment whose monthly call never comes rotates by itself at the maximum age', async () => {
    const { rotation, clock, served } = deploy()
    await rotation.post({ action: 'tend' })
    clock.advance({ days: 34, hours: 23 })
    expect((await rotation.post({ action: 'tend' })).body.rotated).toBe(false)
    clock.advance({ hours: 2 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({
      rotated: true,
      actions: [{ reason: 'key-too-old' }],
    })
    expect(served()?.revision).toBe(2)
  })

  test('a shorter maximum age takes effect at the next hourly run', async () => {
    const { instance, rotation, clock } = deploy()
    await rotation.post()
    clock.advance({ days: 10 })
    const changed = instance({ settings: { max_key_age_days: 9 } })
    expect((await changed.post({ action: 'tend' })).body).toMatchObject({ rotated: true })
  })
})

describe('who requests a rotation, and how often', () => {
  test('a repeated monthly call makes no second key, and says which one there is', async () => {
    const { rotation, keys } = deploy()
    await rotation.post({ action: 'rotate', source: 'cron' })
    const { status, body } = await rotation.post({ action: 'rotate', source: 'cron' })
    expect([status, body.rotated, body.reason]).toEqual([200, false, 'recent'])
    expect(body.access_key).toBe(keys()[0]?.accessKey)
    expect(keys()).toHaveLength(1)
  })

  test.each([
    {
      is: 'a publication without an answer',
      operation: 'secrets.createVersion',
      fault: 'lost-after',
      status: 502,
      made: 2,
    },
    {
      is: 'a publication that broke off',
      operation: 'secrets.createVersion',
      fault: 'lost-before',
      status: 502,
      made: 1,
    },
    { is: 'a key that was not made', operation: 'iam.createApiKey', fault: 'lost-before', status: 502, made: 2 },
  ] as const)('a monthly call is delivered again after $is', async ({ operation, fault, status, made }) => {
    const { rotation, cloud, clock, keys, served } = deploy()
    await rotation.post({ action: 'tend' })
    clock.advance({ days: 30 })
    cloud.faults.add({ operation, fault: { kind: fault } })
    const monthly = { action: 'rotate', source: 'cron' }
    expect((await rotation.post(monthly)).status).toBe(status)
    for (let again = 0; again < 2; again++) expect([200, 409]).toContain((await rotation.post(monthly)).status)
    expect([keys().length, served()?.revision]).toEqual([2, made])
    clock.advance({ days: 6 })
    for (let run = 0; run < 24; run++) {
      await rotation.post({ action: 'tend' })
      clock.advance({ hours: 12 })
    }
    expect([keys().length, served()?.revision]).toEqual([1, 2])
  })

  test('the operator rotates again after ten minutes, and at once with force', async () => {
    const { rotation, clock } = deploy()
    await rotation.post()
    expect((await rotation.post({}, 'operator')).body.reason).toBe('recent')
    expect((await rotation.post({ force: true }, 'operator')).body).toMatchObject({ rotated: true, revision: 2 })
    clock.advance({ minutes: 11 })
    expect((await rotation.post({}, 'operator')).body).toMatchObject({ rotated: true, revision: 3 })
  })

  test('force is for the operator alone, also in a dry run', async () => {
    const { rotation, keys } = deploy()
    for (const body of [{ force: true }, { force: true, dry_run: true }]) {
      for (const as of ['cron', 'monitor', 'consumer'] as const) {
        const { status, body: answer } = await rotation.post(body, as)
        expect([status, answer.error]).toEqual([403, 'operator-only'])
      }
    }
    expect(keys()).toEqual([])
  })

  test('a dry run says what would be done, or why not, and changes nothing', async () => {
    const { rotation, cloud, keys } = deploy()
    const writes = () => cloud.log.entries.filter(({ method }) => method !== 'GET').length
    expect((await rotation.post({ dry_run: true })).body).toMatchObject({
      dry_run: true,
      rotated: false,
      refused: null,
      actions: [{ kind: 'issue', reason: 'no-usable-key' }],
    })
    expect([keys().length, writes()]).toEqual([0, 0])
    await rotation.post()
    const before = writes()
    const { status, body } = await rotation.post({ dry_run: true })
    expect([status, body.refused, body.actions, writes()]).toEqual([200, 'recent', [], before])
  })

  test('each action is one log line with reason, access key, revision, run, caller and source', async () => {
    const { rotation, lines, keys } = deploy()
    await rotation.post({ source: 'manual check' }, 'operator')
    const issued = lines.map(line => JSON.parse(line)).find(({ msg }) => msg === 'issue done')
    expect(issued).toMatchObject({
      function: 'rotation',
      kind: 'issue',
      reason: 'no-usable-key',
      access_key: keys()[0]?.accessKey,
      revision: 1,
      caller: 'operator',
      source: 'manual check',
      run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(keys()[0]?.description).toContain(issued.run_id)
  })
})
