import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { bothHeaders } from '../../../scripts/deployment/caller-headers.ts'
import { askStatus } from '../../../scripts/status/ask.ts'
import { printableJson } from '../../../scripts/status/printable.ts'
import { readStatus } from '../../../scripts/status/status.ts'
import { deploy } from '../../support/rotation.ts'
import { bodyOfSeveral, keyBody, statusBody } from './statuses.ts'

const at = (url: string) => ({ url, token: crypto.randomUUID(), callerHeaders: bothHeaders })

test('an answer of the current rotation function is parsed, in every state', async () => {
  const { rotation, clock } = deploy({ settings: { key_lifetime_days: 0 } })
  const read = async () => readStatus((await rotation.status()).body)
  expect(await read()).toMatchObject({ healthy: false, current: null })
  await rotation.post()
  clock.advance({ days: 30 })
  await rotation.post()
  expect(await read()).toMatchObject({ healthy: true, current: { revision: 2 }, previous: [{ revision: 1 }] })
  await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
  expect(await read()).toMatchObject({ current: { revision: 1 }, previous: [{ revision: 2, ends_after: null }] })
})

test('a function that is still starting is asked again until it answers', async () => {
  const url = await serve(count => (count === 1 ? { status: 503, body: 'starting' } : { status: 200 }))
  expect(await askStatus(at(url), { waitSeconds: 30 })).toMatchObject({ isHealthy: true })
})

test('a function that refuses a second call while it is at work is asked again', async () => {
  const url = await serve(count => (count === 1 ? { status: 429, body: 'busy' } : { status: 200 }))
  expect(await askStatus(at(url), { waitSeconds: 30 })).toMatchObject({ isHealthy: true })
})

test('HTTP 503 with a status is accepted as a status', async () => {
  const url = await serve(() => ({ status: 503, body: JSON.stringify(statusBody({ healthy: false })) }))
  expect(await askStatus(at(url), { waitSeconds: 30 })).toMatchObject({ isHealthy: false })
})

test('the status of several keys is accepted, and only healthy when all of them are', async () => {
  const keys = { billing: keyBody(), mailer: { healthy: false, error: 'upstream-timeout', message: 'late' } }
  const body = bodyOfSeveral(keys, { healthy: false, unhealthy: ['mailer'] })
  const asked = askStatus(at(await serve(() => ({ status: 503, body: JSON.stringify(body) }))), { waitSeconds: 30 })
  expect(await asked).toMatchObject({ isHealthy: false, body, status: { keys: { mailer: { healthy: false } } } })
})

test.each(['', '/', '/functions/rotation/'])(
  'a key is asked for by its name below the address, past what an instance remembers: at "%s"',
  async path => {
    const seen: string[] = []
    const url = await serve((_, { url: asked, headers }) => {
      seen.push(`${asked} ${headers['cache-control']}`)
      return { status: 200 }
    })
    await askStatus(at(`${url}${path}`), { key: 'billing', waitSeconds: 30 })
    await askStatus(at(`${url}${path}`), { waitSeconds: 30 })
    const base = path.replace(/\/$/, '')
    expect(seen).toEqual([`${base}/billing no-cache`, `${path || '/'} no-cache`])
  },
)

test('a key that the deployment does not have is said with those that it has', async () => {
  const answer = (keys?: unknown) => ({
    status: 404,
    body: JSON.stringify({ error: 'no-such-key', message: 'hunter2', request_id: 'r', keys }),
  })
  const asked = async (keys?: unknown) =>
    askStatus(at(await serve(() => answer(keys))), { key: 'biling', waitSeconds: 0 })
  const why = 'There is no key of this name (HTTP 404 no-such-key): '
  await expect(asked(['billing', 'mailer'])).rejects.toThrow(`${why}the names here are billing, mailer.`)
  await expect(asked(['\u001b[2J'])).rejects.toThrow(`${why}leave --key out to see which there are.`)
  await expect(asked()).rejects.toThrow(`${why}leave --key out to see which there are.`)
})

const leak = 'hunter2'
const refused = (error: string) => JSON.stringify({ error, message: leak, request_id: 'r' })

