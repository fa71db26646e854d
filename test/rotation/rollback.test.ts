import { describe, expect, test } from 'vitest'
import { errorForRefusal } from '../../functions/rotation/http/errors.ts'
import { type Deployment, deploy } from '../support/rotation.ts'

/** A deployment whose second key was published a day ago. */
async function twoKeys(): Promise<Deployment> {
  const deployment = deploy()
  await deployment.rotation.post()
  deployment.clock.advance({ days: 30 })
  await deployment.rotation.post()
  deployment.clock.advance({ days: 1 })
  return deployment
}

/** A deployment whose first key was published just now. */
async function freshKey(): Promise<Deployment> {
  const deployment = deploy()
  await deployment.rotation.post()
  return deployment
}

const rollback = (revision?: number) => ({ action: 'rollback', ...(revision !== undefined && { revision }) })

describe('rollback', () => {
  test('disables the named revision, and the one before is served at once', async () => {
    const { rotation, served, cloud, keys } = await twoKeys()
    const [first, second] = keys()
    const newest = served()
    const { status, body } = await rotation.post(rollback(2), 'operator')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      rotated: false,
      reason: 'rolled-back',
      revision: 1,
      access_key: first?.accessKey,
      actions: [{ kind: 'retire', reason: 'rolled-back', revision: 2, access_key: second?.accessKey }],
    })
    expect(served()?.revision).toBe(1)
    expect(cloud.authenticates(newest?.secretKey ?? '')).toBe(true)
  })

  test('without a revision is 400 and gives the body to send', async () => {
    const { rotation, served } = await twoKeys()
    const { status, body } = await rotation.post(rollback(), 'operator')
    expect([status, body.error, body.current_revision]).toEqual([400, 'revision-missing', 2])
    expect((await rotation.post(JSON.stringify(body.send), 'operator')).status).toBe(200)
    expect(served()?.revision).toBe(1)
  })

  test('is for the operator alone, also as a dry run', async () => {
    const { rotation, served } = await twoKeys()
    for (const as of ['cron', 'monitor', 'consumer'] as const) {
      expect((await rotation.post(rollback(2), as)).body.error).toBe('operator-only')
      expect((await rotation.post({ ...rollback(2), dry_run: true }, as)).body.error).toBe('operator-only')
    }
    expect(served()?.revision).toBe(2)
  })

  test('as a dry run says what it would do, or why not, and does nothing', async () => {
    const { rotation, served } = await twoKeys()
    const planned = await rotation.post({ ...rollback(2), dry_run: true }, 'operator')
    expect(planned.body).toMatchObject({ refused: null, actions: [{ kind: 'retire', reason: 'rolled-back' }] })
    expect((await rotation.post({ ...rollback(9), dry_run: true }, 'operator')).body.refused).toBe('unknown-revision')
    expect(served()?.revision).toBe(2)
  })

  test('a repeated request does not go two revisions back', async () => {
    const { rotation, clock, served } = await twoKeys()
    clock.advance({ days: 1 })
    await rotation.post()
    await rotation.post(rollback(3), 'operator')
    const { status, body } = await rotation.post(rollback(3), 'operator')
    expect([status, body.error]).toEqual([409, 'already-rolled-back'])
    expect(served()?.revision).toBe(2)
  })

  test('stays in force: no hourly run undoes it, and the rolled-back key works until the operator rotates and its overlap ends', async () => {
    const { rotation, clock, cloud, served, keys } = await twoKeys()
    const rolledBack = served()
    await rotation.post(rollback(2), 'operator')
    for (let run = 0; run < 20; run++) {
      clock.advance({ hours: 7 })
      expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, actions: [] })
    }
    expect((await rotation.post({ action: 'rotate' })).body.error).toBe('rolled-back')
    expect(cloud.authenticates(rolledBack?.secretKey ?? '')).toBe(true)
    expect((await rotation.post({}, 'operator')).body).toMatchObject({ rotated: true, revision: 3 })
    for (let run = 0; run < 20; run++) {
      clock.advance({ hours: 7 })
      await rotation.post({ action: 'tend' })
    }
    expect(keys().map(({ accessKey }) => accessKey)).toEqual([served()?.accessKey])
  })

  test('whose answer was lost is safe to send again', async () => {
    const { rotation, cloud, served } = await twoKeys()
    cloud.faults.add({ operation: 'secrets.disableVersion', fault: { kind: 'lost-after' } })
    const lost = await rotation.post(rollback(2), 'operator')
    expect([lost.status, lost.body.error]).toEqual([502, 'upstream-unreachable'])
    expect((await rotation.post(rollback(2), 'operator')).body.error).toBe('already-rolled-back')
    expect(served()?.revision).toBe(1)
  })
})

