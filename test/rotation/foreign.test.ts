import { describe, expect, test } from 'vitest'
import { deploy } from '../support/rotation.ts'

const manualPayload = '{"API_KEY":"SCWMANUALMANUALMANUA","SECRET_KEY":"manual"}'

describe('keys and versions that people made', () => {
  test('stay untouched by fourteen months of rotations, because they lack our marker', async () => {
    const { rotation, clock, cloud, ids, keys, versions } = deploy()
    const key = cloud.iam.createApiKey({ applicationId: ids.applicationId, description: 'made in the console' })
    const old = cloud.secrets.addVersion(ids.secretId, {
      data: manualPayload,
      description: 'api-key-rotation v1 of mine',
    })
    cloud.secrets.disableVersion(ids.secretId, old.revision)
    for (let month = 0; month < 14; month++) {
      await rotation.post()
      for (let run = 0; run < 10; run++) {
        clock.advance({ days: 3 })
        await rotation.post({ action: 'tend' })
      }
    }
    expect(keys().map(({ accessKey }) => accessKey)).toContain(key.accessKey)
    expect(versions().find(({ revision }) => revision === old.revision)?.status).toBe('disabled')
    expect(cloud.secrets.payload(ids.secretId, old.revision)).toBe(manualPayload)
  })

  test('a key of another deployment of the same application is kept, and listed as unmanaged', async () => {
    const { rotation, clock, cloud, ids, keys } = deploy()
    const description =
      'api-key-rotation v1 secret=99999999-9999-4999-8999-999999999999 run=00000000-0000-4000-8000-000000000000 on=2026-01-01'
    const { accessKey } = cloud.iam.createApiKey({ applicationId: ids.applicationId, description })
    await rotation.post()
    clock.advance({ days: 3 })
    await rotation.post({ action: 'tend' })
    expect(keys().map(key => key.accessKey)).toContain(accessKey)
    expect((await rotation.status()).body.foreign_keys).toEqual([accessKey])
  })

  test('a version that was added manually is served, raises an alarm, and is superseded by the next requested rotation', async () => {
    const { rotation, clock, cloud, ids, served } = deploy()
    await rotation.post()
    clock.advance({ days: 30 })
    cloud.secrets.addVersion(ids.secretId, { data: manualPayload })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [] })
    const { status, body } = await rotation.status()
    expect(status).toBe(503)
    expect(body.problems).toMatchObject([{ code: 'foreign-served', alarming: true }, { code: 'foreign-version' }])
    expect(body.current).toMatchObject({ access_key: null, revision: 2 })
    clock.advance({ days: 10 })
    expect((await rotation.post({ action: 'tend' })).body.rotated).toBe(false)
    expect((await rotation.post()).body).toMatchObject({ rotated: true, revision: 3 })
    expect(served()?.revision).toBe(3)
    expect((await rotation.status()).status).toBe(200)
  })

  test('a version whose description was replaced keeps its key: the key counts as named', async () => {
    const { rotation, clock, cloud, ids, keys } = deploy()
    await rotation.post()
    cloud.secrets.describeVersion(ids.secretId, 1, 'the good one')
    clock.advance({ days: 20 })
    await rotation.post({ action: 'tend' })
    expect(keys()).toHaveLength(1)
  })

  test('a key whose description was replaced stays in use, and is never deleted', async () => {
    const { rotation, clock, cloud, keys } = deploy()
    await rotation.post()
    const accessKey = keys()[0]?.accessKey ?? ''
    cloud.iam.updateApiKey(accessKey, { description: 'mine now' })
    clock.advance({ days: 10 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [] })
    await rotation.post()
    clock.advance({ days: 10 })
    for (let run = 0; run < 4; run++) await rotation.post({ action: 'tend' })
    expect(keys().map(key => key.accessKey)).toContain(accessKey)
  })
})

describe('what people disable or delete', () => {
  test('disabling the newest version manually is a rollback: it stays in force until the operator rotates', async () => {
    const { rotation, clock, cloud, ids, served, keys } = deploy()
    await rotation.post()
    clock.advance({ days: 30 })
    await rotation.post()
    cloud.secrets.disableVersion(ids.secretId, 2)
    clock.advance({ days: 2 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [] })
    expect((await rotation.post()).body.error).toBe('rolled-back')
    expect([served()?.revision, keys().length]).toEqual([1, 2])
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toMatchObject([200, [{ code: 'rolled-back', alarming: false }]])
    expect((await rotation.post({}, 'operator')).body).toMatchObject({ rotated: true, revision: 3 })
  })

  test('all keys deleted manually: the next hourly run makes a new one', async () => {
    const { rotation, clock, cloud, keys, served } = deploy()
    await rotation.post()
    clock.advance({ days: 3 })
    for (const { accessKey } of keys()) cloud.iam.deleteApiKey(accessKey)
    expect((await rotation.status()).body.problems).toMatchObject([{ code: 'no-usable-key', alarming: true }])
    await rotation.post({ action: 'tend' })
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
  })

  test('the rotator’s key deleted: the answer says whose credential is refused', async () => {
    const { rotation, cloud, ids } = deploy()
    cloud.iam.deleteApiKey(ids.rotator.accessKey)
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([502, 'upstream-refused'])
    expect(body.message).toContain("refused the rotator's call")
    expect((await rotation.status()).status).toBe(502)
  })
})