test.each([
  {
    status: 503,
    body: leak,
    why: /^The function is not running, or busy \(HTTP 503\): A revoke .* Wait longer with --wait/,
  },
  { status: 429, body: leak, why: /^The function is not running, or busy \(HTTP 429\)/ },
  { status: 403, body: leak, why: /^The function refused the key \(HTTP 403\): put the secret key/ },
  { status: 403, body: refused('unknown-caller'), why: /^The function refused the key \(HTTP 403 unknown-caller\)/ },
  { status: 403, body: refused('no-credential'), why: /^No key reaches the function .*: .* SEND_CALLER_KEY=true\.$/ },
  {
    status: 502,
    body: refused('upstream-refused'),
    why: /^The function could not determine its status \(HTTP 502 upstream-refused\): its log has the cause\.$/,
  },
  {
    status: 502,
    body: JSON.stringify({
      error: 'upstream-refused',
      message: `${leak} (list keys with status 412).`,
      request_id: 'r',
    }),
    why: /\(HTTP 502 upstream-refused, Scaleway answered 412\)/,
  },
  { status: 200, body: '{"healthy":true}', why: /^What answered at http:\S+ is not a status \(HTTP 200\)/ },
  { status: 200, body: leak, why: /is not a status/ },
  { status: 301, body: leak, why: /is not a status \(HTTP 301\)/ },
  { status: 404, body: refused(`${leak} `), why: /is not a status \(HTTP 404\)/ },
])('HTTP $status with $body gives one line that quotes nothing', async ({ why, ...answer }) => {
  const waitSeconds = answer.body === leak ? 0 : 600
  const asked = askStatus(at(await serve(() => answer)), { waitSeconds })
  await expect(asked).rejects.toThrow(why)
  await expect(asked).rejects.not.toThrow(/hunter2|\n/)
})

test('a function that never answers is given up after the wait', async () => {
  const asked = askStatus(at(await serve(() => undefined)), { waitSeconds: 0 })
  await expect(asked).rejects.toThrow(/^No answer from http:\S+ in time: A revoke .* Wait longer with --wait/)
})

test('a function that is silent for long is waited for, and what for is said once', async () => {
  const said: string[] = []
  const url = await serve(() => ({ status: 200 }), 300)
  const asked = askStatus(at(url), { waitSeconds: 240, say: sentence => said.push(sentence), sayAfterMs: 50 })
  expect(await asked).toMatchObject({ isHealthy: true })
  expect(said).toEqual([
    expect.stringMatching(/waiting for up to 240 s\. A revoke .* 80 to 220 s.* Ctrl-C does no harm/),
  ])
})

test('nothing is said of a function that answers soon', async () => {
  const said: string[] = []
  const url = await serve(() => ({ status: 200 }))
  await askStatus(at(url), { waitSeconds: 240, say: sentence => said.push(sentence) })
  expect(said).toEqual([])
})

test('an address where no server listens is reported at once', async () => {
  const url = `http://127.0.0.1:${await unusedPort()}`
  const asked = askStatus(at(url), { waitSeconds: 600 })
  await expect(asked).rejects.toThrow(`No server at ${url}: is the address right, and is it still running?`)
})

test('the printed JSON parses to the same value and cannot control a terminal', () => {
  const body = { message: 'a\u001b[2J\u009b31m\u007f\u202e\u2028\u{e0001} é – 🔑' }
  expect(JSON.parse(printableJson(body))).toEqual(body)
  expect(printableJson(body)).toBe('{"message":"a\\u001b[2J\\u009b31m\\u007f\\u202e\\u2028\\udb40\\udc01 é – 🔑"}')
})

/** Serves answers on loopback, by the number of the request; undefined leaves a request unanswered. */
async function serve(
  answer: (count: number, request: IncomingMessage) => { status: number; body?: string } | undefined,
  delayMs = 0,
): Promise<string> {
  let count = 0
  const server = createServer(async (request, response) => {
    count += 1
    await setTimeout(delayMs)
    const given = answer(count, request)
    if (given !== undefined) response.writeHead(given.status).end(given.body ?? JSON.stringify(statusBody()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = v.parse(v.object({ port: v.number() }), server.address())
  return `http://127.0.0.1:${port}`
}

/** A port at which no server can listen: it is the near end of an open connection. */
async function unusedPort(): Promise<number> {
  const socket = connect(Number(new URL(await serve(() => undefined)).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket.localPort ?? 0
}
