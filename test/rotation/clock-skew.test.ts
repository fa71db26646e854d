import { afterEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../functions/rotation/clock.ts'
import { clockSkewOf, skewSentence } from '../../functions/rotation/plan/clock-skew.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Deployment, deploy, type Instance } from '../support/rotation.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const dayMs = 24 * 60 * minuteMs

const receivers: Receiver[] = []
afterEach(async () => {
  await Promise.all(receivers.splice(0).map(receiver => receiver.close()))
})

describe("the function's clock compared with the date of an answer", () => {
  const dateMs = Date.parse('2026-03-01T02:00:00Z')
  const date = new Date(dateMs).toUTCString()

  test.each([
    ['right', 0, 0],
    ['five minutes ahead, or behind', 5 * minuteMs, -5 * minuteMs],
    ['right, and the call took long', -20 * secondMs, 0],
    ['right, and the instance was frozen for days during the call', -3 * dayMs, 3 * dayMs],
  ])('is not off when it is %s', (_, sentMs, receivedMs) => {
    expect(clockSkewOf({ sentMs: dateMs + sentMs, receivedMs: dateMs + receivedMs, date })).toBe(0)
  })

  test.each([
    ['ahead', 5 * minuteMs + 1, 5 * minuteMs + 1, 5 * minuteMs + 1],
    ['ahead by the end at which it was sent', 3 * dayMs, 3 * dayMs + 20 * secondMs, 3 * dayMs],
    ['behind', -6 * minuteMs, -6 * minuteMs, -6 * minuteMs],
    ['behind by the end at which the answer came', -3 * dayMs - 20 * secondMs, -3 * dayMs, -3 * dayMs],
    ['ahead when it goes back during the call', 3 * dayMs, 0, 3 * dayMs],
  ])('is %s', (_, sentMs, receivedMs, skewMs) => {
    expect(clockSkewOf({ sentMs: dateMs + sentMs, receivedMs: dateMs + receivedMs, date })).toBe(skewMs)
  })

  test.each([
    null,
    '',
    '0',
    '2020',
    '2020-01-01T00:00:00Z',
    'Thu, 01 Jan 1970 00:00:00',
    'Thu, 32 Jan 1970 00:00:00 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT, Sun, 01 Mar 2026 02:00:00 GMT',
    'Thursday, 01-Jan-70 00:00:00 GMT',
  ])('is not judged by the date %j', unreadable => {
    expect(clockSkewOf({ sentMs: dateMs, receivedMs: dateMs, date: unreadable })).toBe(0)
  })

  test.each([
    [5 * minuteMs + 1, '5 minutes ahead of'],
    [-119 * minuteMs, '119 minutes behind'],
    [121 * minuteMs, '2 hours ahead of'],
    [-47 * 60 * minuteMs, '47 hours behind'],
    [-3 * dayMs + secondMs, '3 days behind'],
    [30 * dayMs, '30 days ahead of'],
  ])('is said in words: %d ms are %s', (skewMs, words) => {
    expect(skewSentence(skewMs)).toContain(`The function's clock is ${words} Scaleway's`)
  })
})

/** An instance whose clock is off by so much. */
function off({ instance, clock }: Deployment, byMs: () => number, options: Parameters<Deployment['instance']>[0] = {}) {
  const nowMs = () => clock.now().getTime()
  const own: Clock = {
    now: () => ({ wallMs: nowMs() + byMs(), steadyMs: nowMs() }),
    sleep: async milliseconds => clock.advance({ milliseconds }),
  }
  return instance({ ...options, clock: own })
}

/** Two keys that work: the older one has 23 h of its overlap left. */
async function inTheOverlap(): Promise<Deployment> {
  const deployment = deploy()
  await deployment.rotation.post()
  deployment.clock.advance({ days: 30 })
  await deployment.rotation.post()
  deployment.clock.advance({ days: 4, hours: 1 })
  return deployment
}

function everything({ keys, versions }: Deployment) {
  return [keys().map(({ accessKey }) => accessKey), versions().map(({ revision, status }) => [revision, status])]
}

const requests = [
  { action: 'tend' },
  { action: 'rotate' },
  { action: 'rotate', force: true },
  { action: 'rollback', revision: 2 },
  { action: 'revoke' },
  { action: 'tend', dry_run: true },
]

describe.each([
  ['ahead of', 3 * dayMs],
  ['ahead of', 100 * dayMs],
  ['behind', -3 * dayMs],
])("a function whose clock is %s Scaleway's by %d ms", (direction, byMs) => {
  test.each(requests)('changes nothing when it is asked to %j, and says so', async request => {
    const deployment = await inTheOverlap()
    const before = everything(deployment)
    const { status, body } = await off(deployment, () => byMs).post(request, 'operator')
    expect([status, body.error]).toEqual([503, 'clock-skew'])
    expect(body.message).toContain(`${Math.abs(byMs) / dayMs} days ${direction} Scaleway's`)
    expect(everything(deployment)).toEqual(before)
  })

  test("has it as an alarm in the status, whose other fields go by Scaleway's clock", async () => {
    const deployment = await inTheOverlap()
    const { status, body } = await off(deployment, () => byMs).status()
    expect(status).toBe(503)
    expect(body.problems).toEqual([{ code: 'clock-skew', alarming: true, message: expect.stringContaining(direction) }])
    expect(body.next).toEqual({ actions: [], refused: 'clock-skew' })
    expect(body.current).toMatchObject({ revision: 2, age_days: 4 })
    expect(body.previous).toMatchObject([{ revision: 1, status: 'enabled' }])
  })
})

test('an hourly run under a wrong clock sends no heartbeat, and the run of the reporting hour says why', async () => {
  const deployment = await inTheOverlap()
  const receiver = await startReceiver()
  receivers.push(receiver)
  const env = {
    HEARTBEAT_URL: `${receiver.url}/beat`,
    NOTIFICATION_URL: `${receiver.url}/hook`,
    NOTIFICATION_SECRET: Buffer.from('a signing secret of enough bytes').toString('base64'),
  }
  deployment.clock.advance({ hours: 5 })
  await off(deployment, () => dayMs, { env, receiverFetch: receiver.fetch }).post({ action: 'tend' })
  expect(receiver.received.map(({ url }) => url)).toEqual(['/hook'])
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
    type: 'problem.standing',
    data: { failures: ['compare clocks: clock-skew'] },
  })
})

