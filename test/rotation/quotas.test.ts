import { describe, expect, test } from 'vitest'
import { type Deployment, deploy } from '../support/rotation.ts'

function fillVersions({ cloud, ids }: Deployment, count: number): void {
  for (let added = 0; added < count; added++) {
    cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"by","SECRET_KEY":"hand"}' })
  }
  for (const { revision } of cloud.secrets.versions(ids.secretId)) {
    if (revision > 1) cloud.secrets.deleteVersion(ids.secretId, revision)
  }
}

describe('a quota that is nearly full', () => {
  test('17 versions, those waiting for deletion counted, stop a routine rotation before a key is made', async () => {
    const deployment = deploy()
    const { rotation, clock, keys } = deployment
    await rotation.post()
    clock.advance({ days: 3 })
    fillVersions(deployment, 16)
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([409, 'blocked'])
    expect(body.message).toContain('17 versions, and 17 are the limit')
    expect(keys()).toHaveLength(1)
  })

  test('the status is 503 and says blocked, and an hourly run that has nothing else to do succeeds', async () => {
    const deployment = deploy()
    const { rotation, clock } = deployment
    await rotation.post()
    clock.advance({ days: 3 })
    fillVersions(deployment, 16)
    const { status, body } = await rotation.status()
    expect(status).toBe(503)
    expect(body.problems).toMatchObject([{ code: 'blocked', alarming: true }])
    expect(body.quota).toMatchObject({ versions: { used: 17, limit: 20 } })
    expect((await rotation.post({ action: 'tend' })).status).toBe(200)
  })

  test('an urgent rotation uses the last slots, and stops at 20', async () => {
    const deployment = deploy()
    const { rotation, cloud, clock, keys } = deployment
    await rotation.post()
    fillVersions(deployment, 18)
    cloud.iam.deleteApiKey(keys()[0]?.accessKey ?? '')
    clock.advance({ hours: 1 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: true, revision: 20 })
    cloud.iam.deleteApiKey(keys()[0]?.accessKey ?? '')
    clock.advance({ hours: 1 })
    const { status, body } = await rotation.post({ action: 'tend' })
    expect([status, body.error]).toEqual([409, 'blocked'])
    expect(keys()).toEqual([])
  })

  test('deleted versions no longer count after seven days, and rotations work again', async () => {
    const deployment = deploy()
    const { rotation, clock } = deployment
    await rotation.post()
    clock.advance({ days: 3 })
    fillVersions(deployment, 16)
    expect((await rotation.post()).status).toBe(409)
    clock.advance({ days: 7, hours: 1 })
    expect((await rotation.post()).body.rotated).toBe(true)
  })
})

describe('IAM that refuses a key', () => {
  test('because the organization’s quota is full: the answer is blocked, and no key is left behind', async () => {
    const { rotation, cloud, versions, keys } = deploy({ scaleway: { apiKeyQuota: 12 } })
    const { id: applicationId } = cloud.iam.createApplication({ name: 'another team' })
    while (cloud.iam.apiKeys().length < 12) cloud.iam.createApiKey({ applicationId })
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([409, 'blocked'])
    expect([keys().length, versions().length]).toEqual([0, 0])
  })

  test('because its lifetime is too long: the answer is blocked, and names the setting to change', async () => {
    const { rotation, cloud, keys } = deploy()
    cloud.iam.setMaxApiKeyExpirationSeconds(30 * 86_400)
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([409, 'blocked'])
    expect(body.message).toContain('key_lifetime_days')
    expect(keys()).toEqual([])
  })
})

test('an operator who forces thirty rotations in a day reaches no quota', async () => {
  const { rotation, clock, cloud, keys, versions, served } = deploy()
  const answers = new Set<unknown>()
  for (let call = 0; call < 30; call++) {
    const { body } = await rotation.post({ force: true }, 'operator')
    answers.add(body.rotated === true ? 'rotated' : body.error)
    clock.advance({ minutes: 48 })
    expect(keys().length).toBeLessThanOrEqual(6)
    expect(versions().length).toBeLessThanOrEqual(20)
  }
  expect([...answers].sort()).toEqual(['blocked', 'rotated'])
  expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
})
