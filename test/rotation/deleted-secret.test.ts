import { describe, expect, test } from 'vitest'
import { deploy } from '../support/rotation.ts'

/** A deployment with two keys, whose secret a person then deletes. */
async function deleted() {
  const deployment = deploy()
  const { rotation, clock, cloud, ids, keys, versions } = deployment
  await rotation.post()
  clock.advance({ days: 30 })
  await rotation.post()
  cloud.secrets.deleteSecret(ids.secretId)
  const state = () => JSON.stringify([keys(), versions()])
  return { ...deployment, state, before: state() }
}

describe('while the secret waits for its deletion', () => {
  test.each([
    { action: 'tend' },
    { action: 'rotate' },
    { action: 'rotate', force: true },
    { action: 'rollback', revision: 2 },
    { action: 'rollback' },
    { action: 'revoke' },
  ])('%o changes nothing and answers 409 secret-deleted, with the last moment to restore it', async body => {
    const { rotation, clock, ids, state, before } = await deleted()
    const until = new Date(clock.now().getTime() + 7 * 24 * 3_600_000).toISOString()
    const answered = await rotation.post(body, 'operator')
    expect([answered.status, answered.body.error, state()]).toEqual([409, 'secret-deleted', before])
    expect(answered.body.message).toContain(`Restore it before ${until}`)
    expect(JSON.stringify(answered.body)).not.toContain(ids.secretId)
  })

  test('a revoke says besides that the leaked key still works', async () => {
    const { rotation } = await deleted()
    const { body } = await rotation.post({ action: 'revoke' }, 'operator')
    expect(body.message).toContain('nothing was revoked')
  })

  test('the hourly run leaves an expired key as it is: what follows depends on whether the secret is restored', async () => {
    const { rotation, clock, cloud, ids, keys } = deploy()
    await rotation.post()
    clock.advance({ days: 86 })
    cloud.secrets.deleteSecret(ids.secretId)
    clock.advance({ days: 6 })
    expect((await rotation.post({ action: 'tend' })).body.error).toBe('secret-deleted')
    expect(keys()).toHaveLength(1)
  })

  test('a dry run gives it as what stands in the way, for a rollback too', async () => {
    const { rotation } = await deleted()
    for (const body of [{ action: 'rotate' }, { action: 'rollback', revision: 2 }]) {
      const { status, body: answer } = await rotation.post({ ...body, dry_run: true }, 'operator')
      expect([status, answer.refused, answer.actions]).toEqual([200, 'secret-deleted', []])
    }
  })

  test('the status has that alarm alone: neither no-usable-key nor rolled-back', async () => {
    const { rotation } = await deleted()
    const { status, body } = await rotation.status()
    expect([status, body.problems, body.next]).toMatchObject([
      503,
      [{ code: 'secret-deleted', alarming: true, message: expect.stringContaining('Restore it before 2026-04-07') }],
      { actions: [], refused: 'secret-deleted' },
    ])
  })

  test('the status says it even where the list still shows a served version', async () => {
    const { rotation, cloud } = await deleted()
    const version = { revision: 2, status: 'enabled', created_at: '2026-03-31T00:00:00Z', description: '' }
    const body = { versions: [version], total_count: 1 }
    cloud.faults.add({ operation: 'secrets.listVersions', fault: { kind: 'json', status: 200, body } })
    expect((await rotation.status()).body.problems).toContainEqual(expect.objectContaining({ code: 'secret-deleted' }))
  })

  test('all is as before once it is restored', async () => {
    const { rotation, clock, cloud, ids, served, keys } = await deleted()
    clock.advance({ days: 1 })
    cloud.secrets.restoreSecret(ids.secretId)
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [], revision: 2 })
    expect([(await rotation.status()).status, keys().length]).toEqual([200, 2])
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
  })
})

test('a first rotation into a secret that is deleted makes no key', async () => {
  const { rotation, cloud, ids, keys } = deploy()
  cloud.secrets.deleteSecret(ids.secretId)
  expect((await rotation.post()).body.error).toBe('secret-deleted')
  expect(keys()).toHaveLength(0)
})

test('all versions deleted and not the secret: the next hourly run makes a key', async () => {
  const { rotation, clock, cloud, ids } = deploy()
  await rotation.post()
  clock.advance({ days: 1 })
  cloud.secrets.deleteVersion(ids.secretId, 1)
  expect((await rotation.status()).body.problems).toContainEqual(expect.objectContaining({ code: 'no-usable-key' }))
  expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: true, revision: 2 })
})

test.each([
  [{ action: 'rotate' }, { rotated: true, revision: 2 }],
  [{ action: 'revoke' }, { rotated: true, revision: 2, done: false }],
])('a secret that is deleted right after %o has published does not take its success away', async (body, answer) => {
  const { instance, cloud, ids, clock, rotation } = deploy()
  await rotation.post()
  clock.advance({ days: 30 })
  const fetch = async (request: Request, options?: RequestInit) => {
    const answered = await cloud.fetch(request, options)
    if (request.method === 'POST' && request.url.endsWith('/versions')) cloud.secrets.deleteSecret(ids.secretId)
    return answered
  }
  expect((await instance({ fetch }).post(body, 'operator')).body).toMatchObject(answer)
  expect((await rotation.post(body, 'operator')).body.error).toBe('secret-deleted')
})

test('an hourly run that finds its secret served asks nothing more than both lists', async () => {
  const { rotation, clock, cloud } = deploy()
  await rotation.post()
  clock.advance({ hours: 1 })
  const before = cloud.log.entries.length
  await rotation.post({ action: 'tend' })
  const operations = cloud.log.entries.slice(before).map(({ operation }) => operation)
  // The last one reads the rotator's own key, once the run has ended.
  expect(operations).toEqual(['secrets.listVersions', 'iam.listApiKeys', 'iam.getApiKey'])
})

test('seven days later no secret is left: every run and the status say secret-gone and name the runbook’s section', async () => {
  const { rotation, clock } = await deleted()
  clock.advance({ days: 7 })
  const answers = [
    await rotation.post({ action: 'tend' }),
    await rotation.post({ action: 'rotate', force: true }, 'operator'),
    await rotation.post({ action: 'revoke' }, 'operator'),
    await rotation.post({ action: 'rollback', revision: 2 }, 'operator'),
    await rotation.status(),
  ]
  for (const { status, body } of answers) {
    expect([status, body.error]).toEqual([502, 'secret-gone'])
    expect(body.message).toContain('see "The secret is deleted" in the runbook')
  }
})
