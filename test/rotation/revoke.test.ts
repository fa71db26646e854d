import { describe, expect, test } from 'vitest'
import { type Deployment, deploy } from '../support/rotation.ts'

const revoke = { action: 'revoke' }

/** A deployment with two keys that work, the second a day old. */
async function twoKeys(): Promise<Deployment & { leaked: readonly string[] }> {
  const deployment = deploy()
  await deployment.rotation.post()
  const first = deployment.served()?.secretKey ?? ''
  deployment.clock.advance({ days: 30 })
  await deployment.rotation.post()
  deployment.clock.advance({ days: 1 })
  return { ...deployment, leaked: [first, deployment.served()?.secretKey ?? ''] }
}

const alive = ({ cloud }: Deployment, secretKeys: readonly string[]) =>
  secretKeys.filter(key => cloud.authenticates(key))

describe('revoke', () => {
  test('publishes a new key, and then no older key of ours works', async () => {
    const deployment = await twoKeys()
    const { rotation, served, keys, versions, leaked, clock, cloud } = deployment
    const before = clock.now().getTime()
    const { status, body } = await rotation.post(revoke, 'operator')
    expect(status).toBe(200)
    expect(body).toMatchObject({ rotated: true, done: true, revision: 3, foreign_keys: [] })
    expect(body.actions).toMatchObject([
      { kind: 'issue', reason: 'compromise' },
      { kind: 'retire', reason: 'compromised', revision: 2 },
      { kind: 'retire', reason: 'compromised', revision: 1 },
      { kind: 'revoke', reason: 'compromised' },
      { kind: 'revoke', reason: 'compromised' },
    ])
    expect(alive(deployment, leaked)).toEqual([])
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
    expect(keys()).toHaveLength(1)
    expect(versions().map(version => version.status)).toEqual(['enabled', 'disabled', 'disabled'])
    expect(clock.now().getTime() - before).toBeGreaterThan(75_000)
  })

  test('is for the operator alone', async () => {
    const { rotation, leaked, ...deployment } = await twoKeys()
    expect((await rotation.post(revoke, 'consumer')).body.error).toBe('operator-only')
    expect((await rotation.post({ ...revoke, dry_run: true }, 'cron')).body.error).toBe('operator-only')
    expect(alive({ rotation, ...deployment }, leaked)).toHaveLength(2)
  })

  test('as a dry run names the new key that it would make and touches nothing', async () => {
    const deployment = await twoKeys()
    const { body } = await deployment.rotation.post({ ...revoke, dry_run: true }, 'operator')
    expect(body).toMatchObject({ refused: null, actions: [{ kind: 'issue', reason: 'compromise' }] })
    expect(alive(deployment, deployment.leaked)).toHaveLength(2)
  })

  test('repeated within ten minutes only cleans up', async () => {
    const deployment = await twoKeys()
    await deployment.rotation.post(revoke, 'operator')
    const { status, body } = await deployment.rotation.post(revoke, 'operator')
    expect([status, body.rotated, body.done, body.actions]).toEqual([200, false, true, []])
    expect(deployment.keys()).toHaveLength(1)
    deployment.clock.advance({ minutes: 11 })
    expect((await deployment.rotation.post(revoke, 'operator')).body).toMatchObject({ rotated: true, revision: 4 })
  })

  test('also deletes a key that was made and never published, and lists unmanaged keys that still work', async () => {
    const { rotation, cloud, ids, clock, keys } = await twoKeys()
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'lost-before' } })
    await rotation.post({ force: true }, 'operator')
    const unmanaged = cloud.iam.createApiKey({ applicationId: ids.applicationId, description: 'in the console' })
    clock.advance({ minutes: 20 })
    const { body } = await rotation.post(revoke, 'operator')
    expect(body).toMatchObject({ done: true, foreign_keys: [unmanaged.accessKey] })
    expect(keys()).toHaveLength(2)
  })

  test('does not say done if a single call fails; sent again, it does', async () => {
    const deployment = await twoKeys()
    const { rotation, cloud, leaked } = deployment
    cloud.faults.add({ operation: 'iam.deleteApiKey', fault: { kind: 'status', status: 503 } })
    const { status, body } = await rotation.post(revoke, 'operator')
    expect([status, body.error]).toEqual([502, 'upstream-error'])
    expect(body.message).toContain('Older keys may still work')
    expect(alive(deployment, leaked)).toHaveLength(1)
    expect((await rotation.post(revoke, 'operator')).body.done).toBe(true)
    expect(alive(deployment, leaked)).toEqual([])
  })

  test('does not trust a 404 to a deletion: it says done when the key is no longer listed', async () => {
    const deployment = await twoKeys()
    const { rotation, cloud, leaked } = deployment
    cloud.faults.add({ operation: 'iam.deleteApiKey', fault: { kind: 'not-found' } })
    expect((await rotation.post(revoke, 'operator')).body.done).toBe(true)
    expect(alive(deployment, leaked)).toEqual([])
  })

  test('does not say done while a key is listed whose deletion is repeatedly answered 404; sent again, it does', async () => {
    const deployment = await twoKeys()
    const { rotation, cloud, leaked, keys } = deployment
    const [first] = keys()
    const match = ({ operation, path }: { operation: string; path: string }) =>
      operation === 'iam.deleteApiKey' && path.endsWith(`/${first?.accessKey}`)
    cloud.faults.add({ match, times: 2, fault: { kind: 'not-found' } })
    const { status, body } = await rotation.post(revoke, 'operator')
    expect([status, body.rotated, body.done]).toEqual([200, true, false])
    expect(body.message).toContain('send the same again until it says done')
    expect((await rotation.post(revoke, 'operator')).body.done).toBe(true)
    expect(alive(deployment, leaked)).toEqual([])
  })

  test('that is killed half-way is finished by the next hourly run, because the version is flagged', async () => {
    for (let nth = 8; nth < 14; nth++) {
      const deployment = await twoKeys()
      const { cloud, instance, clock, leaked, served } = deployment
      const killed = new Promise(resolve => {
        cloud.faults.onKill = resolve
      })
      cloud.faults.add({ nth: nth + 3, fault: { kind: 'kill-before' } })
      await Promise.race([killed, instance().post(revoke, 'operator')])
      cloud.faults.clear()
      expect(served()?.revision).toBe(3)
      clock.advance({ hours: 1 })
      expect((await instance().post({ action: 'tend' })).status).toBe(200)
      expect(alive(deployment, leaked)).toEqual([])
    }
  })

  test('whose publication got no answer does not claim that nothing was revoked; sent again, it says done', async () => {
    const deployment = await twoKeys()
    const { rotation, cloud, leaked } = deployment
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'lost-after' } })
    const { status, body } = await rotation.post(revoke, 'operator')
    expect([status, body.error]).toEqual([502, 'upstream-unreachable'])
    expect(body.message).toContain('send the same again until it says done')
    expect(body.message).not.toContain('nothing was revoked')
    expect((await rotation.post(revoke, 'operator')).body.done).toBe(true)
    expect(alive(deployment, leaked)).toEqual([])
    expect(deployment.keys()).toHaveLength(1)
  })

  test('without time to list once more does not say done', async () => {
    const deployment = await twoKeys()
    const { instance, clock, cloud, leaked } = deployment
    let lists = 0
    cloud.faults.add({
      match: ({ operation }) => {
        if (operation === 'secrets.listVersions' && ++lists === 3) clock.advance({ seconds: 55 })
        return false
      },
      fault: { kind: 'lost-before' },
    })
    const hurried = instance({ env: { TIMEOUT_SECONDS: '180' } })
    expect((await hurried.post(revoke, 'operator')).body.error).toBe('out-of-time')
    expect(alive(deployment, leaked)).toEqual([])
  })
})

