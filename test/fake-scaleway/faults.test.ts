import { afterEach, describe, expect, test } from 'vitest'
import { createScaleway, type FakeScaleway, type Fault, SimulatedClock, serve } from './index.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Adapter = 'in process' | 'over HTTP'

/** One application, and a call that creates a key for it; `keys()` shows how many were created. */
async function setUp(adapter: Adapter, fault?: Fault) {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock, seed: 3 })
  const applicationId = scaleway.iam.createApplication({ name: 'bearer' }).id
  const { fetch: send, url } = await connect(adapter, scaleway)
  if (fault) scaleway.faults.add({ fault })
  const create = (init: RequestInit = {}) =>
    send(`${url}/iam/v1alpha1/api-keys`, {
      method: 'POST',
      headers: { 'X-Auth-Token': scaleway.owner.secretKey },
      body: JSON.stringify({ application_id: applicationId }),
      ...init,
    })
  const list = () => send(`${url}/iam/v1alpha1/api-keys`, { headers: { 'X-Auth-Token': scaleway.owner.secretKey } })
  return { scaleway, clock, create, list, keys: () => scaleway.iam.apiKeys(applicationId).length }
}

async function connect(adapter: Adapter, scaleway: FakeScaleway) {
  if (adapter === 'in process') return { fetch: scaleway.fetch, url: 'http://scaleway.test' }
  const { url, close } = await serve(scaleway)
  closing.push(close)
  return { fetch, url }
}

const BROKEN = { name: 'TypeError', message: 'fetch failed', cause: { code: 'UND_ERR_SOCKET' } }

