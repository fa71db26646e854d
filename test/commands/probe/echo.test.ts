import * as v from 'valibot'
import { expect, test } from 'vitest'
import { handle } from '../../../scripts/probe/echo/handler.ts'

const answer = v.object({ statusCode: v.number(), body: v.string() })

/** Calls the probe's function as the platform does. */
async function asked(event: Parameters<typeof handle>[0]) {
  const { statusCode, body } = v.parse(answer, await handle(event))
  const report: unknown = JSON.parse(body)
  return { statusCode, body, report }
}

test('the function answers names of headers and lengths, and no value that it got', async () => {
  const secret = crypto.randomUUID()
  const headers = { 'X-Auth-Token': secret, Authorization: `Bearer ${secret}`, Cookie: 'session=abc' }
  const { body, report } = await asked({ headers, body: JSON.stringify({ note: secret }) })
  expect(report).toMatchObject({ header_names: ['x-auth-token', 'authorization', 'cookie'], value_length: 0 })
  expect(body).not.toContain(secret)
  expect(body).not.toContain('abc')
})

test.each([
  { value: undefined, seen: 'none' },
  { value: 'probe-word', seen: 'word' },
  { value: 'a key', seen: 'other' },
  { value: 'a key, probe-word', seen: 'both' },
])('of two values it says which arrived: $seen', async ({ value, seen }) => {
  const headers = value === undefined ? {} : { 'x-auth-token': value, 'X-Probe': value }
  expect((await asked({ headers })).report).toMatchObject({ token_seen: seen, probe_seen: seen })
})

test('it counts the calls of a trigger, the failing ones too, and asks nothing of a body that it cannot read', async () => {
  const failing = { cron: 'a', status: 500 }
  expect((await asked({ body: JSON.stringify(failing) })).statusCode).toBe(500)
  expect((await asked({ body: JSON.stringify(failing) })).report).toMatchObject({ crons: { a: { begun: 2, done: 2 } } })
  expect(await asked({ body: 'not JSON' })).toMatchObject({ statusCode: 200 })
})
