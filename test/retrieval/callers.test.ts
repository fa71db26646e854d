import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256 } from '../../scripts/local/identities.ts'
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

test('both keys of a consumer of two generations get the key, and the log names it alike', async () => {
  const keys = [randomUUID(), randomUUID()]
  const consumer = { name: 'app', role: 'consumer', sha256: keys.map(sha256) }
  const { ask, callers, publish, log } = await deploy({ env: { CALLER_APP: JSON.stringify(consumer) } })
  publish()
  for (const as of keys) expect(await ask({ as })).toMatchObject({ statusCode: 200 })
  expect(log()).toMatchObject([{ caller_name: 'app' }, { caller_name: 'app' }])
  expect(await ask({ as: callers.consumer })).toMatchObject({ statusCode: 403 })
})

test('a hash that two callers have is misconfigured, and the variable is named', async () => {
  const [first, shared] = [randomUUID(), randomUUID()].map(sha256)
  const { ask, output } = await deploy({
    env: {
      CALLER_APP: JSON.stringify({ name: 'app', role: 'consumer', sha256: [first, shared] }),
      CALLER_JOB: JSON.stringify({ name: 'job', role: 'consumer', sha256: shared }),
    },
  })
  const { statusCode, body } = await ask()
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 500, error: 'misconfigured' })
  expect(output()).toMatch(/CALLER_(APP|JOB) must be a caller with a name and keys of its own/)
  expect(output() + body).not.toContain(shared)
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