describe('a revoke that cannot publish a new key revokes nothing, and says so', () => {
  test.each([
    ['a full quota', 409, 'blocked'],
    ['a key that cannot be proven', 502, 'not-proven'],
    ['a publication that is refused', 502, 'upstream-refused'],
    ['a creation that is lost', 502, 'upstream-unreachable'],
  ])('%s: %i %s', async (obstacle, status, error) => {
    const deployment = await twoKeys()
    const { rotation, cloud, ids, leaked } = deployment
    const { faults } = cloud
    if (obstacle === 'a full quota') {
      for (let added = 0; added < 18; added++) cloud.secrets.addVersion(ids.secretId, { data: '{"a":"b"}' })
      for (let added = 3; added < 21; added++) cloud.secrets.deleteVersion(ids.secretId, added)
    }
    if (obstacle === 'a key that cannot be proven') {
      faults.add({ operation: 'iam.getApiKey', times: 999, fault: { kind: 'unauthorized' } })
    }
    if (obstacle === 'a publication that is refused') {
      faults.add({ operation: 'secrets.createVersion', fault: { kind: 'forbidden' } })
    }
    if (obstacle === 'a creation that is lost') {
      faults.add({ operation: 'iam.createApiKey', fault: { kind: 'lost-before' } })
    }
    const answer = await rotation.post(revoke, 'operator')
    expect([answer.status, answer.body.error]).toEqual([status, error])
    expect(answer.body.message).toContain('nothing was revoked')
    expect(alive(deployment, leaked)).toHaveLength(2)
  })
})

