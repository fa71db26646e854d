import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { deploy } from './deployment.ts'

test('a consumer gets the key, and the log names the consumer and the revision', async () => {
  const { ask, publish, log } = await deploy()
  publish()
  expect(await ask()).toMatchObject({ statusCode: 200 })
  expect(log()).toMatchObject([
    { level: 30, caller: 'consumer', caller_name: 'shop', revision: 1, source: 'upstream', status: 200 },
  ])
})

test('an operator gets the key, and the log says that it was an operator', async () => {
  const { ask, callers, publish, log } = await deploy()
  publish()
  expect(await ask({ as: callers.operator })).toMatchObject({ statusCode: 200 })
  expect(log()).toMatchObject([{ caller: 'operator', revision: 1 }])
})

test('a credential in Authorization: Bearer counts when X-Auth-Token does not arrive', async () => {
  const { ask, callers, publish, log } = await deploy()
  publish()
  const headers = { authorization: `Bearer ${callers.consumer}` }
  expect(await ask({ as: null, headers })).toMatchObject({ statusCode: 200 })
  expect(log()).toMatchObject([{ caller: 'consumer', caller_name: 'shop' }])
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

test('with empty lists every credential is refused', async () => {
  const emptyLists = { OPERATOR_KEY_SHA256: '', CONSUMER_KEY_SHA256: '', MONITOR_KEY_SHA256: '' }
  const { ask, publish } = await deploy({ env: emptyLists })
  publish()
  expect(await ask()).toMatchObject({ statusCode: 403 })
})

test('when no credential arrives the platform alone decides, and the log says so once per instance', async () => {
  const { ask, publish, log } = await deploy()
  publish()
  for (let request = 0; request < 3; request++) expect(await ask({ as: null })).toMatchObject({ statusCode: 200 })
  expect(log().filter(({ code }) => code === 'caller-unchecked')).toMatchObject([{ level: 40 }])
  expect(log().filter(({ status }) => status === 200)).toHaveLength(3)
})

test('when no credential arrives and the check is required the answer is 403 without a call upstream', async () => {
  const { ask, publish, scaleway } = await deploy({ env: { REQUIRE_CALLER_CHECK: 'true' } })
  publish()
  const { statusCode, body } = await ask({ as: null })
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 403, error: 'no-credential' })
  expect(scaleway.log.entries).toEqual([])
})
