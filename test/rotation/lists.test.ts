import { describe, expect, test } from 'vitest'
import { deploy } from '../support/rotation.ts'

describe('lists that lag', () => {
  test('a rotation whose own key and version are not listed yet succeeds, and the hourly run after it does nothing', async () => {
    const { rotation, cloud, clock, keys } = deploy()
    cloud.faults.listLagSeconds = 60
    const { body } = await rotation.post()
    expect(body).toMatchObject({ rotated: true, overdue_after: expect.stringMatching(/^2026-04-05/) })
    expect(body).not.toHaveProperty('unfinished')
    clock.advance({ minutes: 2 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [] })
    expect(keys()).toHaveLength(1)
  })

  test('the status right after a rotation is healthy, although the list of keys does not show the new one yet', async () => {
    const { rotation, cloud } = deploy()
    await rotation.post()
    cloud.faults.add({
      operation: 'iam.listApiKeys',
      fault: { kind: 'json', status: 200, body: { api_keys: [], total_count: 0 } },
    })
    const { status, body } = await rotation.status()
    expect([status, body.current]).toMatchObject([200, { revision: 1, expires_at: expect.any(String) }])
  })

  test('a clean-up does not repeat its own actions that the lists do not show yet', async () => {
    const { rotation, cloud, clock } = deploy()
    await rotation.post()
    clock.advance({ days: 6 })
    await rotation.post()
    clock.advance({ days: 6 })
    cloud.faults.listLagSeconds = 60
    expect((await rotation.post({ action: 'tend' })).body.actions).toMatchObject([{ kind: 'retire', revision: 1 }])
  })
})

describe('a list of keys that is wrong', () => {
  const served = async () => {
    const deployment = deploy()
    await deployment.rotation.post()
    deployment.clock.advance({ days: 1 })
    return deployment
  }

  test('leaving out a key that exists ends the run: nothing is made, nothing is deleted', async () => {
    const { rotation, cloud, keys } = await served()
    cloud.faults.omitFromLists(keys().map(({ accessKey }) => accessKey))
    for (const body of [{ action: 'tend' }, { action: 'rotate' }]) {
      const { status, body: answer } = await rotation.post(body)
      expect([status, answer.error]).toEqual([502, 'list-incomplete'])
    }
    expect(keys()).toHaveLength(1)
  })

  test.each(['1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '2026-02-28T23:59:59Z'])(
    'showing a working key with the expiry %s, before it was made, ends the run: nothing is made, nothing is deleted',
    async expires_at => {
      const { rotation, cloud, keys } = await served()
      const listed = keys().map(({ accessKey, description, createdAt, defaultProjectId }) => ({
        access_key: accessKey,
        description,
        created_at: createdAt.toISOString(),
        expires_at,
        default_project_id: defaultProjectId,
      }))
      const fault = { kind: 'json', status: 200, body: { api_keys: listed, total_count: listed.length } } as const
      for (const body of [{ action: 'tend' }, { action: 'rotate' }]) {
        cloud.faults.add({ operation: 'iam.listApiKeys', fault })
        const { status, body: answer } = await rotation.post(body)
        expect([status, answer.error]).toEqual([502, 'upstream-unreadable'])
      }
      expect(keys()).toHaveLength(1)
    },
  )

  test('leads to a read of the missing key, and any answer but 404 ends the run', async () => {
    const { rotation, cloud, keys } = await served()
    cloud.faults.omitFromLists(keys().map(({ accessKey }) => accessKey))
    cloud.faults.add({ operation: 'iam.getApiKey', fault: { kind: 'status', status: 503 } })
    expect((await rotation.post({ action: 'tend' })).body.error).toBe('upstream-error')
    expect(keys()).toHaveLength(1)
  })

  test('a 404 is believed once the version is ten minutes old', async () => {
    const { rotation, cloud, clock, keys, served: current } = deploy()
    await rotation.post()
    cloud.iam.deleteApiKey(keys()[0]?.accessKey ?? '')
    clock.advance({ minutes: 9 })
    expect((await rotation.post({ action: 'tend' })).body.error).toBe('list-incomplete')
    clock.advance({ minutes: 3 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({
      rotated: true,
      actions: [
        { kind: 'issue', reason: 'no-usable-key' },
        { kind: 'retire', revision: 1, reason: 'key-gone' },
      ],
    })
    expect(cloud.authenticates(current()?.secretKey ?? '')).toBe(true)
  })
})

test('a secret with more versions and an application with more keys than fit on a page are read to the end', async () => {
  const { rotation, cloud, ids, keys } = deploy({ scaleway: { apiKeyQuota: 500 } })
  for (let unmanaged = 0; unmanaged < 130; unmanaged++) cloud.iam.createApiKey({ applicationId: ids.applicationId })
  await rotation.post()
  const own = keys().at(-1)
  expect((await rotation.post({ dry_run: true })).body).toMatchObject({ access_key: own?.accessKey, refused: 'recent' })
})

test('a page that fails ends the run before anything is made', async () => {
  const { rotation, cloud, ids, keys } = deploy({ scaleway: { apiKeyQuota: 500 } })
  for (let unmanaged = 0; unmanaged < 130; unmanaged++) cloud.iam.createApiKey({ applicationId: ids.applicationId })
  cloud.faults.add({ operation: 'iam.listApiKeys', nth: 2, fault: { kind: 'status', status: 500 } })
  expect((await rotation.post()).status).toBe(502)
  expect(keys()).toHaveLength(130)
})
