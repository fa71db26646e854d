import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endpoint, type RequestHandler } from '../../functions/shared/endpoint.ts'
import { MisconfiguredError } from '../../functions/shared/env.ts'
import { HttpError } from '../../functions/shared/http-error.ts'
import type { Log } from '../../functions/shared/log.ts'

function listening(): { log: Log; lines: string[] } {
  const lines: string[] = []
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`)
  return { lines, log: { info: write, warn: write, error: write } }
}

function serving(application: RequestHandler, log: Log = listening().log) {
  return endpoint({ log: () => log, build: () => application })
}

const asked = { httpMethod: 'GET', path: '/', headers: { 'X-Request-Id': 'a-request-id-1' }, body: '' }

describe('an endpoint', () => {
  test('answers JSON that no browser page of another origin may read, with the request id', async () => {
    const answer = await serving(async () => ({ status: 200, body: { fine: true } }))(asked)
    expect(answer).toEqual({
      statusCode: 200,
      headers: {
        'Content-Type': 'application/json',
        'Cache-Control': 'no-store',
        'Access-Control-Allow-Origin': 'https://none.invalid',
        'X-Request-Id': 'a-request-id-1',
      },
      body: '{"fine":true}',
    })
  })

  test('answers a refusal with its own code and message', async () => {
    const refuse = async () => {
      throw new HttpError({
        status: 409,
        code: 'in-flight',
        message: 'Wait.',
        headers: { Allow: 'GET' },
        details: { n: 1 },
      })
    }
    const { statusCode, headers, body } = await serving(refuse)(asked)
    expect([statusCode, headers.Allow]).toEqual([409, 'GET'])
    expect(JSON.parse(body)).toEqual({ error: 'in-flight', message: 'Wait.', n: 1, request_id: 'a-request-id-1' })
  })

  test('answers an event that cannot be read 500, to HEAD without a body', async () => {
    const unreadable = (httpMethod: string) => ({
      httpMethod,
      get headers(): never {
        throw new Error('planted-secret-in-a-message')
      },
    })
    const answer = serving(async () => ({ status: 200 }))
    const { statusCode, body } = await answer(unreadable('GET'))
    expect([statusCode, JSON.parse(body).error]).toEqual([500, 'internal-error'])
    expect(await answer(unreadable('head'))).toMatchObject({ statusCode: 500, body: '' })
  })

  test('answers an unexpected error in general words and logs its name alone', async () => {
    const { log, lines } = listening()
    const fail = async () => {
      throw new TypeError('planted-secret-in-a-message')
    }
    const { statusCode, body } = await serving(fail, log)(asked)
    expect([statusCode, JSON.parse(body).error]).toEqual([500, 'internal-error'])
    expect(lines.join()).toContain('TypeError')
    expect(lines.join() + body).not.toContain('planted')
  })

  test('names a malformed variable, on every request until it is corrected', async () => {
    let isSet = false
    const handle = endpoint({
      log: () => listening().log,
      build: () => {
        if (!isSet) throw new MisconfiguredError('REGION', 'a Scaleway region such as fr-par')
        return async () => ({ status: 200 })
      },
    })
    const { statusCode, body } = await handle(asked)
    expect([statusCode, JSON.parse(body).error]).toEqual([500, 'misconfigured'])
    expect(JSON.parse(body).message).toContain('REGION must be a Scaleway region')
    isSet = true
    expect((await handle(asked)).statusCode).toBe(200)
  })

  test('answers even when the log cannot be made', async () => {
    const handle = endpoint({
      log: () => {
        throw new MisconfiguredError('LOG_LEVEL', 'one of trace, debug')
      },
      build: () => async () => ({ status: 200 }),
    })
    const { statusCode, body } = await handle(asked)
    expect([statusCode, JSON.parse(body).message]).toEqual([500, expect.stringContaining('LOG_LEVEL')])
  })

  test('is composed once, however many requests come at the same time', async () => {
    let wired = 0
    const handle = endpoint({
      log: () => listening().log,
      build: () => {
        wired++
        return async () => ({ status: 200 })
      },
    })
    await Promise.all([handle(asked), handle(asked), handle(asked)])
    expect(wired).toBe(1)
  })

  test('sends no body to HEAD', async () => {
    const answer = await serving(async () => ({ status: 200, body: { fine: true } }))({ ...asked, httpMethod: 'head' })
    expect(answer.body).toBe('')
  })

  test('takes a request id of the platform only in a form that cannot forge a log line', async () => {
    const id = (given: string) =>
      serving(async () => ({ status: 200 }))({ ...asked, headers: { 'x-request-id': given } }).then(
        ({ headers }) => headers['X-Request-Id'],
      )
    expect(await id('0123456789abcdef')).toBe('0123456789abcdef')
    expect(await id('x"}\n{"level":30')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('finds headers in any casing and takes the last of several', async () => {
    const seen: (string | undefined)[] = []
    const handle = serving(async ({ header }) => {
      seen.push(header('X-Auth-Token'))
      return { status: 200 }
    })
    for (const name of ['X-Auth-Token', 'x-auth-token', 'X-AUTH-TOKEN'])
      await handle({ ...asked, headers: { [name]: 't' } })
    await handle({ ...asked, headers: { 'X-Auth-Token': ['old', 'new'] } })
    expect(seen).toEqual(['t', 't', 't', 'new'])
  })

  test('ignores isBase64Encoded', async () => {
    const handle = serving(async ({ body }) => ({ status: 200, body: { body } }))
    const { body } = await handle({ ...asked, body: 'abcd', isBase64Encoded: true })
    expect(JSON.parse(body)).toEqual({ body: 'abcd' })
  })

  test('answers any event at all, and never throws', async () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('planted')
        },
      },
    )
    const handle = serving(async ({ method, path, body, header }) => ({
      status: 200,
      body: { method, path, body, token: header('x-auth-token') },
    }))
    const event = fc.oneof(
      fc.anything(),
      fc.record({ httpMethod: fc.anything(), path: fc.anything(), headers: fc.anything(), body: fc.anything() }),
      fc.constant(trap),
    )
    await fc.assert(
      fc.asyncProperty(event, async given => {
        const { statusCode, headers, body } = await handle(given)
        expect([200, 500]).toContain(statusCode)
        expect(headers['Content-Type']).toBe('application/json')
        expect(body).not.toContain('planted')
        JSON.parse(body)
      }),
      { numRuns: 500 },
    )
  })
})
