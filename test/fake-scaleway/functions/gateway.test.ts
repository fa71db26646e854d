import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createScaleway, type Readings, SimulatedClock } from '../index.ts'
import { type FunctionProcess, startFunction } from './function-process.ts'
import { type GatewayOptions, startGateway } from './gateway.ts'
import type { CallAuthority } from './privacy.ts'
import { zipHandler } from './zip-handler.ts'

const everybody: CallAuthority = { authorize: () => 'allowed' }

/** Answers with its own request; `/slow` never ends, `/end` ends its process, `/count` counts the requests inside. */
const handler = `
let inside = 0, most = 0
export async function handle(event) {
  if (event.path === '/slow') await new Promise(() => {})
  if (event.path === '/end') process.exit(1)
  if (event.path === '/count') {
    most = Math.max(most, ++inside)
    await new Promise(resolve => setTimeout(resolve, 20))
    inside -= 1
    return { body: String(most) }
  }
  return { statusCode: 207, headers: { 'X-Answered-By': 'function' }, body: event }
}`

const eventForm = v.object({ headers: v.record(v.string(), v.string()), body: v.string() })

/** The event that the function was called with. */
async function echoed(response: Response) {
  return v.parse(eventForm, await response.json())
}

describe('a gateway', () => {
  let echo: FunctionProcess
  beforeAll(async () => {
    echo = await startFunction({ zip: zipHandler(handler), env: {} })
  })
  afterAll(() => echo.stop())

  async function gateway(options: Partial<GatewayOptions> = {}) {
    const opened = await startGateway({
      functionUrl: echo.url,
      privacy: 'private',
      authority: everybody,
      projectId: 'a project',
      timeoutSeconds: 10,
      maxScale: 20,
      ...options,
    })
    onTestFinished(opened.close)
    return opened
  }

  const token = { 'X-Auth-Token': 'a token' }

  test('passes method, path, query, headers and body on, and the answer back', async () => {
    const { url } = await gateway()
    const headers = { ...token, 'content-type': 'text/csv', 'x-own-header': 'kept' }
    const response = await fetch(`${url}/a//b?one=1&two=2&two=3`, { method: 'PUT', headers, body: 'a;b' })
    expect(response.status).toBe(207)
    expect(response.headers.get('x-answered-by')).toBe('function')
    expect(await response.json()).toMatchObject({
      httpMethod: 'PUT',
      path: '/a//b',
      queryStringParameters: { one: '1', two: '3' },
      headers: { 'Content-Type': 'text/csv', 'X-Own-Header': 'kept', 'X-Auth-Token': 'a token' },
      body: 'a;b',
    })
  })

  test('adds the headers that the platform adds, and no caller can forge them', async () => {
    const { url } = await gateway()
    const forged = { 'X-Forwarded-For': '10.0.0.1', 'X-Request-Id': 'forged', 'X-Envoy-External-Address': '10.0.0.1' }
    const { headers } = await echoed(await fetch(url, { headers: { ...token, ...forged } }))
    expect(headers).toMatchObject({
      'X-Forwarded-For': '10.0.0.1, 127.0.0.1',
      'X-Forwarded-Proto': 'http',
      'X-Request-Id': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
      'X-Envoy-External-Address': '127.0.0.1',
      'K-Proxy-Request': 'activator',
    })
    expect(Object.keys(headers).filter(name => name === name.toLowerCase())).toEqual([])
  })

  test.each(['/favicon.ico', '/robots.txt?a'])('never lets %s reach the function', async path => {
    const { url } = await gateway()
    expect((await fetch(url + path, { headers: token })).status).toBe(404)
  })

  test('answers a HEAD without a body', async () => {
    const { url } = await gateway()
    const response = await fetch(url, { method: 'HEAD', headers: token })
    expect([response.status, await response.text()]).toEqual([207, ''])
  })

  test('passes a payload of 6 MiB on and answers 413 to one byte more', async () => {
    const { url } = await gateway()
    const headers = { ...token, 'Content-Type': 'application/json' }
    const send = (sizeBytes: number) =>
      fetch(url, { method: 'POST', headers, body: new Uint8Array(sizeBytes).fill(97) })
    const limitBytes = 6 * 1024 * 1024
    const largest = await send(limitBytes)
    expect(largest.status).toBe(207)
    expect((await echoed(largest)).body).toHaveLength(limitBytes)
    expect((await send(limitBytes + 1)).status).toBe(413)
  })

  test('answers 504 when the function exceeds its timeout', async () => {
    const { url } = await gateway({ timeoutSeconds: 0.1 })
    const response = await fetch(`${url}/slow`, { headers: token })
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('timeout') })
  })

  test('answers 503 when the process of the function ends, and from then on', async () => {
    const mortal = await startFunction({ zip: zipHandler(handler), env: {} })
    onTestFinished(mortal.stop)
    const { url } = await gateway({ functionUrl: mortal.url })
    expect((await fetch(`${url}/end`, { headers: token })).status).toBe(503)
    expect(await mortal.exited).toEqual({ code: 1, signal: null })
    expect((await fetch(url, { headers: token })).status).toBe(503)
  })

  test('passes as many requests at once as max_scale allows, and serves all of them', async () => {
    const together = async (maxScale: number) => {
      const counting = await startFunction({ zip: zipHandler(handler), env: {} })
      onTestFinished(counting.stop)
      const { url } = await gateway({ functionUrl: counting.url, maxScale })
      const answers = await Promise.all(Array.from({ length: 6 }, () => fetch(`${url}/count`, { headers: token })))
      return Math.max(...(await Promise.all(answers.map(async answer => Number(await answer.text())))))
    }
    expect(await together(1)).toBe(1)
    expect(await together(20)).toBeGreaterThan(1)
  })

  test.each<[Readings['parallelRequests'], number]>([
    ['queued', 207],
    ['refused-429', 429],
    ['refused-503', 503],
  ])('parallel requests beyond max_scale are %s', async (parallelRequests, status) => {
    const { state } = createScaleway({ readings: { parallelRequests } })
    const { url, call } = await gateway({ maxScale: 1, state })
    const inside = new AbortController()
    const first = call({ method: 'GET', path: '/slow', body: new Uint8Array() }, inside.signal)
    const others = Array.from({ length: 3 }, () => fetch(url, { headers: token }))
    const refused = parallelRequests === 'queued' ? [] : await Promise.all(others)
    inside.abort()
    await first
    const statuses = (await Promise.all([...others, ...refused])).map(other => other.status)
    expect(new Set(statuses)).toEqual(new Set([status]))
    expect((await fetch(url, { headers: token })).status, 'when it is free again').toBe(207)
  })

  test.each<[Readings['coldStart'], number]>([
    ['1-s', 0],
    ['20-s', 20_000],
    ['60-s', 60_000],
  ])('the first call waits for a cold start of %s, and so do those that come meanwhile', async (coldStart, waited) => {
    const clock = new SimulatedClock()
    const { state } = createScaleway({ clock, readings: { coldStart } })
    const waits: number[] = []
    const sleep = async (milliseconds: number) => {
      waits.push(milliseconds)
      clock.advance({ milliseconds })
    }
    const { url, replace } = await gateway({ state, sleep })
    const call = async () => expect((await fetch(url, { headers: token })).status).toBe(207)
    const coldStarts = (times: number) => (waited === 0 ? [] : Array.from({ length: times }, () => waited))
    await Promise.all([call(), call(), call()])
    expect(waits, 'together').toEqual(coldStarts(1))
    clock.advance({ minutes: 14 })
    await call()
    expect(waits, 'still warm').toEqual(coldStarts(1))
    clock.advance({ minutes: 15 })
    await call()
    expect(waits, 'removed after 15 minutes').toEqual(coldStarts(2))
    await replace({})
    await call()
    expect(waits, 'deployed again').toEqual(coldStarts(3))
  })

  test('a port that is taken is refused with EADDRINUSE', async () => {
    const { port } = await gateway()
    await expect(gateway({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  })

  test('a caller that hangs up in the middle of its body does not stop the gateway', async () => {
    const { url } = await gateway()
    const hangUp = new AbortController()
    const body = new ReadableStream({ start: stream => stream.enqueue(new Uint8Array(1)) })
    const call = fetch(url, { method: 'POST', headers: token, body, duplex: 'half', signal: hangUp.signal })
    await fetch(url, { headers: token })
    hangUp.abort()
    await expect(call).rejects.toThrow()
    expect((await fetch(url, { headers: token })).status).toBe(207)
  })
})
