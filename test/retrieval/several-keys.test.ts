import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fetchableBy } from '../../functions/retrieval/entitlement.ts'
import { deploy } from './deployment.ts'

const names = ['billing', 'mailer', 'archive'] as const

/** `archive` has no consumer: an operator and a monitor are none, and `nobody` is no caller at all. */
const keys = {
  billing: ['billing-api', 'both', 'uptime'],
  mailer: ['mailer-api', 'both'],
  archive: ['operator', 'uptime', 'nobody'],
}

const noCache = { 'Cache-Control': 'no-cache' }

/** A deployment whose keys have one revision each; how many calls to Scaleway there were for each. */
async function deployAll() {
  const deployment = await deploy({ keys, others: ['idle'], env: { CALLER_NOBODY: '' } })
  const { ask, scaleway, secretIdOf, publishFor } = deployment
  const payloads = Object.fromEntries(names.map(name => [name, publishFor(name).payload]))
  const callsFor = (name: string) => scaleway.log.entries.filter(({ path }) => path.includes(secretIdOf(name))).length
  const askEach = (headers = {}) => Promise.all(names.map(name => ask({ by: 'operator', path: `/${name}`, headers })))
  return { ...deployment, payloads, askEach, calls: () => names.map(callsFor) }
}

function bodyOf({ body }: { readonly body: string }): Record<string, unknown> {
  return JSON.parse(body)
}

describe('who may fetch what', () => {
  test.each([
    { by: 'operator', may: ['archive', 'billing', 'mailer'] },
    { by: 'billing-api', may: ['billing'] },
    { by: 'mailer-api', may: ['mailer'] },
    { by: 'both', may: ['billing', 'mailer'] },
    { by: 'idle', may: [] },
  ])('$by gets exactly $may by their names, and is told these names for any other', async ({ by, may }) => {
    const { ask, payloads, secretIdOf } = await deployAll()
    for (const name of names) {
      const answer = await ask({ by, path: `/${name}` })
      if (may.some(own => own === name)) {
        expect(answer).toMatchObject({ statusCode: 200, body: payloads[name] })
        expect(answer.headers).toMatchObject({ 'X-Key-Name': name, ETag: `"${secretIdOf(name)}.1"` })
      } else {
        expect(answer.statusCode).toBe(404)
        expect(bodyOf(answer)).toMatchObject({ error: 'key-not-named', keys: may })
      }
    }
  })

  test.each(['uptime', 'nobody'])('%s gets no key although keys name it, nor the names', async by => {
    const { ask, calls } = await deployAll()
    for (const path of ['/', '/other', ...names.map(name => `/${name}`)]) {
      const answer = await ask({ by, path })
      expect(answer.statusCode).toBe(403)
      expect(Object.keys(bodyOf(answer))).toEqual(['error', 'message', 'request_id'])
    }
    expect(calls()).toEqual([0, 0, 0])
  })

  test.each(['monitor', 'cron'] as const)('a %s is entitled to nothing, whatever names a key has', role => {
    expect(fetchableBy({ role, name: 'uptime' }, [{ consumers: ['uptime'] }])).toEqual([])
  })

  test('names of consumers count in exactly their own letters', async () => {
    const { ask } = await deploy({ keys: { billing: ['App'], mailer: ['app-2'] }, others: ['app', 'pp'] })
    for (const by of ['app', 'pp']) expect(bodyOf(await ask({ by, path: '/billing' }))).toMatchObject({ keys: [] })
  })
})

