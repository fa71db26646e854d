import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { deploy } from './deployment.ts'

test('a consumer gets the key, and the log names the consumer, the key and the revision', async () => {
  const { ask, publish, log } = await deploy()
  publish()
  expect(await ask()).toMatchObject({ statusCode: 200 })
  expect(log()).toMatchObject([
    {
      level: 30,
      caller: 'consumer',
      caller_name: 'app',
      key: 'default',
      revision: 1,
      source: 'upstream',
      status: 200,
    },
  ])
})

test('an operator gets the key, and the log says that it was an operator', async () => {
  const { ask, callers, publish, log } = await deploy()
  publish()
  expect(await ask({ as: callers.operator })).toMatchObject({ statusCode: 200 })
  expect(log()).toMatchObject([{ caller: 'operator', revision: 1 }])
})

test.each([
  ['X-Auth-Token', ''],
  ['Authorization', 'Bearer '],
  ['X-Caller-Key', ''],
])('a credential that arrives in %s alone counts', async (name, scheme) => {
  const { ask, callers, publish, log } = await deploy()
  publish()
  expect(await ask({ as: null, headers: { [name]: scheme + callers.consumer } })).toMatchObject({ statusCode: 200 })
  expect(log()).toMatchObject([{ caller: 'consumer', caller_name: 'app' }])
})

test('a monitor is refused without a call upstream', async () => {
  const { ask, callers, publish, scaleway, log } = await deploy()
  publish()
  const { statusCode, body } = await ask({ as: callers.monitor })
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 403, error: 'monitor' })
  expect(scaleway.log.entries).toEqual([])
  expect(log()).toMatchObject([{ level: 40, caller: 'monitor', caller_name: 'uptime', code: 'monitor', status: 403 }])
})

test('a monitor is refused also while the key is in memory', async () => {
  const { ask, callers, publish } = await deploy()
  publish()
  await ask()
  expect(await ask({ as: callers.monitor })).toMatchObject({ statusCode: 403 })
})

test('a credential that is on no list is refused without a call upstream', async () => {
  const { ask, publish, scaleway } = await deploy()
  publish()
  const { statusCode, body } = await ask({ as: randomUUID() })
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 403, error: 'unknown-caller' })
  expect(scaleway.log.entries).toEqual([])
})

test('the rotated key is itself refused here', async () => {
  const { ask, publish } = await deploy()
  const { payload } = publish()
  expect(await ask({ as: JSON.parse(payload).SECRET_KEY })).toMatchObject({ statusCode: 403 })
})

test('where no caller is named every credential is refused', async () => {
  const { ask, publish } = await deploy({ env: { CALLER_OPERATOR: '', CALLER_APP: '', CALLER_UPTIME: '' } })
  publish()
  expect(await ask()).toMatchObject({ statusCode: 403 })
})

test('a caller without a credential is refused without a call upstream, also while the key is in memory', async () => {
  const { ask, publish, scaleway } = await deploy()
  publish()
  await ask()
  const calls = scaleway.log.entries.length
  const { statusCode, body } = await ask({ as: null })
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 403, error: 'no-credential' })
  expect(scaleway.log.entries).toHaveLength(calls)
})

test('who is not recognised learns nothing of paths and methods', async () => {
  const { ask } = await deploy()
  for (const as of [null, randomUUID()]) {
    for (const asked of [
      { path: '/other' },
      { path: '/default' },
      { path: '/a/b' },
      { method: 'POST' },
      { method: 'HEAD' },
    ]) {
      expect(await ask({ as, ...asked })).toMatchObject({ statusCode: 403 })
    }
  }
})

test('a refusal leaves one line with the address that the call came from', async () => {
  const { ask, log } = await deploy()
  await ask({ as: randomUUID(), headers: { 'X-Envoy-External-Address': '203.0.113.9' } })
  expect(log()).toMatchObject([{ level: 40, caller: 'unknown', client_address: '203.0.113.9', code: 'unknown-caller' }])
})
