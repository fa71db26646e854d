import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { allReadings, createScaleway, type NewRule, type Readings, SimulatedClock } from '../index.ts'
import { type FunctionProcess, startFunction } from './function-process.ts'
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts'
import { zipHandler } from './zip-handler.ts'

/** Answers the paths that it was called with so far. */
const source = `
const paths = []
export function handle({ path }) {
  paths.push(path)
  return { body: { paths } }
}`

let recorder: FunctionProcess
beforeAll(async () => {
  recorder = await startFunction({ zip: zipHandler(source), env: {} })
})
afterAll(() => recorder.stop())

/** A gateway before the recorder, and a local Scaleway that checks its callers' keys. */
async function opened({
  readings = {},
  ...options
}: Pick<GatewayOptions, 'privacy'> & { readings?: Partial<Readings> }) {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock, seed: 1, readings })
  const { projectId } = scaleway
  const gateway = await startGateway({
    functionUrl: recorder.url,
    authority: scaleway,
    state: scaleway.state,
    projectId,
    timeoutSeconds: 10,
    maxScale: 1,
    ...options,
  })
  onTestFinished(gateway.close)
  const keyWith = (rules: readonly NewRule[], expiresAt?: Date) => {
    const { id: applicationId } = scaleway.iam.createApplication({ name: 'caller' })
    if (rules.length > 0) scaleway.iam.createPolicy({ applicationId, rules })
    return scaleway.iam.createApiKey({ applicationId, ...(expiresAt && { expiresAt }) })
  }
  const call = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(gateway.url + path, { method: 'POST', headers, body: '{}' })
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
  const mayCall: NewRule = { permissionSetNames: ['FunctionsPrivateAccess'], projectIds: [projectId] }
  return { clock, scaleway, gateway, keyWith, call, mayCall }
}

test('a private function is called for a bearer of FunctionsPrivateAccess on its project', async () => {
  const { call, keyWith, mayCall } = await opened({ privacy: 'private' })
  const { secretKey } = keyWith([mayCall])
  const { status, text } = await call('/may', { 'X-Auth-Token': secretKey })
  expect(status).toBe(200)
  expect(JSON.parse(text).paths).toContain('/may')
})

test('a private function is not called, and the answer is JSON, for any other caller', async () => {
  const { clock, scaleway, gateway, call, keyWith, mayCall } = await opened({ privacy: 'private' })
  const expiring = keyWith([mayCall], new Date(clock.now().getTime() + 60_000))
  const deleted = keyWith([mayCall])
  const elsewhere = { ...mayCall, projectIds: [crypto.randomUUID()] }
  scaleway.iam.deleteApiKey(deleted.accessKey)
  clock.advance({ minutes: 2 })
  const callers = [
    { is: 'without a token', headers: {}, status: 403 },
    { is: 'with an empty token', headers: { 'X-Auth-Token': '' }, status: 403 },
    { is: 'unknown', headers: { 'X-Auth-Token': crypto.randomUUID() }, status: 401 },
    { is: 'expired', headers: { 'X-Auth-Token': expiring.secretKey }, status: 401 },
    { is: 'deleted', headers: { 'X-Auth-Token': deleted.secretKey }, status: 401 },
    { is: 'without a right', headers: { 'X-Auth-Token': keyWith([]).secretKey }, status: 403 },
    { is: 'of another project', headers: { 'X-Auth-Token': keyWith([elsewhere]).secretKey }, status: 403 },
    {
      is: 'with a bearer token only',
      headers: { Authorization: `Bearer ${keyWith([mayCall]).secretKey}` },
      status: 403,
    },
  ]
  for (const { is, headers, status } of callers) {
    const answer = await call('/may-not', headers)
    expect({ is, ...answer }).toMatchObject({ is, status, type: 'application/json' })
    expect(JSON.parse(answer.text)).toHaveProperty('message')
  }
  expect(await pathsSeen(gateway)).not.toContain('/may-not')
})

test('conditions on address and user agent are evaluated for the real caller', async () => {
  const { call, keyWith, mayCall } = await opened({ privacy: 'private' })
  const { secretKey } = keyWith([{ ...mayCall, condition: 'request.user_agent == "agent"' }])
  const headers = { 'X-Auth-Token': secretKey }
  expect(await call('/', { ...headers, 'User-Agent': 'agent' })).toMatchObject({ status: 200 })
  expect(await call('/', { ...headers, 'User-Agent': 'other' })).toMatchObject({ status: 403 })
  const near = keyWith([{ ...mayCall, condition: 'inIpRange(request.ip, "127.0.0.0/8")' }]).secretKey
  const far = keyWith([{ ...mayCall, condition: 'inIpRange(request.ip, "10.0.0.0/8")' }]).secretKey
  expect(await call('/', { 'X-Auth-Token': near, 'X-Forwarded-For': '10.0.0.1' })).toMatchObject({ status: 200 })
  expect(await call('/', { 'X-Auth-Token': far, 'X-Forwarded-For': '10.0.0.1' })).toMatchObject({ status: 403 })
})

test('a public function is called for every caller', async () => {
  const { call } = await opened({ privacy: 'public' })
  expect(await call('/')).toMatchObject({ status: 200 })
})

test('the platform itself needs no token for a private function', async () => {
  const { gateway } = await opened({ privacy: 'private' })
  expect(await pathsSeen(gateway)).toContain('/by-platform')
})

async function pathsSeen({ call }: Gateway): Promise<unknown> {
  const { body } = await call({ method: 'POST', path: '/by-platform', body: new Uint8Array() })
  return JSON.parse(Buffer.from(body).toString()).paths
}

test.each(allReadings.refusedKey)('a key that the platform does not know is answered %s', async refusedKey => {
  const { call } = await opened({ privacy: 'private', readings: { refusedKey } })
  expect((await call('/unknown', { 'X-Auth-Token': crypto.randomUUID() })).status).toBe(Number(refusedKey))
  expect((await call('/none')).status, 'a call without one').toBe(403)
})

test.each<[Readings['newKey'], readonly [number, number]]>([
  ['at-once', [200, 200]],
  ['after-5-s', [401, 200]],
  ['after-30-s', [401, 200]],
  ['after-2-min', [401, 401]],
  ['endpoints-differ', [401, 200]],
])('a new key opens a private function %s, as the readings say', async (newKey, [atOnce, afterHalfAMinute]) => {
  const { clock, call, keyWith, mayCall } = await opened({ privacy: 'private', readings: { newKey } })
  const { secretKey } = keyWith([mayCall])
  expect((await call('/new', { 'X-Auth-Token': secretKey })).status).toBe(atOnce)
  clock.advance({ seconds: 30 })
  expect((await call('/new', { 'X-Auth-Token': secretKey })).status).toBe(afterHalfAMinute)
})
