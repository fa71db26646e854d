import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createScaleway, type FakeScaleway, SimulatedClock, serve } from '../index.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function served(scaleway: FakeScaleway): Promise<string> {
  const { url, close } = await serve(scaleway)
  closing.push(close)
  return url
}

const DATA = Buffer.from('{"a":"b"}').toString('base64')

/** Calls for every kind of answer; `$` marks are replaced with what earlier answers gave. */
const WALK: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['POST', '/iam/v1alpha1/applications', { name: 'bearer' }],
  ['POST', '/iam/v1alpha1/api-keys', { application_id: '$application', description: 'é €' }],
  ['GET', '/iam/v1alpha1/api-keys?bearer_id=$application'],
  ['GET', '/iam/v1alpha1/api-keys/SCWAAAAAAAAAAAAAAAAA'],
  ['POST', '/iam/v1alpha1/api-keys', {}],
  ['DELETE', '/iam/v1alpha1/api-keys/$key'],
  ['POST', '/secret-manager/v1beta1/regions/fr-par/secrets', { name: 'key', type: 'key_value' }],
  ['POST', '/secret-manager/v1beta1/regions/fr-par/secrets', { name: 'key' }],
  ['POST', '/secret-manager/v1beta1/regions/fr-par/secrets/$secret/versions', { data: DATA }],
  ['GET', '/secret-manager/v1beta1/regions/fr-par/secrets/$secret/versions/latest_enabled/access'],
  ['POST', '/secret-manager/v1beta1/regions/fr-par/secrets/$secret/versions/1/disable', {}],
  ['GET', '/secret-manager/v1beta1/regions/fr-par/secrets/$secret/versions?status=disabled'],
  ['DELETE', '/secret-manager/v1beta1/regions/fr-par/secrets/$secret/versions/1'],
  ['GET', '/nowhere?at=all'],
  ['GET', '/metadata'],
]

async function walk(scaleway: FakeScaleway, send: (path: string, init: RequestInit) => Promise<Response>) {
  const answers: unknown[] = []
  for (const [method, path, body] of WALK) {
    const fill = (text: string) =>
      text
        .replace('$application', scaleway.iam.applications()[0]?.id ?? '')
        .replace('$key', scaleway.iam.apiKeys()[1]?.accessKey ?? '')
        .replace('$secret', scaleway.secrets.secrets()[0]?.id ?? '')
    const response = await send(fill(path), {
      method,
      headers: { 'X-Auth-Token': scaleway.owner.secretKey, 'User-Agent': 'walker' },
      ...(body && { body: fill(JSON.stringify(body)) }),
    })
    const headers = ['content-type', 'date'].map(name => response.headers.get(name))
    answers.push([method, path, response.status, ...headers, await response.text()])
  }
  return answers
}

test('the in-process adapter gives the same answers and the same log as HTTP', async () => {
  const make = () => createScaleway({ seed: 1, clock: new SimulatedClock() })
  const [inside, outside] = [make(), make()]
  const url = await served(outside)
  const overHttp = await walk(outside, (path, init) => fetch(`${url}${path}`, init))
  const inProcess = await walk(inside, (path, init) => inside.fetch(`http://scaleway.test${path}`, init))
  expect(inProcess).toEqual(overHttp)
  expect(inside.log.entries).toEqual(outside.log.entries)
  expect(new Set(overHttp.map(answer => Object(answer)[2]))).toEqual(new Set([200, 204, 400, 404, 501]))
})

test.each([
  { fault: { kind: 'rate-limited' } },
  { fault: { kind: 'status', status: 503 } },
  { fault: undefined },
] as const)(
  "every answer carries the date of the clock of the local Scaleway, not the machine's: %j",
  async ({ fault }) => {
    const clock = new SimulatedClock()
    const scaleway = createScaleway({ clock })
    clock.advance({ days: 3, milliseconds: 700 })
    const url = await served(scaleway)
    for (const send of [fetch, scaleway.fetch]) {
      if (fault !== undefined) scaleway.faults.add({ fault })
      const { headers } = await send(`${url}/iam/v1alpha1/api-keys`)
      expect(headers.get('date')).toBe('Sun, 04 Jan 2026 00:00:00 GMT')
    }
  },
)

