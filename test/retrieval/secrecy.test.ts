import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Fault } from '../fake-scaleway/index.ts'
import { deploy } from './deployment.ts'

const faults: readonly (Fault | undefined)[] = [
  undefined,
  { kind: 'lost-after' },
  { kind: 'rate-limited' },
  { kind: 'status', status: 503 },
  { kind: 'forbidden' },
  { kind: 'unauthorized' },
  { kind: 'not-found' },
  { kind: 'malformed', how: 'html' },
  { kind: 'malformed', how: 'truncated-json' },
  { kind: 'malformed', how: 'wrong-types' },
  { kind: 'malformed', how: 'wrong-content-type' },
]

const requests = [
  {},
  { method: 'HEAD' },
  { method: 'POST' },
  { path: '/other' },
  { path: '/a/b' },
  { headers: { 'Cache-Control': 'no-cache' } },
  { headers: { 'If-None-Match': '*' } },
]

test.each(faults)('no secret is in any log line, nor in an answer but the 200, when Scaleway shows %j', async fault => {
  const { ask, callers, publish, scaleway, reader, output } = await deploy({ env: { LOG_LEVEL: 'trace' } })
  const { payload } = publish()
  const { SECRET_KEY } = JSON.parse(payload)
  const planted = [SECRET_KEY, Buffer.from(payload).toString('base64'), reader.secretKey, ...Object.values(callers)]
  if (fault !== undefined) scaleway.faults.add({ times: 99, fault })
  let others = ''
  for (const request of requests) {
    for (const as of [...Object.values(callers), SECRET_KEY, null]) {
      const { statusCode, headers, body } = await ask({ ...request, as })
      others += JSON.stringify(headers) + (statusCode === 200 ? '' : body)
    }
  }
  expect(output()).toContain('"level":')
  for (const secret of planted) expect(others + output()).not.toContain(secret)
})

const secret = 'planted-0000-4000-8000-secret'
const key = { name: 'default', region: 'fr-par', secret_id: randomUUID(), consumers: ['app'] }

test.each([
  { READER_SECRET_KEY: secret },
  { KEY_DEFAULT: secret },
  { KEY_DEFAULT: JSON.stringify({ ...key, name: `_${secret}` }) },
  { KEY_DEFAULT: JSON.stringify({ ...key, region: secret }) },
  { KEY_DEFAULT: JSON.stringify({ ...key, secret_id: secret }) },
  { KEY_DEFAULT: JSON.stringify({ ...key, consumers: secret }) },
  { KEY_DEFAULT: JSON.stringify({ ...key, consumers: [`/${secret}`] }) },
])('a setting that holds a secret where none belongs is refused without quoting it: %j', async env => {
  const { ask, output } = await deploy({ env: { LOG_LEVEL: 'trace', ...env } })
  const answer = await ask()
  expect(answer.statusCode).toBe(500)
  expect(JSON.stringify(answer) + output()).not.toContain(secret)
})

test('a secret key that a caller sends in the path by mistake is not written anywhere', async () => {
  const { ask, callers, output } = await deploy({ keys: { billing: ['app'], mailer: ['app'] } })
  const answer = await ask({ path: `/${callers.consumer}` })
  expect(JSON.stringify(answer) + output()).not.toContain(callers.consumer)
})
