import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIdentities, cronToken, type Identities } from '../../scripts/local/identities.ts'
import {
  createScaleway,
  type FakeScaleway,
  type ServedScaleway,
  SimulatedClock,
  serve,
} from '../fake-scaleway/index.ts'
import { built, version } from '../support/built.ts'
import { type FunctionProcess, startFunction } from '../support/function-process.ts'
import { startReceiver } from '../support/receiver.ts'
import { rotationEnv } from '../support/rotation.ts'
import { expectNoSecret } from '../support/secrets.ts'

const bundle = await built('rotation')

let cloud: FakeScaleway
let server: ServedScaleway
let ids: Identities
let instance: FunctionProcess

beforeAll(async () => {
  cloud = createScaleway({ seed: 3 })
  server = await serve(cloud)
  ids = createIdentities(cloud)
  instance = await startFunction({ zip: bundle.zip, env: rotationEnv(cloud, ids, { apiUrl: server.url }) })
})

afterAll(async () => {
  await instance.stop()
  await server.close()
})

/** The JSON of an answer. */
async function json(answer: Response): Promise<Record<string, unknown>> {
  return JSON.parse(await answer.text())
}

/** Calls as the operator. */
function call(method: string, body?: string, headers: Record<string, string> = {}, path = ''): Promise<Response> {
  const credential = { 'x-auth-token': ids.operator.secretKey }
  return fetch(instance.url + path, { method, headers: { ...credential, ...headers }, ...(body && { body }) })
}

test('the zip stays below its ceiling', () => {
  expect(bundle.zip.byteLength).toBeLessThan(250_000)
})

describe('the built function in its own process, over real HTTP', () => {
  test('gives the status, rotates, and gives the status again', async () => {
    const before = await call('GET')
    expect(before.status).toBe(503)
    expect(await json(before)).toMatchObject({ problems: [{ code: 'no-usable-key' }] })
    // As `curl -X POST -d` sends it.
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-request-id': 'from-the-platform' }
    const rotated = await call('POST', '{"action":"rotate","source":"curl"}', form)
    expect(rotated.status).toBe(200)
    expect(rotated.headers.get('access-control-allow-origin')).toBe('https://none.invalid')
    const answer = await json(rotated)
    expect(answer).toMatchObject({ rotated: true, revision: 1, request_id: 'from-the-platform' })
    const { SECRET_KEY } = JSON.parse(cloud.secrets.payload(ids.secretId, 1))
    expect(cloud.authenticates(SECRET_KEY)).toBe(true)
    const after = await call('GET')
    expect(after.status).toBe(200)
    expect(await json(after)).toMatchObject({ current: { access_key: answer.access_key }, version })
  })

  test('answers wrong input as the sources do', async () => {
    expect((await call('PUT', '{}')).status).toBe(405)
    expect((await call('POST', '{')).status).toBe(400)
    expect((await call('POST', `{}${' '.repeat(70_000)}`)).status).toBe(413)
    expect((await call('POST', '{"force":true}', { 'x-auth-token': ids.consumer.secretKey })).status).toBe(403)
    expect((await call('GET', undefined, {}, '/other')).status).toBe(404)
    expect((await fetch(`${instance.url}/other`)).status).toBe(403)
    const head = await call('HEAD')
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  test('rotates again when the operator forces it', async () => {
    const forced = await call('POST', '{"force":true}')
    expect(await json(forced)).toMatchObject({ rotated: true, revision: 2, actions: [{ reason: 'forced' }] })
  })

  test('writes one JSON line per action at trace level, and no secret in any', async () => {
    // An answer can overtake the line that was written before it.
    await expect.poll(() => instance.output().filter(line => line.includes('"run ended"'))).toHaveLength(2)
    const lines = instance.output()
    const actions = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'issue done')
    expect(actions.map(({ reason, source }) => [reason, source])).toEqual([
      ['no-usable-key', 'curl'],
      ['forced', null],
    ])
    const published = [1, 2].map(revision => JSON.parse(cloud.secrets.payload(ids.secretId, revision)).SECRET_KEY)
    const own = [ids.rotator, ids.operator, ids.consumer].map(({ secretKey }) => secretKey)
    expectNoSecret(lines, [...published, ...own])
  })
})

test('notifies a receiver and sends a heartbeat', async () => {
  const receiver = await startReceiver()
  const receiverEnv = {
    NOTIFICATION_URL: `${receiver.url}/hook`,
    NOTIFICATION_SECRET: `whsec_${Buffer.alloc(32, 'key').toString('base64')}`,
    HEARTBEAT_URL: `${receiver.url}/beat`,
  }
  const notifying = await startFunction({
    zip: bundle.zip,
    env: { ...rotationEnv(cloud, ids, { apiUrl: server.url }), ...receiverEnv },
  })
  try {
    const headers = { 'x-auth-token': ids.operator.secretKey }
    await fetch(notifying.url, { method: 'POST', body: '{"force":true}', headers })
    const tend = JSON.stringify({ action: 'tend', token: cronToken(ids) })
    await fetch(notifying.url, { method: 'POST', body: tend })
    expect(receiver.received.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /hook', 'GET /beat'])
  } finally {
    await notifying.stop()
    await receiver.close()
  }
})

test("makes no key when the dates of Scaleway's answers are a year from the machine's clock", async () => {
  const early = createScaleway({ clock: new SimulatedClock(new Date(Date.now() - 365 * 86_400_000)) })
  const earlyServer = await serve(early)
  const earlyIds = createIdentities(early)
  const wrong = await startFunction({ zip: bundle.zip, env: rotationEnv(early, earlyIds, { apiUrl: earlyServer.url }) })
  try {
    const headers = { 'x-auth-token': earlyIds.operator.secretKey }
    const answer = await fetch(wrong.url, { method: 'POST', body: '{"force":true}', headers })
    expect([answer.status, await json(answer)]).toMatchObject([503, { error: 'clock-skew' }])
    expect(early.iam.apiKeys(earlyIds.applicationId)).toEqual([])
    expect(await json(await fetch(wrong.url, { headers }))).toMatchObject({
      problems: [{ code: 'clock-skew' }, { code: 'no-usable-key' }],
    })
  } finally {
    await wrong.stop()
    await earlyServer.close()
  }
})

test('loads without any setting, logs its version, and its answer names the missing one', async () => {
  const bare = await startFunction({ zip: bundle.zip, env: {} })
  try {
    const answer = await fetch(bare.url, { method: 'POST' })
    expect(answer.status).toBe(500)
    expect(await json(answer)).toMatchObject({
      error: 'misconfigured',
      message: expect.stringContaining('ROTATOR_ACCESS_KEY'),
    })
    await expect.poll(() => bare.output().at(0)).toContain(`"version":"${version}","msg":"started"`)
  } finally {
    await bare.stop()
  }
})