describe('a key that was not named', () => {
  test.each([
    { by: 'billing-api', paths: ['/mailer', '/archive', '/other', '/nobody'] },
    { by: 'both', paths: ['/', '/archive', '/other'] },
    { by: 'idle', paths: ['/', '/billing', '/other'] },
    { by: 'operator', paths: ['/', '/other'] },
  ])('is one answer to $by for all of $paths, so that no name can be probed', async ({ by, paths }) => {
    const { ask, calls, log } = await deployAll()
    const headers = { 'X-Request-Id': 'the-same-id' }
    const answers = await Promise.all(paths.map(path => ask({ by, path, headers })))
    expect(answers).toEqual(paths.map(() => answers[0]))
    expect(answers[0]?.statusCode).toBe(404)
    expect(calls()).toEqual([0, 0, 0])
    expect(new Set(log().map(({ time, ...fields }) => JSON.stringify(fields))).size).toBe(1)
    expect(log()[0]).toMatchObject({ level: 40, caller_name: by, code: 'key-not-named', status: 404 })
  })

  test('is answered with what to do and with the names in alphabetical order', async () => {
    const { ask } = await deployAll()
    expect(bodyOf(await ask({ by: 'operator' }))).toMatchObject({
      message: expect.stringContaining('GET /name with one of keys'),
      keys: ['archive', 'billing', 'mailer'],
    })
  })

  test('is not told from any other by HEAD either', async () => {
    const { ask } = await deployAll()
    for (const path of ['/mailer', '/other'])
      expect(await ask({ by: 'billing-api', path, method: 'HEAD' })).toMatchObject({ statusCode: 404, body: '' })
  })
})

describe('at /', () => {
  test.each(['billing', 'mailer'])('the only key that a consumer may fetch is given: %s', async name => {
    const { ask, payloads, log } = await deployAll()
    const answer = await ask({ by: `${name}-api` })
    expect(answer).toMatchObject({ statusCode: 200, body: payloads[name], headers: { 'X-Key-Name': name } })
    expect(log()).toMatchObject([{ key: name, caller_name: `${name}-api`, revision: 1 }])
  })

  test('the only key of the deployment is given to whoever may fetch it, and by its name as well', async () => {
    const { ask, publish } = await deploy({ keys: { billing: ['app'] } })
    const { payload } = publish()
    for (const by of ['operator', 'app'])
      for (const path of ['/', '/billing'])
        expect(await ask({ by, path })).toMatchObject({ statusCode: 200, body: payload })
  })
})

describe('one key and another', () => {
  test('with the same revision are told apart by their tags', async () => {
    const { ask, askEach, payloads, secretIdOf } = await deployAll()
    const [billing] = await askEach()
    const held = { 'If-None-Match': billing?.headers.ETag ?? '' }
    expect((await ask({ by: 'both', path: '/billing', headers: held })).statusCode).toBe(304)
    expect(await ask({ by: 'both', path: '/mailer', headers: held })).toMatchObject({ body: payloads.mailer })
    const both = { 'If-None-Match': `"${secretIdOf('archive')}.1", "${secretIdOf('mailer')}.1"` }
    expect((await ask({ by: 'both', path: '/mailer', headers: both })).statusCode).toBe(304)
    expect((await ask({ by: 'both', path: '/billing', headers: both })).statusCode).toBe(200)
  })

  test('are remembered each for itself', async () => {
    const { askEach, calls, clock, payloads, publishFor } = await deployAll()
    for (let round = 0; round < 3; round++) expect(bodies(await askEach())).toEqual(names.map(name => payloads[name]))
    expect(calls()).toEqual([1, 1, 1])
    clock.advance({ seconds: 60 })
    const { payload } = publishFor('mailer')
    expect(bodies(await askEach())).toEqual([payloads.billing, payload, payloads.archive])
    expect(calls()).toEqual([2, 2, 2])
  })

  test('do not cost each other a call: no-cache on one asks for that one alone', async () => {
    const { ask, askEach, calls } = await deployAll()
    await askEach()
    for (let round = 0; round < 3; round++) await ask({ by: 'both', path: '/mailer', headers: noCache })
    await askEach()
    expect(calls()).toEqual([1, 4, 1])
  })

  test('do not share a call when they are requested at the same time', async () => {
    const { askEach, calls, payloads } = await deployAll()
    const answers = (await Promise.all([askEach(), askEach(), askEach()])).map(bodies)
    const expected = names.map(name => payloads[name])
    expect(answers).toEqual([expected, expected, expected])
    expect(calls()).toEqual([1, 1, 1])
  })
})

