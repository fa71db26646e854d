import { describe, expect, test } from 'vitest'
import { allReadings } from '../fake-scaleway/index.ts'
import { type Deployment, deploy, type Instance } from '../support/rotation.ts'

const revoke = { action: 'revoke' }

/** A deployment whose keys, identities included, are older than any delay of the platform. */
async function grown(options: Parameters<typeof deploy>[0] = {}): Promise<Deployment> {
  const deployment = deploy(options)
  await deployment.rotation.post({ action: 'tend' })
  deployment.clock.advance({ days: 30 })
  return deployment
}

/** What retrieval gives now to whoever asks past its memory; undefined where Scaleway gives it nothing. */
async function fetched({ cloud, ids }: Deployment): Promise<string | undefined> {
  const path = `/secret-manager/v1beta1/regions/${cloud.region}/secrets/${ids.secretId}/versions/latest_enabled/access`
  const headers = { 'X-Auth-Token': ids.reader.secretKey }
  const answer = await cloud.fetch(`https://scaleway.test${path}`, { headers })
  if (!answer.ok) return undefined
  const { data }: { data: string } = JSON.parse(await answer.text())
  return JSON.parse(Buffer.from(data, 'base64').toString()).SECRET_KEY
}

/** An instance; after each of its calls, what retrieval would give is looked at. Gives how often that key did not work. */
function watched(deployment: Deployment): { rotation: Instance; refused: () => number } {
  let refused = 0
  const rotation = deployment.instance({
    fetch: async (request, options) => {
      const answer = await deployment.cloud.fetch(request, options)
      const key = await fetched(deployment)
      if (key !== undefined && !deployment.cloud.authenticates(key)) refused += 1
      return answer
    },
  })
  return { rotation, refused: () => refused }
}

describe.each(allReadings.newKey)('where a new key works %s', newKey => {
  test.each(allReadings.refusedKey)(
    'and is answered %s before, a rotation publishes it once it works',
    async refusedKey => {
      const deployment = await grown()
      Object.assign(deployment.cloud.state.readings, { newKey, refusedKey })
      const { rotation, refused } = watched(deployment)
      expect((await rotation.post()).body).toMatchObject({ rotated: true, revision: 2 })
      expect([refused(), deployment.keys().length]).toEqual([0, 2])
    },
  )

  test('a revoke replaces a leaked key and says done', async () => {
    const deployment = await grown()
    const leaked = deployment.served()?.secretKey ?? ''
    deployment.cloud.state.readings.newKey = newKey
    expect((await deployment.rotation.post(revoke, 'operator')).body).toMatchObject({ rotated: true, done: true })
    expect(deployment.cloud.authenticates(leaked)).toBe(false)
  })
})

describe('where a new key works only after two minutes', () => {
  test('a function with less time publishes none, and the former one works on', async () => {
    const { rotation, cloud, keys, served } = await grown({ env: { TIMEOUT_SECONDS: '180' } })
    cloud.state.readings.newKey = 'after-2-min'
    expect((await rotation.post()).body.error).toBe('not-proven')
    expect([keys().length, served()?.revision]).toEqual([1, 1])
  })

  test('twenty keys are all rotated within the time of one run, at the pace of calls', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `key-${index}`)
    const { rotation, cloud, clock } = await grown({ names, scaleway: { apiKeyQuota: 500 } })
    cloud.state.readings.newKey = 'after-2-min'
    const before = clock.now().getTime()
    expect((await rotation.post({ action: 'rotate', keys: names })).status).toBe(200)
    expect(clock.now().getTime() - before).toBeLessThan(150_000)
  })
})

describe('where latest_enabled shows what was there a minute ago', () => {
  async function behind(): Promise<Deployment> {
    const deployment = await grown()
    deployment.cloud.state.readings.latestEnabled = 'behind'
    return deployment
  }

  test('a revoke deletes no key that retrieval still gives, and says done', async () => {
    const deployment = await behind()
    const { rotation, refused } = watched(deployment)
    const { status, body } = await rotation.post(revoke, 'operator')
    expect([status, body.done]).toEqual([200, true])
    expect([refused(), deployment.keys().length]).toEqual([0, 1])
  })

  test('a revoke of a leak right after a rotation does so too', async () => {
    const deployment = await behind()
    await deployment.rotation.post()
    const { rotation, refused } = watched(deployment)
    expect((await rotation.post(revoke, 'operator')).body.done).toBe(true)
    expect([refused(), deployment.keys().length]).toEqual([0, 1])
  })

  test('a rotation with something to clean up does both', async () => {
    const deployment = await behind()
    await deployment.rotation.post()
    deployment.clock.advance({ days: 6 })
    await deployment.rotation.post({ action: 'tend' })
    const { rotation, refused } = watched(deployment)
    const { status, body } = await rotation.post({ force: true }, 'operator')
    expect([status, body.rotated, body.unfinished]).toEqual([200, true, undefined])
    expect([refused(), deployment.keys().length]).toEqual([0, 2])
  })

  test('a rollback of what was just published is done, and not taken for done already', async () => {
    const { rotation, served } = await behind()
    await rotation.post()
    const { status, body } = await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    expect([status, body.reason, served()?.revision]).toEqual([200, 'rolled-back', 1])
    const repeated = await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    expect([repeated.body.error, served()?.revision]).toEqual(['already-rolled-back', 1])
  })

  test('a version that never shows as the latest one ends the clean-up', async () => {
    const { rotation, cloud, clock, keys, versions } = await behind()
    await rotation.post()
    clock.advance({ days: 6 })
    await rotation.post({ action: 'tend' })
    cloud.faults.add({ operation: 'secrets.getVersion', times: 100, fault: { kind: 'not-found' } })
    expect((await rotation.post({ action: 'tend' })).body.error).toBe('list-incomplete')
    expect([keys().length, versions().length]).toEqual([2, 2])
  })
})
