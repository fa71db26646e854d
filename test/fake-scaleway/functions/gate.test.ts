import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { allReadings, createScaleway, type Readings } from '../index.ts'
import { type FunctionProcess, startFunction } from './function-process.ts'
import { startGateway } from './gateway.ts'
import { zipHandler } from './zip-handler.ts'

type Lines = readonly (readonly [name: string, value: string])[]

const eventForm = v.object({ headers: v.record(v.string(), v.string()) })
const admitted = 'admitted'

let echo: FunctionProcess
beforeAll(async () => {
  echo = await startFunction({ zip: zipHandler('export const handle = event => ({ body: event })'), env: {} })
})
afterAll(() => echo.stop())

/** Sends header lines exactly as they are to a private function behind a gate that admits one token. */
async function sendThrough(readings: Partial<Readings>, lines: Lines) {
  const checked: string[] = []
  const { url, close } = await startGateway({
    functionUrl: echo.url,
    privacy: 'private',
    authority: {
      authorize: ({ secretKey }) => {
        checked.push(secretKey)
        return secretKey === admitted ? 'allowed' : 'denied'
      },
    },
    projectId: 'a project',
    timeoutSeconds: 10,
    maxScale: 20,
    state: createScaleway({ readings }).state,
  })
  onTestFinished(close)
  const { status, body } = await sendLines(url, lines)
  const { headers } = status === 200 ? v.parse(eventForm, JSON.parse(body)) : { headers: undefined }
  return { status, checked, headers }
}

function sendLines(url: string, lines: Lines) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    // As a flat list, because an object joins what has the same name.
    const outgoing = request(url, { headers: ['Host', new URL(url).host, ...lines.flat()], agent: false })
    outgoing.on('error', reject)
    outgoing.on('response', async response => resolve({ status: response.statusCode, body: await text(response) }))
    outgoing.end()
  })
}

const twoTokens = (first: string, last: string): Lines => [
  ['X-Auth-Token', first],
  ['X-Auth-Token', last],
]

describe('a gate that passes on what it checks', () => {
  const gate = { gate: 'passes-on-what-it-checks' } as const

  test('checks all values as one', async () => {
    const { status, checked } = await sendThrough(gate, twoTokens(admitted, 'other'))
    expect([status, checked]).toEqual([403, ['admitted, other']])
    const withEmpty = await sendThrough(gate, twoTokens(admitted, ''))
    expect([withEmpty.status, withEmpty.checked]).toEqual([403, ['admitted, ']])
  })

  test('passes all values of a header on as one, also of headers that Node itself would take once', async () => {
    const { headers } = await sendThrough(gate, [
      ['X-Auth-Token', admitted],
      ['Authorization', 'Bearer one'],
      ['authorization', 'Bearer two'],
      ['X-Own', 'one'],
      ['X-Own', 'two'],
    ])
    expect(headers).toMatchObject({ Authorization: 'Bearer one, Bearer two', 'X-Own': 'one, two' })
  })

  test('passes on what Connection names', async () => {
    const { headers } = await sendThrough(gate, [
      ['X-Auth-Token', admitted],
      ['Connection', 'X-Auth-Token'],
    ])
    expect(headers).toMatchObject({ 'X-Auth-Token': admitted })
    expect(headers).not.toHaveProperty('Connection', 'X-Auth-Token')
  })
})

describe('a gate that checks the first and passes on the last', () => {
  const gate = { gate: 'checks-first-passes-last' } as const

  test.each(['other', '', admitted])('checks the first token and hands the function the last, "%s"', async last => {
    const { status, checked, headers } = await sendThrough(gate, twoTokens(admitted, last))
    expect([status, checked]).toEqual([200, [admitted]])
    expect(headers).toMatchObject({ 'X-Auth-Token': last })
  })

  test('refuses a first token that is not admitted, whatever follows', async () => {
    const { status, checked } = await sendThrough(gate, twoTokens('other', admitted))
    expect([status, checked]).toEqual([403, ['other']])
    const empty = await sendThrough(gate, twoTokens('', admitted))
    expect([empty.status, empty.checked]).toEqual([403, []])
  })

  test('hands the function the last value of every other header', async () => {
    const { headers } = await sendThrough(gate, [
      ['X-Auth-Token', admitted],
      ['Authorization', 'Bearer one'],
      ['Authorization', 'Bearer two'],
    ])
    expect(headers).toMatchObject({ Authorization: 'Bearer two' })
  })

  test('keeps from the function what Connection names, in any casing and from several lines', async () => {
    const { status, headers } = await sendThrough(gate, [
      ['X-Auth-Token', admitted],
      ['Authorization', 'Bearer one'],
      ['X-Own', 'kept'],
      ['Connection', 'close , x-auth-token'],
      ['connection', 'Authorization'],
    ])
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'X-Own': 'kept' })
    expect(headers).not.toHaveProperty('X-Auth-Token')
    expect(headers).not.toHaveProperty('Authorization')
  })

  test('cannot be made to drop what the platform adds', async () => {
    const { headers } = await sendThrough(gate, [
      ['X-Auth-Token', admitted],
      ['X-Forwarded-For', '10.0.0.1'],
      ['Connection', 'X-Forwarded-For, X-Request-Id'],
    ])
    expect(headers).toMatchObject({ 'X-Forwarded-For': '127.0.0.1', 'X-Request-Id': expect.any(String) })
  })
})

test.each<{ credentialHeaders: Readings['credentialHeaders']; handedOn: readonly string[] }>([
  { credentialHeaders: 'both', handedOn: ['X-Auth-Token', 'Authorization', 'X-Caller-Key'] },
  { credentialHeaders: 'authorization', handedOn: ['Authorization', 'X-Caller-Key'] },
  { credentialHeaders: 'x-auth-token', handedOn: ['X-Auth-Token', 'X-Caller-Key'] },
  { credentialHeaders: 'neither', handedOn: ['X-Caller-Key'] },
])('where $credentialHeaders of the credential headers reaches it, the function gets $handedOn', async reading => {
  const { credentialHeaders, handedOn } = reading
  const credentials: Lines = [
    ['X-Auth-Token', admitted],
    ['Authorization', 'Bearer one'],
    ['X-Caller-Key', admitted],
  ]
  for (const gate of allReadings.gate) {
    const { status, checked, headers = {} } = await sendThrough({ credentialHeaders, gate }, credentials)
    expect([status, checked]).toEqual([200, [admitted]])
    expect(Object.keys(headers).filter(name => credentials.some(([sent]) => sent === name))).toEqual(handedOn)
  }
})

test.each(['__proto__', 'constructor', 'hasOwnProperty'])('a header named %s is passed by any gate', async name => {
  const lines: Lines = [
    ['X-Auth-Token', admitted],
    [name, 'one'],
    [name, 'two'],
    ['Connection', name],
  ]
  for (const gate of allReadings.gate) {
    const { status, headers } = await sendThrough({ gate }, lines)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'X-Auth-Token': admitted })
  }
})
