import { describe, expect, test } from 'vitest'
import { deploy } from '../support/rotation.ts'

const byHand = '{"API_KEY":"SCWBYHANDBYHANDBYHAN","SECRET_KEY":"by hand"}'

describe('what people made themselves', () => {
  test('keys and versions without our marker outlive years of rotations', async () => {
    const { rotation, clock, cloud, ids, keys, versions } = deploy()
    const key = cloud.iam.createApiKey({ applicationId: ids.applicationId, description: 'made in the console' })
    const old = cloud.secrets.addVersion(ids.secretId, { data: byHand, description: 'api-key-rotation v1 of mine' })
    cloud.secrets.disableVersion(ids.secretId, old.revision)
    for (let month = 0; month < 14; month++) {
      await rotation.post()
      for (let tick = 0; tick < 10; tick++) {
        clock.advance({ days: 3 })
        await rotation.post({ action: 'tend' })
      }
    }
    expect(keys().map(({ accessKey }) => accessKey)).toContain(key.accessKey)
    expect(versions().find(({ revision }) => revision === old.revision)?.status).toBe('disabled')
    expect(cloud.secrets.payload(ids.secretId, old.revision)).toBe(byHand)
  })

  test('a key of another deployment of the same application is not ours', async () => {
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

  test('a version added by hand is served, alarms, and is superseded by the next requested rotation', async () => {
    const { rotation, clock, cloud, ids, served } = deploy()
    await rotation.post()
    clock.advance({ days: 30 })
    cloud.secrets.addVersion(ids.secretId, { data: byHand })
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

  test('a version whose description was edited away keeps its key: the key counts as named', async () => {
    const { rotation, clock, cloud, ids, keys } = deploy()
    await rotation.post()
    cloud.secrets.describeVersion(ids.secretId, 1, 'the good one')
    clock.advance({ days: 20 })
    await rotation.post({ action: 'tend' })
    expect(keys()).toHaveLength(1)
  })

  test('a key whose description was edited away is used on, and never deleted', async () => {
    const { rotation, clock, cloud, keys } = deploy()
    await rotation.post()
    const accessKey = keys()[0]?.accessKey ?? ''
    cloud.iam.updateApiKey(accessKey, { description: 'mine now' })
    clock.advance({ days: 10 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [] })
    await rotation.post()
    clock.advance({ days: 10 })
    for (let tick = 0; tick < 4; tick++) await rotation.post({ action: 'tend' })
    expect(keys().map(key => key.accessKey)).toContain(accessKey)
  })
})

describe('what people take away', () => {
  test('a newest version disabled by hand is a rollback: it stands until the operator or age ends it', async () => {
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

  test('all keys deleted by hand: the next tick makes a new one', async () => {
    const { rotation, clock, cloud, keys, served } = deploy()
    await rotation.post()
    clock.advance({ days: 3 })
    for (const { accessKey } of keys()) cloud.iam.deleteApiKey(accessKey)
    expect((await rotation.status()).body.problems).toMatchObject([{ code: 'no-usable-key', alarming: true }])
    await rotation.post({ action: 'tend' })
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
  })

  test('the secret deleted: the answer says so in general words', async () => {
    const { rotation, cloud, ids, keys } = deploy()
    cloud.secrets.deleteSecret(ids.secretId)
    const { status, body } = await rotation.post()
    expect([status, keys().length]).toEqual([502, 0])
    expect(JSON.stringify(body)).not.toContain(ids.secretId)
  })

  test('the rotator’s key deleted: the answer says whose credential is no good', async () => {
    const { rotation, cloud, ids } = deploy()
    cloud.iam.deleteApiKey(ids.rotator.accessKey)
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([502, 'upstream-refused'])
    expect(body.message).toContain("refused the rotator's call")
    expect((await rotation.status()).status).toBe(502)
  })
})
