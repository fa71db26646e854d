import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { patientCaller } from '../../../scripts/deployment/call.ts'
import { createChecker } from '../../../scripts/smoke/check.ts'
import { checkDishonestForms, dishonestForms } from '../../../scripts/smoke/dishonest-forms.ts'
import { type FunctionProcess, startFunction } from '../../fake-scaleway/functions/function-process.ts'
import { startGateway } from '../../fake-scaleway/functions/gateway.ts'
import { zipHandler } from '../../fake-scaleway/functions/zip-handler.ts'
import { createScaleway, type Readings } from '../../fake-scaleway/index.ts'
import { startFront } from './front.ts'
import { startRecorder } from './recorder.ts'

const key = crypto.randomUUID()
const forms = Object.keys(dishonestForms(key))

/** Refuses one key, from the first header that has any, and trusts the platform's check for all else. */
const careless = `
export function handle({ headers }) {
  const shown = headers['X-Auth-Token'] || headers.Authorization?.replace('Bearer ', '')
  if (shown === process.env.KEY) return { statusCode: 403, body: { error: 'monitor', request_id: 'one' } }
  return { body: { API_KEY: 'access', SECRET_KEY: 'secret' } }
}`

let carelessFunction: FunctionProcess
beforeAll(async () => {
  carelessFunction = await startFunction({ zip: zipHandler(careless), env: { KEY: key } })
})
afterAll(() => carelessFunction.stop())

const last = 'checks-first-passes-last'
const secondOne = ['a second, empty X-Auth-Token', 'a second, unknown X-Auth-Token']
const namedByConnection = ['X-Auth-Token named by Connection', 'both headers named by Connection']
test.each<{ readings: Partial<Readings>; successful: readonly string[] }>([
  { readings: {}, successful: [] },
  { readings: { gate: last }, successful: [...secondOne, ...namedByConnection] },
  {
    readings: { credentialHeaders: 'authorization' },
    successful: ['X-Auth-Token named by Connection', 'another key in Authorization'],
  },
  { readings: { credentialHeaders: 'x-auth-token' }, successful: [] },
  { readings: { gate: last, credentialHeaders: 'x-auth-token' }, successful: [...secondOne, ...namedByConnection] },
  {
    readings: { credentialHeaders: 'neither' },
    successful: [...namedByConnection, 'another key in Authorization'],
  },
])(
  'of a careless function behind the gate $readings exactly the forms that succeed are a FAIL',
  async ({ readings, successful }) => {
    const { url, close } = await startGateway({
      functionUrl: carelessFunction.url,
      privacy: 'private',
      authority: { authorize: ({ secretKey }) => (secretKey === key ? 'allowed' : 'unauthenticated') },
      projectId: 'a project',
      timeoutSeconds: 10,
      maxScale: 20,
      state: createScaleway({ readings }).state,
    })
    onTestFinished(close)
    const { lines, failed } = await check(url)
    const failures = successful.map(
      form =>
        `FAIL  monitor uptime fetches the key with ${form}: expected HTTP 401 or 403, or 400 of the platform, got HTTP 200`,
    )
    expect([lines.filter(line => line.startsWith('FAIL')), failed]).toEqual([failures, failures.length])
    expect(lines).toHaveLength(forms.length)
    expect(lines.join()).not.toContain(key)
  },
)

test.each([
  { is: 'a 401', answer: { status: 401 }, failed: 0 },
  { is: 'a 403', answer: { status: 403, body: { error: 'unknown-caller', request_id: 'one' } }, failed: 0 },
  { is: 'a 400 of the platform', answer: { status: 400 }, failed: 0 },
  { is: 'a 400 of the function', answer: { status: 400, body: { request_id: 'one' } }, failed: forms.length },
  { is: 'a 404', answer: { status: 404 }, failed: forms.length },
  { is: 'a 502', answer: { status: 502 }, failed: forms.length },
  { is: 'an unhealthy status', answer: { status: 503, body: { healthy: false, current: null } }, failed: forms.length },
  { is: 'a 403 with a status', answer: { status: 403, body: { healthy: true } }, failed: forms.length },
  { is: 'a 403 with a key', answer: { status: 403, body: { SECRET_KEY: 'secret' } }, failed: forms.length },
])('$is is counted $failed times as FAIL', async ({ answer, failed }) => {
  const { url, close } = await startFront('http://127.0.0.1:1', () => answer)
  onTestFinished(close)
  expect(await check(url)).toMatchObject({ failed })
})

test('a monitor tries to fetch, a consumer to read the status and to revoke, each of them in every form', async () => {
  const { url, received } = await startRecorder((_, response) => void response.writeHead(403).end())
  const { lines } = await check(url, { app: crypto.randomUUID() })
  const attempts = ['monitor uptime fetches the key', 'consumer app reads the status', 'consumer app revokes every key']
  const inEveryForm = (make: (form: string, attempt: string) => string) =>
    attempts.flatMap(attempt => forms.map(form => make(form, attempt)))
  expect(lines).toEqual(inEveryForm((form, attempt) => `ok    ${attempt} with ${form}: HTTP 403`))
  const revokes = 'POST {"action":"revoke","dry_run":true}'
  expect(received.map(({ method, body }) => `${method} ${body}`)).toEqual(
    inEveryForm((_, attempt) => (attempt.includes('revokes') ? revokes : 'GET ')),
  )
})

/** Makes the checks at one address with the key of a monitor; gives the printed lines and how many failed. */
async function check(url: string, consumerKeys: Readonly<Record<string, string>> = {}) {
  const lines: string[] = []
  const checker = createChecker({ send: patientCaller({ waitSeconds: 0 }), print: line => lines.push(line) })
  await checkDishonestForms(
    {
      keys: [{ name: undefined, rotationUrl: url, retrievalUrl: url, isOf: () => true }],
      monitorKeys: { uptime: key },
      consumerKeys,
    },
    checker,
  )
  return { lines, failed: checker.counts.failed }
}