test.each(['__proto__', 'constructor'])('neither adapter minds a header named %s', async name => {
  const scaleway = createScaleway()
  const url = await served(scaleway)
  const headers = new Headers({ 'X-Auth-Token': scaleway.owner.secretKey })
  headers.append(name, 'one')
  headers.append(name, 'two')
  expect((await fetch(`${url}/iam/v1alpha1/api-keys`, { headers })).status).toBe(200)
  expect((await scaleway.fetch('http://scaleway.test/iam/v1alpha1/api-keys', { headers })).status).toBe(200)
})

test('a port that is taken is refused with its code and the port in the message', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  closing.push(async () => void other.close())
  const port = Number(Object(other.address()).port)
  const refusal = serve(createScaleway(), { port })
  await expect(refusal).rejects.toMatchObject({ code: 'EADDRINUSE', message: expect.stringContaining(String(port)) })
})

test('a given port is used, and is free again after closing', async () => {
  const first = await serve(createScaleway())
  await first.close()
  const second = await serve(createScaleway(), { port: first.port })
  expect(second).toMatchObject({ port: first.port, url: `http://127.0.0.1:${first.port}` })
  await second.close()
})

test('another product can add its routes, which share keys, policies, faults and log', async () => {
  const scaleway = createScaleway()
  scaleway.addRoutes([
    {
      operation: 'functions.invoke',
      method: 'POST',
      path: '/functions/:id/invoke',
      handle: async call => {
        call.require('read secret', { projectId: call.state.projectId })
        return { id: call.param('id') }
      },
    },
    {
      operation: 'functions.upload',
      method: 'PUT',
      path: '/upload/:id',
      access: 'open',
      body: 'bytes',
      handle: ({ request }) => ({ bytes: request.body?.length }),
    },
  ])
  const url = await served(scaleway)
  const headers = { 'X-Auth-Token': scaleway.owner.secretKey }
  const invoked = await scaleway.fetch('http://x/functions/7/invoke', { method: 'POST', headers })
  expect(await invoked.json()).toEqual({ id: '7' })
  const uploaded = await fetch(`${url}/upload/7`, { method: 'PUT', body: new Uint8Array([0, 255, 1]) })
  expect(await uploaded.json()).toEqual({ bytes: 3 })
  const refused = await fetch(`${url}/functions/7/invoke`, { method: 'POST' })
  expect(refused.status).toBe(401)
  expect(scaleway.log.entries.map(({ operation }) => operation)).toEqual([
    'functions.invoke',
    'functions.upload',
    'functions.invoke',
  ])
  const again = { operation: 'x', method: 'PUT', path: '/upload/:id', handle: () => ({}) } as const
  expect(() => scaleway.addRoutes([again])).toThrow('taken')
})

test('a bug of the local Scaleway never looks like an answer of the platform', async () => {
  const scaleway = createScaleway()
  const handle = () => {
    throw new RangeError('a bug')
  }
  scaleway.addRoutes([{ operation: 'x', method: 'GET', path: '/x', access: 'open', handle }])
  await expect(scaleway.fetch('http://scaleway.test/x')).rejects.toThrow('a bug')
  const answer = await fetch(`${await served(scaleway)}/x`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([501, 'text/plain'])
  expect(await answer.text()).toContain('RangeError: a bug')
})

test('a key records the address it was created from', async () => {
  const scaleway = createScaleway()
  const answer = await scaleway.handle({
    method: 'POST',
    path: '/iam/v1alpha1/api-keys',
    headers: { 'x-auth-token': scaleway.owner.secretKey },
    body: JSON.stringify({ application_id: scaleway.iam.createApplication({ name: 'a' }).id }),
    ip: '203.0.113.9',
  })
  expect(answer).toMatchObject({ kind: 'answer', status: 200 })
  expect(scaleway.iam.apiKeys()[1]).toMatchObject({ creationIp: '203.0.113.9' })
})
