import { once } from 'node:events'
import { createServer } from 'node:http'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { load, loadProof } from './load.ts'
import { type LoadedAnswer, LoadJudge } from './load-judge.ts'
import { volley } from './volley.ts'

// The proof asks as often as it is answered. Here a few requests on each connection show how an answer is judged.
const shortLoad = { seed: 1, rounds: 1, roundSeconds: 30, maxRequests: 400 }

test('retrieval under load gives only documented answers', async () => {
  const { units, bad, figures = {} } = await load(shortLoad)
  expect(bad).toEqual([])
  expect(units).toBeGreaterThan(0)
  expect(loadProof.remark?.(figures)).toMatch(/^200: \d+.*; \d+ rotations; .* p99 \d+\.\d\d times/)
}, 60_000)

test('a handler that answers 500 fails the proof', async () => {
  const instead = 'export const handle = () => ({ statusCode: 500, body: "{}" })'
  const { bad } = await load({ ...shortLoad, instead })
  expect(bad[0]?.violations).toEqual([expect.stringMatching(/^an answer 500 that is not documented \(\d+ times\)$/)])
}, 60_000)

test('requests whose connection breaks count as unanswered', async () => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    if (requests % 10 === 0) request.socket.destroy()
    else response.end('{}')
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = v.parse(v.object({ port: v.number() }), server.address())
  const url = `http://127.0.0.1:${address.port}`
  const { unanswered } = await volley({ url, token: 'none', connections: 2, seconds: 1 })
  expect(unanswered).toBeGreaterThan(0)
})

const tag = (revision: number) => `"11111111-2222-4333-8444-555555555555.${revision}"`

const good: LoadedAnswer = {
  status: 200,
  text: 'the first key',
  etag: tag(1),
  isStale: false,
  sentEtag: undefined,
  askedAtMs: 0,
  tookMs: 5,
}
const error = { message: 'Something.', request_id: 'an id' }

test.each<[string, Partial<LoadedAnswer>, string[]]>([
  ['the published key', {}, []],
  ['304 to the current revision', { status: 304, text: '', sentEtag: tag(1) }, []],
  ['a documented error', { status: 502, text: JSON.stringify({ error: 'upstream-error', ...error }) }, []],
  ['an old key within the cache time', { askedAtMs: 2_900 }, []],
  ['an old key and a warning that it is old', { askedAtMs: 9_000, isStale: true }, []],
  ['an old key after the cache time', { askedAtMs: 3_100 }, ['old by 2100 ms']],
  ['a key that was never published', { text: 'another key' }, ['200 with a key that was never published (1 times)']],
  ['no revision', { etag: undefined }, ['200 without a revision (1 times)']],
  ['a bare revision', { etag: '"1"' }, ['200 without a revision (1 times)']],
  ['200 to a known revision', { sentEtag: tag(1) }, ['200 although the revision was known (1 times)']],
  [
    '304 to another revision',
    { status: 304, text: '', sentEtag: tag(2) },
    ['304 to another revision, or with a body (1 times)'],
  ],
  [
    'an unknown error code',
    { status: 502, text: JSON.stringify({ error: 'oops', ...error }) },
    ['an answer 502 that is not documented (1 times)'],
  ],
  ['an undocumented status', { status: 503, text: 'gone' }, ['an answer 503 that is not documented (1 times)']],
])('an answer under load is checked: %s', (_, changed, violations) => {
  const published = { holds: (revision: string, text: string) => revision === '1' && text === 'the first key' }
  const judge = new LoadJudge({ published, cacheMs: 2_000 })
  judge.superseded(2, 1_000)
  judge.judge({ ...good, ...changed })
  expect(judge.violations).toEqual(violations)
})
