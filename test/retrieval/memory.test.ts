import { expect, test } from 'vitest'
import { deploy } from './deployment.ts'

const noCache = { headers: { 'Cache-Control': 'no-cache' } }

test('a miss makes one call to Scaleway, and a request within the cache time none', async () => {
  const { ask, clock, publish, scaleway, log } = await deploy()
  const { payload } = publish()
  await ask()
  clock.advance({ seconds: 59 })
  expect(await ask()).toMatchObject({ statusCode: 200, body: payload })
  expect(scaleway.log.entries.map(({ operation }) => operation)).toEqual(['secrets.accessVersion'])
  expect(log().map(({ source }) => source)).toEqual(['upstream', 'memory'])
})

test('a newer key is given as soon as the cache time has passed', async () => {
  const { ask, clock, publish } = await deploy()
  publish()
  await ask()
  const { payload } = publish()
  clock.advance({ seconds: 60 })
  expect(await ask()).toMatchObject({ body: payload, headers: { 'X-Key-Revision': '2' } })
})

test('without a cache time every request calls Scaleway', async () => {
  const { ask, publish } = await deploy({ env: { CACHE_SECONDS: '0' } })
  publish()
  await ask()
  const { payload } = publish()
  expect(await ask()).toMatchObject({ body: payload })
})

test.each(['no-cache', 'NO-CACHE', 'max-age=0, No-Cache', 'no-store ,no-cache'])(
  'a request with Cache-Control: %s gets the newest key, and so does the next one',
  async directives => {
    const { ask, publish } = await deploy()
    publish()
    await ask()
    const { payload } = publish()
    expect(await ask({ headers: { 'cache-control': directives } })).toMatchObject({ body: payload })
    expect(await ask()).toMatchObject({ body: payload })
  },
)

test.each(['no-store', 'max-age=0', 'x-no-cache', 'no-cached'])(
  'a request with Cache-Control: %s is answered from memory',
  async directives => {
    const { ask, publish } = await deploy()
    const { payload } = publish()
    await ask()
    publish()
    expect(await ask({ headers: { 'cache-control': directives } })).toMatchObject({ body: payload })
  },
)

test('misses at the same time make one call to Scaleway, and all get the key', async () => {
  const { ask, publish, scaleway } = await deploy()
  const { payload } = publish()
  const answers = await Promise.all([ask(), ask(), ask(), ask()])
  expect(answers.map(({ body }) => body)).toEqual([payload, payload, payload, payload])
  expect(scaleway.log.entries).toHaveLength(1)
})

const transient = [
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500 },
  { kind: 'rate-limited' },
  { kind: 'lost-before' },
  { kind: 'lost-after' },
  { kind: 'hang' },
  { kind: 'slow', bytesPerSecond: 1 },
] as const

test.each(transient)('a stale value is given, with a warning, when Scaleway shows %j', async fault => {
  const { ask, clock, publish, scaleway, log } = await deploy()
  const { payload } = publish()
  await ask()
  clock.advance({ seconds: 360 })
  scaleway.faults.add({ times: 9, fault })
  const answer = await ask()
  expect(answer).toMatchObject({ statusCode: 200, body: payload })
  expect(answer.headers).toMatchObject({ Warning: '110 - "Response is Stale"', 'X-Key-Revision': '1' })
  expect(log().at(-1)).toMatchObject({
    level: 40,
    source: 'stale',
    revision: 1,
    code: expect.stringMatching(/^upstream-/),
  })
})

test('a value that is older than cache and stale time together is not given', async () => {
  const { ask, clock, publish, scaleway } = await deploy()
  publish()
  await ask()
  clock.advance({ seconds: 360, milliseconds: 1 })
  scaleway.faults.add({ times: 9, fault: { kind: 'status', status: 503 } })
  expect(await ask()).toMatchObject({ statusCode: 502 })
})

test('giving a stale value does not make it younger', async () => {
  const { ask, clock, publish, scaleway } = await deploy()
  publish()
  await ask()
  scaleway.faults.add({ times: 9, fault: { kind: 'status', status: 503 } })
  clock.advance({ seconds: 200 })
  expect(await ask()).toMatchObject({ statusCode: 200 })
  clock.advance({ seconds: 161 })
  expect(await ask()).toMatchObject({ statusCode: 502 })
})

test('a stale answer to a caller that holds the revision is 304 with the warning', async () => {
  const { ask, clock, publish, scaleway, secretId } = await deploy()
  publish()
  await ask()
  clock.advance({ seconds: 100 })
  scaleway.faults.add({ times: 9, fault: { kind: 'rate-limited' } })
  const { statusCode, headers } = await ask({ headers: { 'If-None-Match': `"${secretId}.1"` } })
  expect({ statusCode, warning: headers.Warning }).toEqual({ statusCode: 304, warning: '110 - "Response is Stale"' })
})

test('a request that bypasses memory gets the value in memory, marked stale, when Scaleway is down', async () => {
  const { ask, publish, scaleway } = await deploy()
  const { payload } = publish()
  await ask()
  scaleway.faults.add({ times: 9, fault: { kind: 'status', status: 502 } })
  const answer = await ask(noCache)
  expect(answer).toMatchObject({ statusCode: 200, body: payload })
  expect(answer.headers).toHaveProperty('Warning')
})

const definitive = [
  { fault: { kind: 'unauthorized' }, status: 502 },
  { fault: { kind: 'forbidden' }, status: 502 },
  { fault: { kind: 'not-found' }, status: 404 },
] as const

test.each(definitive)('after a definitive $fault.kind no value is given from memory', async ({ fault, status }) => {
  const { ask, publish, scaleway } = await deploy()
  publish()
  await ask()
  scaleway.faults.add({ fault })
  expect(await ask(noCache)).toMatchObject({ statusCode: status })
  scaleway.faults.add({ times: 9, fault: { kind: 'status', status: 503 } })
  expect(await ask()).toMatchObject({ statusCode: 502 })
})

test('after a payload that is no key the key before it is not given from memory', async () => {
  const { ask, publish, scaleway } = await deploy()
  publish()
  await ask()
  publish('{"something":"else"}')
  expect(await ask(noCache)).toMatchObject({ statusCode: 502 })
  scaleway.faults.add({ times: 9, fault: { kind: 'status', status: 503 } })
  expect(await ask()).toMatchObject({ statusCode: 502 })
})
