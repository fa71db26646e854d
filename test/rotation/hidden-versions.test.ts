import { describe, expect, test } from 'vitest'
import { type Deployment, deploy } from '../support/rotation.ts'

/** Revision 1 in its overlap, revision 2 served for a day. */
async function twoVersions() {
  const deployment = deploy()
  const { rotation, clock } = deployment
  await rotation.post()
  clock.advance({ days: 30 })
  await rotation.post()
  clock.advance({ days: 1 })
  return deployment
}

/** Lists leave a version out, with their total, until the remover that is given is called. */
const hide = ({ cloud, ids }: Deployment, revision: number) =>
  cloud.faults.omitFromLists([`${ids.secretId}/${revision}`])

describe('a list of versions that leaves one out together with its total', () => {
  test.each([
    ['served', 2],
    ['in its overlap', 1],
  ])('deletes nothing while the one %s is missing', async (_, revision) => {
    const deployment = await twoVersions()
    const { rotation, clock, keys } = deployment
    const show = hide(deployment, revision)
    for (let run = 0; run < 3; run++) {
      clock.advance({ hours: 1 })
      const { status, body } = await rotation.post({ action: 'tend' })
      expect([status, body.error]).toEqual([502, 'list-incomplete'])
    }
    expect(keys()).toHaveLength(2)
    show()
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [] })
  })

  test('deletes nothing while several are missing, the oldest among them', async () => {
    const deployment = await twoVersions()
    const { rotation, clock, keys } = deployment
    await rotation.post({ force: true }, 'operator')
    clock.advance({ hours: 2 })
    hide(deployment, 1)
    hide(deployment, 2)
    expect((await rotation.post({ action: 'tend' })).body.error).toBe('list-incomplete')
    expect(keys()).toHaveLength(3)
  })
})

describe('a list of versions that leaves out the newest one', () => {
  test('deletes nothing where that was rolled back, so that its key still works for who holds it', async () => {
    const deployment = await twoVersions()
    const { rotation, clock, keys } = deployment
    await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    clock.advance({ hours: 2 })
    hide(deployment, 2)
    expect((await rotation.post({ action: 'tend' })).body.error).toBe('list-incomplete')
    expect(keys()).toHaveLength(2)
  })
})

describe('a list of versions that lags', () => {
  test('deletes nothing while it calls superseded what a person has just made the served one again', async () => {
    const { rotation, clock, cloud, ids, keys } = await twoVersions()
    clock.advance({ days: 6 })
    expect((await rotation.post({ action: 'tend' })).body.actions).toMatchObject([{ kind: 'retire', revision: 1 }])
    clock.advance({ hours: 1 })
    cloud.faults.listLagSeconds = 60
    cloud.secrets.enableVersion(ids.secretId, 1)
    cloud.secrets.disableVersion(ids.secretId, 2)
    expect((await rotation.post({ action: 'tend' })).body.error).toBe('list-incomplete')
    expect(keys()).toHaveLength(2)
  })
})

describe('a key that really is a leftover', () => {
  /** A key that a run made and could not publish, older than the settle time. */
  async function withOrphan(deployment: Deployment) {
    const { cloud, ids, clock, keys, rotation } = deployment
    const [ours] = keys()
    const { accessKey } = cloud.iam.createApiKey({
      applicationId: ids.applicationId,
      description: ours?.description ?? '',
    })
    clock.advance({ hours: 2 })
    const { body } = await rotation.post({ action: 'tend' })
    return { body, accessKey }
  }

  test('is deleted', async () => {
    const deployment = await twoVersions()
    const { body, accessKey } = await withOrphan(deployment)
    expect(body.actions).toMatchObject([{ kind: 'revoke', reason: 'orphan', access_key: accessKey }])
  })

  test('is deleted also where it was made right after a publication', async () => {
    const deployment = await twoVersions()
    await deployment.rotation.post({ force: true }, 'operator')
    const { body, accessKey } = await withOrphan(deployment)
    expect(body.actions).toMatchObject([{ kind: 'revoke', reason: 'orphan', access_key: accessKey }])
  })

  test('is deleted also where a person has deleted the versions around it', async () => {
    const deployment = await twoVersions()
    const { cloud, ids, clock } = deployment
    cloud.secrets.deleteVersion(ids.secretId, 1)
    clock.advance({ days: 8 })
    const { body, accessKey } = await withOrphan(deployment)
    expect(body.actions).toContainEqual(expect.objectContaining({ reason: 'orphan', access_key: accessKey }))
  })
})

test('a leftover is deleted also where lists do not show what waits for its deletion', async () => {
  const deployment = deploy({ settings: { keep_versions: 0 } })
  const { rotation, clock, cloud, ids, keys } = deployment
  await rotation.post()
  clock.advance({ days: 30 })
  await rotation.post()
  cloud.secrets.deleteVersion(ids.secretId, 1)
  hide(deployment, 1)
  const made = { applicationId: ids.applicationId, description: keys()[1]?.description ?? '' }
  const { accessKey } = cloud.iam.createApiKey(made)
  clock.advance({ hours: 2 })
  expect((await rotation.post({ action: 'tend' })).body.error).toBe('list-incomplete')
  expect(keys().map(key => key.accessKey)).toContain(keys()[0]?.accessKey)
  cloud.iam.deleteApiKey(keys()[0]?.accessKey ?? '')
  expect((await rotation.post({ action: 'tend' })).body.actions).toContainEqual(
    expect.objectContaining({ kind: 'revoke', reason: 'orphan', access_key: accessKey }),
  )
})

test('an expired key is deleted also while it is the served one and no new one can be made', async () => {
  const deployment = deploy({ settings: { key_lifetime_days: 1 }, scaleway: { apiKeyQuota: 7 } })
  const { rotation, clock, keys } = deployment
  await rotation.post()
  const [first] = keys()
  clock.advance({ days: 2 })
  await rotation.post({ action: 'tend' })
  expect(keys().map(({ accessKey }) => accessKey)).not.toContain(first?.accessKey)
})