test('a clock that is four minutes off, or answers without a date, change nothing of what a run does', async () => {
  for (const byMs of [4 * minuteMs, -4 * minuteMs]) {
    const deployment = deploy()
    expect((await off(deployment, () => byMs).post()).body).toMatchObject({ rotated: true })
  }
  const deployment = deploy()
  const undated: Instance = off(deployment, () => 3 * dayMs, {
    fetch: async (request, options) => {
      const answer = await deployment.cloud.fetch(request, options)
      answer.headers.delete('Date')
      return answer
    },
  })
  expect((await undated.post()).body).toMatchObject({ rotated: true })
})

test('one answer whose date is far off is enough to stop a run, and the next one works', async () => {
  const { rotation, instance, cloud, keys } = deploy()
  let calls = 0
  const once = instance({
    fetch: async (request, options) => {
      const answer = await cloud.fetch(request, options)
      calls += 1
      if (calls === 1) answer.headers.set('Date', 'Thu, 01 Jan 1970 00:00:00 GMT')
      return answer
    },
  })
  expect((await once.post()).body).toMatchObject({ error: 'clock-skew' })
  expect(keys()).toEqual([])
  expect((await rotation.post()).body).toMatchObject({ rotated: true })
})

test('a clock that goes back while a key is made: the key is published, and the clean-up waits for the clock', async () => {
  const deployment = await inTheOverlap()
  const { cloud, clock, rotation, versions } = deployment
  clock.advance({ days: 2 })
  const isMade = () => cloud.iam.apiKeys(deployment.ids.applicationId).length > 2
  const { status, body } = await off(deployment, () => (isMade() ? -dayMs : 0)).post({ force: true }, 'operator')
  expect([status, body]).toMatchObject([200, { rotated: true, revision: 3, unfinished: { error: 'clock-skew' } }])
  expect(versions().map(version => version.status)).toEqual(['enabled', 'enabled', 'enabled'])
  expect((await rotation.post({ action: 'tend' })).body.actions).toMatchObject([{ kind: 'retire', revision: 1 }])
})
