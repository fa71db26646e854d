import { type IncomingMessage, request as requestInClear } from 'node:http'
import { request as requestOverTls } from 'node:https'
import type { Answer } from '../deployment/answer.ts'
import { objectOf } from '../deployment/call.ts'

/** Header lines in their order; a name may be there twice. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

/** A request whose header lines are sent as they are: `fetch` joins those of one name, and refuses `Connection`. */
export interface RawCall {
  readonly url: string
  readonly lines: HeaderLines
  /** Sent as JSON with POST; left out, the request is a GET. */
  readonly body?: object | undefined
  /** Ends the call early, as its limit does. */
  readonly signal?: AbortSignal
}

// The status of a deployment has a few thousand.
const maxAnswerBytes = 256 * 1024

/**
 * Sends a call once and gives up after the limit. Follows no redirect, gives the body of an answer that is too large as
 * empty, and never throws.
 */
export async function sendRaw(call: RawCall, limitMs: number): Promise<Answer> {
  try {
    const response = await responseTo(call, limitMs)
    const headers = new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
    return { status: response.statusCode ?? 0, headers, body: objectOf(await textOf(response)) }
  } catch {
    return { status: 0, headers: new Headers(), body: {} }
  }
}

function responseTo({ url, lines, body, signal }: RawCall, limitMs: number): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : JSON.stringify(body)
  const contentLines = content && [
    'Content-Type',
    'application/json',
    'Content-Length',
    `${Buffer.byteLength(content)}`,
  ]
  const limit = AbortSignal.timeout(Math.ceil(limitMs))
  const send = new URL(url).protocol === 'http:' ? requestInClear : requestOverTls
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      method: content === undefined ? 'GET' : 'POST',
      // A flat list, which Node sends as it is.
      headers: ['Host', new URL(url).host, ...(contentLines ?? []), ...lines.flat()],
      agent: false,
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    })
    outgoing.on('error', reject)
    outgoing.on('response', resolve)
    outgoing.end(content)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of response) {
    sizeBytes += chunk.length
    // Leaving the loop ends the connection.
    if (sizeBytes > maxAnswerBytes) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
