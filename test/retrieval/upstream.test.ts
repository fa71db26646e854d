import { expect, test } from 'vitest'
import type { Fault } from '../fake-scaleway/index.ts'
import { deploy } from './deployment.ts'

interface Row {
  readonly fault: Fault
  readonly status: number
  readonly error: string
}

const rows: readonly Row[] = [
  { fault: { kind: 'lost-before' }, status: 502, error: 'upstream-unreachable' },
  { fault: { kind: 'lost-after' }, status: 502, error: 'upstream-unreachable' },
  { fault: { kind: 'hang' }, status: 504, error: 'upstream-timeout' },
  { fault: { kind: 'slow', bytesPerSecond: 1 }, status: 504, error: 'upstream-timeout' },
  { fault: { kind: 'rate-limited' }, status: 502, error: 'upstream-error' },
  { fault: { kind: 'status', status: 500 }, status: 502, error: 'upstream-error' },
  { fault: { kind: 'status', status: 504 }, status: 502, error: 'upstream-error' },
  { fault: { kind: 'json', status: 423, body: { type: 'locked' } }, status: 502, error: 'upstream-refused' },
  { fault: { kind: 'json', status: 201, body: {} }, status: 502, error: 'upstream-unreadable' },
  { fault: { kind: 'unauthorized' }, status: 502, error: 'upstream-refused' },
  { fault: { kind: 'forbidden' }, status: 502, error: 'upstream-refused' },
  { fault: { kind: 'not-found' }, status: 404, error: 'no-key-yet' },
  { fault: { kind: 'malformed', how: 'html' }, status: 502, error: 'upstream-unreadable' },
  { fault: { kind: 'malformed', how: 'truncated-json' }, status: 502, error: 'upstream-unreadable' },
  { fault: { kind: 'malformed', how: 'wrong-types' }, status: 502, error: 'upstream-unreadable' },
  { fault: { kind: 'malformed', how: 'missing-fields' }, status: 502, error: 'upstream-unreadable' },
  { fault: { kind: 'malformed', how: 'wrong-content-type' }, status: 502, error: 'upstream-unreadable' },
  { fault: { kind: 'malformed', how: 'endless' }, status: 502, error: 'upstream-unreadable' },
]

test.each(rows)('Scaleway shows $fault: the answer is $status $error', async ({ fault, status, error }) => {
  const { ask, publish, scaleway, log } = await deploy()
  publish()
  scaleway.faults.add({ times: 9, fault })
  const { statusCode, headers, body } = await ask()
  expect({ status: statusCode, error: JSON.parse(body).error }).toEqual({ status, error })
  expect(JSON.parse(body).request_id).toBe(headers['X-Request-Id'])
  expect(log()).toMatchObject([{ level: status >= 500 ? 50 : 40, code: error, status, caller_name: 'app' }])
})

const onceRetried: readonly Fault[] = [
  { kind: 'lost-before' },
  { kind: 'lost-after' },
  { kind: 'rate-limited' },
  { kind: 'status', status: 503 },
]

test.each(onceRetried)('the key is given although Scaleway once shows %j', async fault => {
  const { ask, publish, scaleway } = await deploy()
  const { payload } = publish()
  scaleway.faults.add({ times: 1, fault })
  expect(await ask()).toMatchObject({ statusCode: 200, body: payload })
})

test('no call is tried a third time', async () => {
  const { ask, publish, scaleway } = await deploy()
  publish()
  scaleway.faults.add({ times: 2, fault: { kind: 'status', status: 503 } })
  expect(await ask()).toMatchObject({ statusCode: 502 })
})

test.each<Fault>([{ kind: 'hang' }, { kind: 'forbidden' }, { kind: 'malformed', how: 'html' }])(
  'after %j the call is not tried again',
  async fault => {
    const { ask, publish, scaleway } = await deploy()
    publish()
    scaleway.faults.add({ times: 1, fault })
    expect((await ask()).statusCode).toBeGreaterThan(500)
    expect(scaleway.log.entries).toHaveLength(1)
  },
)

test('when nothing listens at the address the answer is 502', async () => {
  const { ask, log } = await deploy({ env: { API_URL: 'http://127.0.0.1:1' } })
  const { statusCode, body } = await ask()
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 502, error: 'upstream-unreachable' })
  expect(log()).toMatchObject([{ seen: 'ECONNREFUSED' }])
})

test('the answer distinguishes a reader without its permission from a Scaleway that is down', async () => {
  const { ask, publish, scaleway, reader } = await deploy()
  publish()
  scaleway.iam.removePermissionSet(reader.policyId, 'SecretManagerSecretAccess')
  const { statusCode, body } = await ask()
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 502, error: 'upstream-refused' })
})

test('the answer distinguishes a reader whose key was deleted from a Scaleway that is down', async () => {
  const { ask, publish, scaleway, reader, log } = await deploy()
  publish()
  scaleway.iam.deleteApiKey(reader.accessKey)
  expect(JSON.parse((await ask()).body)).toMatchObject({ error: 'upstream-refused' })
  expect(log()).toMatchObject([{ seen: 401 }])
})

const notKeys = [
  'plain words',
  '',
  '[]',
  'null',
  '{"API_KEY":"SCW1"}',
  '{"API_KEY":"SCW1","SECRET_KEY":""}',
  '{"API_KEY":"SCW1","SECRET_KEY":7}',
  '{"API_KEY":"SCW1","SECRET_KEY":"words","more":"x"}',
]

test.each(notKeys)('a version that holds %s is refused by its revision, without quoting it', async payload => {
  const { ask, publish, log, output } = await deploy()
  publish()
  publish(payload || ' ')
  const { statusCode, headers, body } = await ask()
  expect({ statusCode, ...JSON.parse(body) }).toMatchObject({
    statusCode: 502,
    error: 'unexpected-payload',
    revision: 2,
  })
  expect(log()).toMatchObject([{ code: 'unexpected-payload', revision: 2 }])
  for (const word of payload.match(/\w{4,}/g)?.filter(word => !/KEY|null/.test(word)) ?? [])
    expect(JSON.stringify(headers) + body + output()).not.toContain(word)
})