describe('while one key fails', () => {
  test('because its secret is deleted, the others are given as before', async () => {
    const { askEach, log, payloads, scaleway, secretIdOf } = await deployAll()
    await askEach()
    scaleway.secrets.deleteSecret(secretIdOf('mailer'))
    const [billing, mailer, archive] = await askEach(noCache)
    expect(mailer).toMatchObject({ statusCode: 404, body: expect.stringContaining('no-key-yet') })
    expect(bodies([billing, archive])).toEqual([payloads.billing, payloads.archive])
    expect(bodies(await askEach())).toEqual([payloads.billing, expect.stringContaining('no-key-yet'), payloads.archive])
    expect(log().filter(({ code }) => code === 'no-key-yet')).toMatchObject([{ key: 'mailer' }, { key: 'mailer' }])
  })

  test('because Scaleway is down for it, it is stale and then refused, and the others are fresh', async () => {
    const { askEach, clock, log, payloads, publishFor, scaleway, secretIdOf } = await deployAll()
    await askEach()
    const match = ({ path }: { readonly path: string }) => path.includes(secretIdOf('mailer'))
    scaleway.faults.add({ times: 99, match, fault: { kind: 'status', status: 503 } })
    clock.advance({ seconds: 60 })
    const { payload } = publishFor('billing')
    const answers = await askEach()
    expect(bodies(answers)).toEqual([payload, payloads.mailer, payloads.archive])
    expect(answers.map(({ headers }) => 'Warning' in headers)).toEqual([false, true, false])
    expect(log().filter(({ source }) => source === 'stale')).toMatchObject([{ key: 'mailer', code: 'upstream-error' }])
    clock.advance({ seconds: 301 })
    expect((await askEach()).map(({ statusCode }) => statusCode)).toEqual([200, 502, 200])
    expect(log().filter(({ level }) => level === 50)).toMatchObject([{ key: 'mailer', code: 'upstream-error' }])
  })

  test('because a version holds no key, the refusal empties the memory of that one alone', async () => {
    const { askEach, payloads, publish, scaleway } = await deployAll()
    await askEach()
    publish('{"something":"else"}', 'mailer')
    expect((await askEach(noCache)).map(({ statusCode }) => statusCode)).toEqual([200, 502, 200])
    scaleway.faults.add({ times: 99, fault: { kind: 'status', status: 503 } })
    const [billing, mailer, archive] = await askEach(noCache)
    expect(bodies([billing, archive])).toEqual([payloads.billing, payloads.archive])
    expect(mailer?.statusCode).toBe(502)
  })
})

test.each(['constructor', 'prototype', '__proto__'])(
  'a key called %s is refused with the name of its variable, for every request',
  async name => {
    const reserved = { name, region: 'fr-par', secret_id: randomUUID(), consumers: [] }
    const { ask, log } = await deploy({ env: { KEY_RESERVED: JSON.stringify(reserved) } })
    const answer = await ask()
    expect({ statusCode: answer.statusCode, ...bodyOf(answer) }).toMatchObject({
      statusCode: 500,
      error: 'misconfigured',
      message: expect.stringContaining('KEY_RESERVED must be a JSON object whose name is'),
    })
    expect(log()).toMatchObject([{ code: 'misconfigured', variable: 'KEY_RESERVED' }])
  },
)

test('without any key every request is answered that one must be there', async () => {
  const { ask, log } = await deploy({ env: { KEY_DEFAULT: '' } })
  const answer = await ask()
  expect(answer.statusCode).toBe(500)
  expect(bodyOf(answer)).toMatchObject({ error: 'misconfigured', message: expect.stringContaining('KEY_<NAME>') })
  expect(log()).toMatchObject([{ code: 'misconfigured', variable: 'KEY_<NAME>' }])
})

test.each(['name', 'secret_id'] as const)(
  'two keys with the same %s are refused, so that none is given for another',
  async field => {
    const billing = { name: 'billing', region: 'fr-par', secret_id: randomUUID(), consumers: ['app'] }
    const mailer = { ...billing, name: 'mailer', secret_id: randomUUID(), [field]: billing[field] }
    const { ask } = await deploy({ env: { KEY_BILLING: JSON.stringify(billing), KEY_MAILER: JSON.stringify(mailer) } })
    expect(bodyOf(await ask())).toMatchObject({
      error: 'misconfigured',
      message: expect.stringMatching(/KEY_(BILLING|MAILER) must be a key with a name and a secret of its own/),
    })
  },
)

function bodies(answers: readonly ({ readonly body: string } | undefined)[]): (string | undefined)[] {
  return answers.map(answer => answer?.body)
}
