import { expect, test } from 'vitest'
import { chance } from '../harness/chance.ts'
import { forge } from './forged-credentials.ts'
import { hostileEvents } from './hostile-events.ts'
import { makeEvent } from './hostile-events-made.ts'
import { isPolluted, judgeAnswer, judgeRefusal } from './hostile-judge.ts'
import { anyValue, marker } from './hostile-values.ts'

test('hostile events at both handlers get documented answers and change nothing', async () => {
  const { units, bad, figures } = await hostileEvents.live({ index: 0, extent: 'share', seed: 7 })
  expect(units).toBe(250)
  expect(bad).toEqual([])
  expect(Object.keys(figures ?? {}).length).toBeGreaterThan(5)
})

test('hostile events have values of every type, and the same seed makes the same events', () => {
  const kinds = new Set(Array.from({ length: 300 }, (_, seed) => typeof anyValue(chance(seed))))
  expect([...kinds].sort()).toEqual([
    'bigint',
    'boolean',
    'function',
    'number',
    'object',
    'string',
    'symbol',
    'undefined',
  ])
  const labels = () => Array.from({ length: 50 }, (_, seed) => makeEvent(chance(seed), tokens, ['POST']).label)
  expect(labels()).toEqual(labels())
})

const tokens = { operator: 'operator', consumer: 'consumer', monitor: 'monitor', cron: 'cron' }
const promised = { codes: { 200: [''], 404: ['unknown-path'], 500: ['internal-error'] }, headers: [], maxBytes: 1024 }
const plain = {
  event: {},
  label: 'plain',
  method: 'GET',
  path: '/',
  body: '',
  claim: 'absent',
  byToken: undefined,
  isPlain: true,
} as const
const headers = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'Access-Control-Allow-Origin': 'https://none.invalid',
  'X-Request-Id': '12345678',
}
const good = { statusCode: 200, headers, body: '{}' }
const { 'X-Request-Id': _, ...withoutId } = headers

test.each([
  ['a good answer has no violation', good, []],
  ['status 418 is not documented', { ...good, statusCode: 418 }, ['status 418 is not documented']],
  ['a missing header', { ...good, headers: withoutId }, [/X-Request-Id is missing/, /request id is malformed/]],
  ['one header more', { ...good, headers: { ...headers, 'X-More': '1' } }, [/a header that is not documented/]],
  ['a line break', { ...good, headers: { ...headers, 'X-Request-Id': '12345678\r\n' } }, [/characters/, /malformed/]],
  ['a body that is not JSON', { ...good, body: 'words' }, [/not a JSON object/]],
  ['a body that is a list', { ...good, body: '[]' }, [/not a JSON object/]],
  ['a code of another status', { ...good, statusCode: 404, body: '{"error":"x"}' }, [/x is not documented/]],
  ['an error without a code', { ...good, statusCode: 404 }, [/no error code/]],
  ['a 500', { ...good, statusCode: 500, body: '{"error":"internal-error"}' }, [/500 to an event of plain texts/]],
  ['a body after 304', { ...good, statusCode: 304 }, [/304 is not documented/, /a body where there must be none/]],
  ['a long answer', { ...good, body: JSON.stringify({ long: 'x'.repeat(1024) }) }, [/too long/]],
  ['an echo', { ...good, body: JSON.stringify({ message: `not ${marker}` }) }, [/a value of the event/]],
])('an answer is checked: %s', (_, answer, wrong) => {
  expect(judgeAnswer(answer, plain, promised)).toEqual(
    wrong.map(expected => (typeof expected === 'string' ? expected : expect.stringMatching(expected))),
  )
})

const refused = { ...good, statusCode: 403, body: '{"error":"unknown-caller"}' }
const logged = '{"code":"unknown-caller"}'

test.each([
  ['a refusal that costs no call and is in the log', { answer: refused, calls: 0, logged }, 'unknown', []],
  ['an answer to nobody', { answer: good, calls: 2, logged: '' }, 'absent', [/^2 calls/, /^200 to a caller/]],
  ['a refusal after a call', { answer: refused, calls: 1, logged }, 'unknown', [/^1 calls/]],
  ['a refusal that the log lacks', { answer: refused, calls: 0, logged: '{}' }, 'unknown', [/the log does not say/]],
  ['the code of another refusal', { answer: refused, calls: 0, logged }, 'absent', [/^not answered no-credential/]],
  ['no answer at all', { answer: undefined, calls: 0, logged: '' }, 'unknown', [/^0 to a caller/]],
  ['an answer to the operator', { answer: good, calls: 9, logged: '' }, 'operator', []],
] as const)('a refusal is checked: %s', (_, came, claim, wrong) => {
  expect(judgeRefusal(came, claim, true)).toEqual(wrong.map(expected => expect.stringMatching(expected)))
})

test('credentials are forged in many forms, of which some are no credential at all', () => {
  const all = Array.from({ length: 1_000 }, (_, seed) => forge(chance(seed), 'a known key'))
  expect(new Set(all.map(({ form }) => form)).size).toBeGreaterThan(40)
  expect(new Set(all.map(({ claim }) => claim))).toEqual(new Set(['absent', 'unknown']))
})

test('a polluted prototype is found', () => {
  expect(isPolluted()).toBe(false)
  Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true })
  expect(isPolluted()).toBe(true)
  Reflect.deleteProperty(Object.prototype, 'polluted')
})