describe.each<Adapter>(['in process', 'over HTTP'])('%s', adapter => {
  test.each([
    ['lost-before', 0],
    ['lost-after', 1],
  ] as const)('%s breaks the connection with %i key made, and the next call works', async (kind, made) => {
    const { create, keys } = await setUp(adapter, { kind })
    await expect(create()).rejects.toMatchObject(BROKEN)
    expect(keys()).toBe(made)
    expect((await create()).status).toBe(200)
  })

  test('a rate limit is a 429 with an empty body, no content type and the header of the gateway', async () => {
    const { create, keys } = await setUp(adapter, { kind: 'rate-limited' })
    const answer = await create()
    expect(answer.status).toBe(429)
    expect(answer.headers.get('content-type')).toBeNull()
    expect(answer.headers.get('x-envoy-ratelimited')).toBe('true')
    expect(await answer.text()).toBe('')
    expect(keys()).toBe(0)
  })

  test.each([
    [500, false],
    [502, true],
    [503, false],
    [504, true],
  ] as const)('a status %i is an HTML page, with the work done: %s', async (status, done) => {
    const { create, keys } = await setUp(adapter, { kind: 'status', status, done })
    const answer = await create()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html'])
    expect(await answer.text()).toContain('<html>')
    expect(keys()).toBe(done ? 1 : 0)
  })

  test.each<[Fault, number, object]>([
    [{ kind: 'forbidden' }, 403, { type: 'permissions_denied', details: [{ action: 'create', resource: 'api_key' }] }],
    [{ kind: 'not-found' }, 404, { type: 'not_found', resource: 'api_key', resource_id: 'api-keys' }],
    [{ kind: 'unauthorized' }, 401, { type: 'denied_authentication', reason: 'not_found' }],
    [{ kind: 'json', status: 409, body: { type: 'transient_state' } }, 409, { type: 'transient_state' }],
  ])('%j answers in JSON without doing the work', async (fault, status, body) => {
    const { create, keys } = await setUp(adapter, fault)
    const answer = await create()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json'])
    expect(await answer.json()).toMatchObject(body)
    expect(keys()).toBe(0)
  })

  test.each([
    ['html', 'text/html; charset=utf-8', /^<!DOCTYPE html>/],
    ['truncated-json', 'application/json', /^\{"access_key":"SCW[^}]*$/],
    ['wrong-types', 'application/json', /^\{"access_key":42,.*"editable":42/],
    ['missing-fields', 'application/json', /^\{\}$/],
    ['wrong-content-type', 'text/plain; charset=utf-8', /^\{.*\}$/],
  ] as const)('a malformed answer (%s) is a 200 after the work was done', async (how, type, body) => {
    const { create, keys } = await setUp(adapter, { kind: 'malformed', how })
    const answer = await create()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
    expect(await answer.text()).toMatch(body)
    expect(keys()).toBe(1)
  })

  test('an endless answer continues for as long as the caller reads', async () => {
    const { create } = await setUp(adapter, { kind: 'malformed', how: 'endless' })
    const reader = (await create()).body?.getReader()
    let bytes = 0
    while (bytes < 1_000_000) bytes += (await reader?.read())?.value?.length ?? Number.NaN
    expect(bytes).toBeGreaterThanOrEqual(1_000_000)
    await reader?.cancel()
  })

  test('a slow answer arrives whole', async () => {
    const { list, scaleway } = await setUp(adapter)
    const whole = await (await list()).text()
    scaleway.faults.add({ fault: { kind: 'slow', bytesPerSecond: 4000 } })
    expect(await (await list()).text()).toBe(whole)
  })

  test.each([
    [false, 0],
    [true, 1],
  ])('a call that hangs ends only when its caller aborts it, with the work done: %s', async (done, made) => {
    const { create, keys, scaleway } = await setUp(adapter, { kind: 'hang', done })
    const abort = new AbortController()
    const hanging = create({ signal: abort.signal })
    await expect.poll(() => scaleway.log.entries.length).toBe(1)
    abort.abort()
    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' })
    expect(keys()).toBe(made)
  })

  test.each([
    ['kill-before', 0],
    ['kill-after', 1],
  ] as const)('%s calls the hook, with %i key made, and gives no answer', async (kind, made) => {
    const { create, keys, scaleway } = await setUp(adapter, { kind })
    const kills: unknown[] = []
    const killed = new Promise<void>(resolve => {
      scaleway.faults.onKill = kill => resolve(void kills.push(kill))
    })
    let settled = false
    create()
      .catch(() => {})
      .finally(() => {
        settled = true
      })
    await killed
    await new Promise(setImmediate)
    expect(kills).toEqual([{ kind, operation: 'iam.createApiKey' }])
    expect([keys(), settled]).toEqual([made, false])
  })

  test('a fault is logged together with what was really done', async () => {
    const { create, scaleway } = await setUp(adapter, { kind: 'lost-after' })
    await expect(create()).rejects.toThrow()
    scaleway.faults.add({ fault: { kind: 'lost-before' } })
    await expect(create()).rejects.toThrow()
    expect(scaleway.log.entries.map(({ status, fault }) => [status, fault])).toEqual([
      [200, 'lost-after'],
      [undefined, 'lost-before'],
    ])
  })
})

test('in process not even an abort ends the call of a killed caller', async () => {
  const { create, scaleway } = await setUp('in process', { kind: 'kill-after' })
  const abort = new AbortController()
  let settled = false
  const settle = () => {
    settled = true
  }
  const killed = new Promise<void>(resolve => {
    scaleway.faults.onKill = () => resolve()
  })
  create({ signal: abort.signal }).then(settle, settle)
  await killed
  await new Promise(setImmediate)
  abort.abort()
  await new Promise(setImmediate)
  expect(settled).toBe(false)
})

test('in process a delay advances the simulated clock instead of waiting', async () => {
  const { create, clock } = await setUp('in process', { kind: 'delay', milliseconds: 90_000 })
  const before = clock.now().getTime()
  await create()
  expect(clock.now().getTime() - before).toBe(90_000)
})

test('every piece of a slow answer is delayed', async () => {
  const waits: (() => void)[] = []
  const scaleway = createScaleway({ sleep: () => new Promise(end => void waits.push(end)) })
  scaleway.faults.add({ fault: { kind: 'slow', bytesPerSecond: 1000 } })
  const reader = (await scaleway.fetch('http://x/metadata')).body?.getReader()
  const first = reader?.read()
  let arrived = false
  first?.then(() => {
    arrived = true
  })
  await expect.poll(() => waits.length).toBe(1)
  await new Promise(setImmediate)
  expect(arrived).toBe(false)
  waits[0]?.()
  expect((await first)?.value).toHaveLength(50)
})

test('the work of a delayed call is done at once, or late, even after its caller has hung up', async () => {
  const waits: { milliseconds: number; end: () => void }[] = []
  const sleep = (milliseconds: number) => new Promise<void>(end => void waits.push({ milliseconds, end }))
  const scaleway = createScaleway({ sleep })
  const applicationId = scaleway.iam.createApplication({ name: 'bearer' }).id
  const create = (signal: AbortSignal) =>
    scaleway.fetch('http://x/iam/v1alpha1/api-keys', {
      method: 'POST',
      headers: { 'X-Auth-Token': scaleway.owner.secretKey },
      body: JSON.stringify({ application_id: applicationId }),
      signal,
    })
  for (const [work, madeBefore] of [
    ['at-once', 1],
    ['late', 1],
  ] as const) {
    scaleway.faults.add({ fault: { kind: 'delay', milliseconds: 5000, work } })
    const abort = new AbortController()
    const delayed = create(abort.signal)
    await expect.poll(() => waits.length).toBe(1)
    abort.abort()
    await expect(delayed).rejects.toMatchObject({ name: 'AbortError' })
    expect(scaleway.iam.apiKeys(applicationId)).toHaveLength(madeBefore)
    expect(waits[0]?.milliseconds).toBe(5000)
    waits.shift()?.end()
  }
  await expect.poll(() => scaleway.iam.apiKeys(applicationId).length).toBe(2)
})

test('over HTTP a delay takes real time and does not advance the simulated clock', async () => {
  const { create, clock } = await setUp('over HTTP', { kind: 'delay', milliseconds: 20 })
  const before = clock.now().getTime()
  expect((await create()).status).toBe(200)
  expect(clock.now().getTime()).toBe(before)
})

test('a signal that was aborted before the call prevents the work', async () => {
  const { create, keys } = await setUp('in process')
  await expect(create({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  expect(keys()).toBe(0)
})

describe('which calls a fault hits', () => {
  async function statuses(world: Awaited<ReturnType<typeof setUp>>, calls: readonly ('create' | 'list')[]) {
    const found: number[] = []
    for (const call of calls) found.push((await world[call]()).status)
    return found
  }

  test('the nth matching call from now, once by default', async () => {
    const world = await setUp('in process')
    await world.create()
    world.scaleway.faults.add({ operation: 'iam.createApiKey', nth: 2, fault: { kind: 'forbidden' } })
    expect(await statuses(world, ['create', 'list', 'create', 'create'])).toEqual([200, 200, 403, 200])
  })

  test('as many calls as requested, by method or by a predicate', async () => {
    const world = await setUp('in process')
    world.scaleway.faults.add({ method: 'GET', times: 2, fault: { kind: 'rate-limited' } })
    expect(await statuses(world, ['create', 'list', 'list', 'list'])).toEqual([200, 429, 429, 200])
    const match = ({ path, request }: { path: string; request: { method: string } }) =>
      path.endsWith('/api-keys') && request.method === 'POST'
    const remove = world.scaleway.faults.add({ match, times: Number.POSITIVE_INFINITY, fault: { kind: 'forbidden' } })
    expect(await statuses(world, ['create', 'list', 'create'])).toEqual([403, 200, 403])
    remove()
    expect(await statuses(world, ['create'])).toEqual([200])
  })

  test('a share of the calls, the same ones with the same seed', async () => {
    const run = async () => {
      const world = await setUp('in process')
      world.scaleway.faults.add({ rate: 0.3, fault: { kind: 'forbidden' } })
      return statuses(
        world,
        Array.from({ length: 200 }, () => 'list'),
      )
    }
    const [one, two] = [await run(), await run()]
    expect(one).toEqual(two)
    const refused = one.filter(status => status === 403).length
    expect(refused).toBeGreaterThan(30)
    expect(refused).toBeLessThan(90)
  })

  test('of two faults that match, the older one wins and both count the call', async () => {
    const world = await setUp('in process')
    world.scaleway.faults.add({ fault: { kind: 'forbidden' } })
    world.scaleway.faults.add({ nth: 2, fault: { kind: 'rate-limited' } })
    expect(await statuses(world, ['list', 'list', 'list'])).toEqual([403, 429, 200])
  })

  test('a fault for an operation that does not exist is refused', async () => {
    const { scaleway } = await setUp('in process')
    const add = (operation: string) => scaleway.faults.add({ operation, fault: { kind: 'forbidden' } })
    expect(() => add('iam.createAPIKey')).toThrow('no operation iam.createAPIKey')
    expect(() => add('iam.createApiKey')).not.toThrow()
  })

  test('none after the faults were cleared', async () => {
    const world = await setUp('in process')
    world.scaleway.faults.add({ times: 5, fault: { kind: 'forbidden' } })
    world.scaleway.faults.clear()
    expect(await statuses(world, ['list'])).toEqual([200])
  })

  test('a fault does not change the ids of what is created', async () => {
    const plain = await setUp('in process')
    const faulted = await setUp('in process')
    faulted.scaleway.faults.add({ rate: 0.5, method: 'GET', fault: { kind: 'forbidden' } })
    for (const world of [plain, faulted]) await statuses(world, ['list', 'list', 'create'])
    expect(faulted.scaleway.iam.apiKeys()).toEqual(plain.scaleway.iam.apiKeys())
  })
})

test.each<Adapter>(['in process', 'over HTTP'])(
  '%s, the abort of its caller ends a body that trickles',
  async adapter => {
    const { create, keys } = await setUp(adapter, { kind: 'slow', bytesPerSecond: 0.001 })
    const abort = new AbortController()
    const answer = await create({ signal: abort.signal })
    const reading = answer.text()
    abort.abort()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(keys()).toBe(1)
  },
)
