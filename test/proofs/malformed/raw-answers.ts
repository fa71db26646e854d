import type { Chance } from '../harness/chance.ts'
import type { Mutated } from './mutated-answers.ts'
import { upstreamMarker } from './mutated-fields.ts'

/** What is written to the connection instead of an answer: bytes, pauses, and how it ends. */
export interface RawAnswer {
  readonly name: string
  /** True when a client may read the true answer all the same. */
  readonly mayBeRead?: boolean
  write(line: Line, answer: Mutated, luck: Chance): void | Promise<void>
}

/** A connection to the client. `send` gives false once the client has closed it. */
export interface Line {
  send(bytes: string | Buffer): boolean
  pause(milliseconds: number): Promise<void>
  end(): void
  reset(): void
}

const head = ({ status, headers }: Mutated, more: readonly string[] = []) => {
  const own = Object.entries(headers).filter(([name]) => !/^(content-length|transfer-encoding|connection)$/.test(name))
  return [`HTTP/1.1 ${status} Status`, ...own.map(([name, value]) => `${name}: ${value}`), ...more, '', ''].join('\r\n')
}
const length = (bytes: number) => `Content-Length: ${bytes}`
const reason = Buffer.from(upstreamMarker)

/** Sends these additional headers and the whole body, and closes. */
function withHeaders(name: string, more: (answer: Mutated) => readonly string[], mayBeRead = false): RawAnswer {
  return {
    name,
    mayBeRead,
    write: (line, answer) => {
      line.send(head(answer, more(answer)))
      line.send(answer.body)
      line.end()
    },
  }
}

/** Sends these bytes and nothing else. */
function only(name: string, bytes: (luck: Chance) => string | Buffer): RawAnswer {
  return {
    name,
    write: (line, _, luck) => {
      line.send(bytes(luck))
      line.end()
    },
  }
}

/** Malformed answers that only exist on the wire. */
export const rawAnswers: readonly [RawAnswer, ...RawAnswer[]] = [
  { name: 'nothing, forever', write: () => {} },
  { name: 'a reset', write: line => line.reset() },
  { name: 'the end, before anything', write: line => line.end() },
  only('a status line and no more', () => 'HTTP/1.1 200 OK\r\n'),
  only('another protocol', () => `HTTP/9.9 200 ${upstreamMarker}\r\n\r\n`),
  only('no HTTP at all', () => `SSH-2.0-${upstreamMarker}\r\n`),
  only('garbage', luck => Buffer.from(Array.from({ length: 3_000 }, () => luck.between(0, 255)))),
  only('a status that is no number', () => `HTTP/1.1 ${upstreamMarker} OK\r\n\r\n`),
  only('status 099', () => 'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n'),
  only('a header line without a name', () => `HTTP/1.1 200 OK\r\n: ${upstreamMarker}\r\n\r\n`),
  only('NUL in a header', () => `HTTP/1.1 200 OK\r\nX: a\0${upstreamMarker}\r\n\r\n`),
  only(
    'an enormous header',
    luck => `HTTP/1.1 200 OK\r\nX-Long: ${upstreamMarker.repeat(luck.one([3_000, 60_000]))}\r\n\r\n`,
  ),
  only('a switch of protocols', () => 'HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n'),
  only('an informational answer and the end', () => 'HTTP/1.1 103 Hints\r\nLink: </stolen>\r\n\r\n'),
  only('a hundred informational answers', () => 'HTTP/1.1 102 Wait\r\n\r\n'.repeat(100)),
  only('a redirect', () => 'HTTP/1.1 307 Go\r\nLocation: /stolen\r\nContent-Length: 0\r\n\r\n'),
  only('a body with 204', () => `HTTP/1.1 204 None\r\nContent-Length: 8\r\n\r\n${upstreamMarker}`),
  only(
    'a chunk of no number',
    () => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${upstreamMarker}\r\n`,
  ),
  only('a chunk without end', () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{}'),
  withHeaders('a length too large', ({ body }) => [length(body.length + 50)]),
  withHeaders('a length too small', ({ body }) => [length(Math.max(0, body.length - 5))]),
  withHeaders('a negative length', () => ['Content-Length: -1']),
  withHeaders('two lengths', ({ body }) => [length(body.length), length(body.length + 1)]),
  withHeaders('a length and chunks', ({ body }) => [length(body.length), 'Transfer-Encoding: chunked']),
  withHeaders('a wrong gzip', ({ body }) => [length(body.length), 'Content-Encoding: gzip'], true),
  withHeaders('a wrong br', ({ body }) => [length(body.length), 'Content-Encoding: br'], true),
  withHeaders('an unknown coding', ({ body }) => [length(body.length), `Content-Encoding: ${upstreamMarker}`], true),
  withHeaders('no length, closed', () => ['Connection: close'], true),
  withHeaders('two dates', ({ body }) => [length(body.length), 'Date: Thu, 01 Jan 1970 00:00:00 GMT'], true),
  withHeaders('a word for a reason', ({ body }) => [length(body.length), `X-Reason: ${reason}`], true),
  {
    name: 'an answer that is cut',
    write: (line, answer, luck) => {
      line.send(head(answer, [length(answer.body.length + 1)]))
      line.send(answer.body.subarray(0, luck.between(0, answer.body.length)))
      if (luck.happens(0.5)) line.reset()
      else line.end()
    },
  },
  {
    name: 'an answer without end',
    write: async (line, answer) => {
      line.send(head({ ...answer, status: 200 }, ['Connection: close']))
      while (line.send(upstreamMarker.repeat(5_000))) await line.pause(0)
    },
  },
  {
    name: 'an answer that trickles',
    write: async (line, answer) => {
      line.send(head(answer, [length(answer.body.length + 9_999)]))
      line.send(answer.body)
      while (line.send(' ')) await line.pause(40)
    },
  },
  {
    name: 'headers without end',
    write: async (line, answer) => {
      line.send(`HTTP/1.1 ${answer.status} Status\r\n`)
      while (line.send(`X-More: ${upstreamMarker}\r\n`)) await line.pause(1)
    },
  },
  {
    name: 'two answers at once',
    mayBeRead: true,
    write: (line, answer) => {
      const whole = Buffer.concat([Buffer.from(head(answer, [length(answer.body.length)])), answer.body])
      line.send(Buffer.concat([whole, Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')]))
      line.end()
    },
  },
  {
    name: 'a true answer, byte by byte',
    mayBeRead: true,
    write: async (line, answer) => {
      const whole = Buffer.concat([Buffer.from(head(answer, [length(answer.body.length)])), answer.body])
      for (let at = 0; at < whole.length && line.send(whole.subarray(at, at + 64)); at += 64) await line.pause(0)
      line.end()
    },
  },
]
