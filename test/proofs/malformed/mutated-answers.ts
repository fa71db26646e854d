import { type HttpAnswer, JSON_TYPE } from '../../fake-scaleway/http/wire.ts'
import type { Chance } from '../harness/chance.ts'
import { changeField, fieldChanges, upstreamMarker } from './mutated-fields.ts'

/** An answer as bytes. */
export interface Mutated {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A way in which an answer is malformed. */
export interface Mutation {
  readonly name: string
  /** True if no reader can use the answer: then whatever needs it cannot succeed. */
  readonly isUseless: boolean
  readonly mutate: (answer: HttpAnswer, luck: Chance) => Mutated
}

const page = `<html><body>${upstreamMarker}</body></html>`
const marked = JSON.stringify({ message: upstreamMarker, type: upstreamMarker, secret_key: upstreamMarker })

/** Replaces the answer with a 200 of type JSON and another body. */
function useless(name: string, body: (text: string, luck: Chance) => string | Buffer): Mutation {
  const headers = { 'content-type': JSON_TYPE }
  const mutate: Mutation['mutate'] = (answer, luck) => ({
    status: 200,
    headers,
    body: Buffer.from(body(answer.body, luck)),
  })
  return { name, isUseless: true, mutate }
}

/** Replaces the status, and the body with a wrong one. */
function status(code: number, headers: Record<string, string> = {}): Mutation {
  const mutate: Mutation['mutate'] = (_, luck) => {
    const isPage = luck.happens(0.5)
    const type = { 'content-type': isPage ? 'text/html' : JSON_TYPE }
    return { status: code, headers: { ...type, ...headers }, body: Buffer.from(isPage ? page : marked) }
  }
  return { name: `status ${code}`, isUseless: true, mutate }
}

/** Keeps the true body, with other headers. */
function headed(name: string, headers: (luck: Chance) => Record<string, string>, isUseless = false): Mutation {
  const mutate: Mutation['mutate'] = (answer, luck) => ({
    status: answer.status,
    headers: { ...answer.headers, ...headers(luck) },
    body: Buffer.from(answer.body),
  })
  return { name, isUseless, mutate }
}

/** Every change of a field, and every fault of an answer as a whole. */
export const mutations: readonly [Mutation, ...Mutation[]] = [
  useless('garbage', (_, luck) =>
    Buffer.from(Array.from({ length: luck.between(1, 2_000) }, () => luck.between(0, 255))),
  ),
  useless('truncated', (text, luck) => text.slice(0, luck.between(0, Math.max(0, text.length - 1)))),
  useless('a page', () => page),
  useless('another type at the root', (_, luck) =>
    luck.one(['null', '[]', '7', 'true', `"${upstreamMarker}"`, '[null]']),
  ),
  useless('nothing', () => ''),
  useless('an empty object', () => '{}'),
  useless('a byte order mark alone', () => '\ufeff'),
  useless('two answers in one', text => `${text}${text || '{}'}`),
  useless('comments', text => `/* ${upstreamMarker} */ ${text}`),
  useless('nested without end', () => '['.repeat(200_000)),
  useless('NUL', text => `\0${text}`),
  useless('words', () => `before ${upstreamMarker} after`),
  useless('an error under 200', () => marked),
  ...[201, 202, 203, 206, 226, 299].map(code => ({ ...status(code), isUseless: true })),
  ...[300, 304, 400, 401, 403, 404, 405, 408, 409, 410, 412, 418, 423, 425, 428, 451, 499].map(code => status(code)),
  ...[429, 500, 501, 502, 503, 504, 505, 511, 520, 599].map(code => status(code)),
  ...[301, 302, 303, 307, 308].map(code => status(code, { location: '/stolen' })),
  { name: 'a wrong 204', isUseless: true, mutate: () => ({ status: 204, headers: {}, body: Buffer.alloc(0) }) },
  headed(
    'another content type',
    luck => ({
      'content-type': luck.one(['text/plain', 'text/html', 'application/xml', 'json', ';']),
    }),
    true,
  ),
  headed('a charset', () => ({ 'content-type': 'application/json; charset=utf-16' })),
  headed('a total that lies', luck => ({ 'x-total-count': luck.one(['0', '-1', '99999', 'NaN', upstreamMarker]) })),
  headed('a date that is off', luck => ({
    date: luck.one(['Thu, 01 Jan 1970 00:00:00 GMT', 'Sun, 01 Mar 2026 02:20:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT']),
  })),
  headed('no date', luck => ({ date: luck.one(['', '0', '-1', 'Thu, 01 Jan 1970 25:00:00 GMT', upstreamMarker]) })),
  headed('many headers', () => Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-${n}`, upstreamMarker]))),
  {
    name: 'invalid UTF-8',
    isUseless: false,
    mutate: ({ status: code, headers, body }, luck) => {
      const bytes = Buffer.from(body)
      if (bytes.length > 0) bytes[luck.between(0, bytes.length - 1)] = 0xff
      return { status: code, headers, body: bytes }
    },
  },
  ...Object.keys(fieldChanges).flatMap((name): Mutation[] => {
    const mutate: Mutation['mutate'] = (answer, luck) => ({
      status: answer.status,
      headers: answer.headers,
      body: Buffer.from(changeField(answer.body, name, luck)),
    })
    // Five entries for each, because an answer has many fields.
    return Array.from({ length: 5 }, () => ({ name: `a field ${name}`, isUseless: false, mutate }))
  }),
]