describe('a revoke during a rotation', () => {
  /** Starts a revoke on another instance at the nth call of an operation, and gives its answer in the end. */
  function revokedAt(deployment: Deployment, operation: string) {
    let answer: ReturnType<Deployment['rotation']['post']> | undefined
    deployment.cloud.faults.add({
      match: call => {
        if (call.operation === operation && answer === undefined) {
          answer = deployment.instance().post(revoke, 'operator')
        }
        return false
      },
      fault: { kind: 'lost-before' },
    })
    return () => answer
  }

  test('whose new key it sees is refused as in-flight', async () => {
    const deployment = await twoKeys()
    const revoked = revokedAt(deployment, 'iam.getApiKey')
    expect((await deployment.instance().post({ force: true }, 'operator')).body.rotated).toBe(true)
    expect((await revoked())?.body.error).toBe('in-flight')
  })

  test.each(['iam.createApiKey', 'iam.getApiKey', 'secrets.createVersion'])(
    'whose new key it does not see yet, begun at its %s: afterwards a working key is served and the leaked ones are deleted',
    async operation => {
      const deployment = await twoKeys()
      const { instance, cloud, served, clock } = deployment
      cloud.faults.listLagSeconds = 60
      const revoked = revokedAt(deployment, operation)
      await instance().post({ force: true }, 'operator')
      expect([200, 502]).toContain((await revoked())?.status)
      cloud.faults.clear()
      clock.advance({ hours: 1 })
      await instance().post({ action: 'tend' })
      expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
      expect(alive(deployment, deployment.leaked)).toEqual([])
    },
  )

  test('makes a slower rotation give way, even a forced one: what it would publish is older than the replacement', async () => {
    const deployment = await twoKeys()
    const { instance, cloud, served } = deployment
    const revoked = revokedAt(deployment, 'secrets.listVersions')
    let slow: string | undefined
    const isSlow = (path: string) => {
      slow ??= path
      return path === slow
    }
    const match = ({ operation, path }: { operation: string; path: string }) =>
      operation === 'iam.getApiKey' && isSlow(path)
    cloud.faults.add({ match, times: 12, fault: { kind: 'unauthorized' } })
    const forced = await instance().post({ force: true }, 'operator')
    expect((await revoked())?.body).toMatchObject({ rotated: true, done: true })
    expect([forced.status, forced.body.error]).toEqual([409, 'overtaken'])
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
  })
})
