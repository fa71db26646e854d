import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { built } from '../support/built.ts'
import { startFunction } from '../support/function-process.ts'
import { knownCallers, startPlatform } from './deployment.ts'

const bundle = await built('retrieval')

/** The built zip in its own process under Scaleway's local host, against a local Scaleway. */
async function host(env: Readonly<Record<string, string>> = {}) {
  const platform = await startPlatform()
  const callers = { operator: randomUUID(), consumer: randomUUID(), monitor: randomUUID() }
  const instance = await startFunction({
    zip: bundle.zip,
    env: { ...platform.env, ...knownCallers(callers), ...env },
  })
  onTestFinished(() => instance.stop())
  const ask = ({ path = '/', method = 'GET', as = callers.consumer, headers = {}, body = '' } = {}) =>
    fetch(`${instance.url}${path}`, { method, headers: { 'x-auth-token': as, ...headers }, ...(body && { body }) })
  return { ...platform, callers, ask, instance }
}

test('the zip is small', () => {
  expect(bundle.zip.byteLength).toBeLessThan(40_000)
})

test('the bundle cannot call IAM', () => {
  expect(bundle.code).toContain('/secret-manager/v1beta1/')
  expect(bundle.code).not.toContain('/iam/')
  expect(bundle.code).not.toContain('api-keys')
})

test('the bundle loads nothing from Node but the TLS client and hashes', () => {
  const imported = Array.from(bundle.code.matchAll(/from\s*["']([^"']+)["']/g), ([, module]) => module)
  expect(new Set(imported)).toEqual(new Set(['node:https', 'node:crypto']))
})

test('the built function gives a consumer the key, from memory the second time, and logs both', async () => {
  const { ask, publish, instance, scaleway } = await host()
  const { payload } = publish()
  for (const source of ['upstream', 'memory']) {
    const reply = await ask()
    expect({ status: reply.status, text: await reply.text() }).toEqual({ status: 200, text: payload })
    expect(reply.headers.get('etag')).toBe('"1"')
    expect(reply.headers.get('access-control-allow-origin')).toBe('https://none.invalid')
    await expect.poll(() => instance.output().at(-1)).toContain(`"source":"${source}"`)
  }
  expect(scaleway.log.entries).toHaveLength(1)
  expect(instance.output().join()).not.toContain(JSON.parse(payload).SECRET_KEY)
})

test('the built function answers 304 and HEAD without a body', async () => {
  const { ask, publish } = await host()
  publish()
  const unchanged = await ask({ headers: { 'if-none-match': '"1"' } })
  expect({ status: unchanged.status, text: await unchanged.text() }).toEqual({ status: 304, text: '' })
  const head = await ask({ method: 'HEAD' })
  expect({ status: head.status, text: await head.text(), revision: head.headers.get('x-key-revision') }).toEqual({
    status: 200,
    text: '',
    revision: '1',
  })
})

test('the built function refuses unknown callers, monitors, other paths and other methods', async () => {
  const { ask, publish, callers } = await host()
  publish()
  const statuses = [
    (await ask({ as: randomUUID() })).status,
    (await ask({ as: callers.monitor })).status,
    (await ask({ path: '/key' })).status,
    (await ask({ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
  ]
  expect(statuses).toEqual([403, 403, 404, 405])
})

test('the built function loads without any setting, and its answer names the missing one', async () => {
  const instance = await startFunction({ zip: bundle.zip, env: {} })
  onTestFinished(() => instance.stop())
  const reply = await fetch(instance.url)
  expect(reply.status).toBe(500)
  expect(await reply.json()).toMatchObject({ error: 'misconfigured', message: expect.stringContaining('REGION') })
})
