import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { built, version } from '../support/built.ts'
import { startFunction } from '../support/function-process.ts'
import { startPlatform } from './deployment.ts'

const bundle = await built('retrieval')

/** The built zip in its own process under Scaleway's local host, against a local Scaleway. */
async function host(options: Parameters<typeof startPlatform>[0] = {}) {
  const platform = await startPlatform(options)
  const { callers, env } = platform
  const instance = await startFunction({ zip: bundle.zip, env })
  onTestFinished(() => instance.stop())
  const ask = ({ path = '/', method = 'GET', as = callers.consumer, headers = {}, body = '' } = {}) =>
    fetch(`${instance.url}${path}`, { method, headers: { 'x-auth-token': as, ...headers }, ...(body && { body }) })
  return { ...platform, ask, instance }
}

test('the zip is small', () => {
  expect(bundle.zip.byteLength).toBeLessThanOrEqual(12_000)
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
  const { ask, publish, instance, scaleway, secretId } = await host()
  const { payload } = publish()
  for (const source of ['upstream', 'memory']) {
    const reply = await ask()
    expect({ status: reply.status, text: await reply.text() }).toEqual({ status: 200, text: payload })
    expect(reply.headers.get('etag')).toBe(`"${secretId}.1"`)
    expect(reply.headers.get('access-control-allow-origin')).toBe('https://none.invalid')
    await expect.poll(() => instance.output().at(-1)).toContain(`"source":"${source}"`)
  }
  expect(instance.output().filter(line => line.includes(version))).toHaveLength(1)
  expect(scaleway.log.entries).toHaveLength(1)
  expect(instance.output().join()).not.toContain(JSON.parse(payload).SECRET_KEY)
})

test('the built function answers 304 and HEAD without a body', async () => {
  const { ask, publish, secretId } = await host()
  publish()
  const unchanged = await ask({ headers: { 'if-none-match': `"${secretId}.1"` } })
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
    (await ask({ path: '/a/b' })).status,
    (await ask({ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
  ]
  expect(statuses).toEqual([403, 403, 404, 404, 405])
})

test('the built function gives each of several keys by its name, and from the second time on from memory', async () => {
  const { ask, publishFor, callers, scaleway } = await host({ keys: { billing: ['app'], mailer: ['app'] } })
  const published = { '/billing': publishFor('billing').payload, '/mailer': publishFor('mailer').payload }
  for (const [path, payload] of [...Object.entries(published), ...Object.entries(published)]) {
    const reply = await ask({ path, as: callers.operator })
    expect([reply.headers.get('x-key-name'), await reply.text()]).toEqual([path.slice(1), payload])
  }
  expect(scaleway.log.entries).toHaveLength(2)
  expect(await (await ask()).json()).toMatchObject({ error: 'key-not-named', keys: ['billing', 'mailer'] })
})

test('the built function loads without any setting, logs its version, and its answer names the missing one', async () => {
  const instance = await startFunction({ zip: bundle.zip, env: {} })
  onTestFinished(() => instance.stop())
  const reply = await fetch(instance.url)
  expect(reply.status).toBe(500)
  expect(await reply.json()).toMatchObject({
    error: 'misconfigured',
    message: expect.stringContaining('READER_SECRET_KEY'),
  })
  await expect.poll(() => instance.output().at(0)).toContain(`"version":"${version}","msg":"started"`)
})