describe('a rollback that would make things worse is refused', () => {
  const refusal = async ({ rotation }: Deployment, revision: number) => {
    const { status, body } = await rotation.post(rollback(revision), 'operator')
    expect(status).toBe(409)
    return body.error
  }

  test('not-current: the revision is not the served one', async () => {
    expect(await refusal(await twoKeys(), 1)).toBe('not-current')
  })

  test('unknown-revision: there is no such version, or a person made it', async () => {
    const deployment = await twoKeys()
    expect(await refusal(deployment, 7)).toBe('unknown-revision')
    deployment.cloud.secrets.addVersion(deployment.ids.secretId, { data: '{"API_KEY":"manual","SECRET_KEY":"manual"}' })
    expect(await refusal(deployment, 3)).toBe('unknown-revision')
  })

  test('no-older-key: there is nothing to fall back to', async () => {
    const deployment = deploy()
    await deployment.rotation.post()
    expect(await refusal(deployment, 1)).toBe('no-older-key')
  })

  test('no-older-key minutes after a rotation: the body that its message advises to send rotates', async () => {
    const { rotation } = await freshKey()
    const { body } = await rotation.post(rollback(1), 'operator')
    const [advised = ''] = /\{.*\}/.exec(String(body.message)) ?? []
    expect((await rotation.post({ action: 'rotate' }, 'operator')).body.reason).toBe('recent')
    expect((await rotation.post(JSON.parse(advised), 'operator')).body).toMatchObject({ rotated: true, revision: 2 })
  })

  test.each(['no-older-key', 'previous-not-usable', 'previous-expires', 'too-late', 'replaces-compromised'] as const)(
    '%s advises the same body',
    code => {
      const { message } = errorForRefusal({ code, current: 2 }, {})
      expect(message).toContain('Rotate instead: POST {"action":"rotate","force":true}.')
    },
  )

  test('previous-not-usable: the key before is deleted, or the version before is not ours', async () => {
    const gone = await twoKeys()
    gone.cloud.iam.deleteApiKey(gone.keys()[0]?.accessKey ?? '')
    expect(await refusal(gone, 2)).toBe('previous-not-usable')
    const other = deploy()
    other.cloud.secrets.addVersion(other.ids.secretId, { data: '{"API_KEY":"manual","SECRET_KEY":"manual"}' })
    await other.rotation.post()
    expect(await refusal(other, 2)).toBe('previous-not-usable')
  })

  test('previous-expires: the key before expires so soon that the next hourly run would issue a new one', async () => {
    const deployment = deploy({ settings: { max_key_age_days: 200 } })
    await deployment.rotation.post()
    deployment.clock.advance({ days: 80 })
    await deployment.rotation.post()
    deployment.clock.advance({ days: 3 })
    expect(await refusal(deployment, 2)).toBe('previous-expires')
  })

  test('too-late: the revision is older than the overlap', async () => {
    const deployment = await twoKeys()
    deployment.clock.advance({ days: 4, hours: 1 })
    expect(await refusal(deployment, 2)).toBe('too-late')
  })

  test('replaces-compromised: the key before leaked', async () => {
    const deployment = await twoKeys()
    deployment.cloud.faults.add({
      operation: 'secrets.disableVersion',
      times: 9,
      fault: { kind: 'status', status: 503 },
    })
    await deployment.rotation.post({ action: 'revoke' }, 'operator')
    expect(deployment.served()?.revision).toBe(3)
    expect(await refusal(deployment, 3)).toBe('replaces-compromised')
  })
})
