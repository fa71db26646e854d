import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CredentialHeader } from './header-filter.ts'
import type { AtEnd } from './stack.ts'

/** A key of the right form that Scaleway does not know. */
export const someKey = { API_KEY: 'SCWAAAAAAAAAAAAAAAAA', SECRET_KEY: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee' }

/** What a stand-in is, besides how it answers. */
interface StandInOptions {
  /** Gives the status of its API. */
  readonly apiStatus?: () => number
  /** The one header with a credential that the platform in front of it lets through. All of them when left out. */
  readonly passes?: CredentialHeader
}

/** How a stand-in answers in the place of retrieval. */
export type Answering = RequestListener

/** What retrieval's tag is made of is not an application's business. */
export const etagOf = (revision: number) => `"0d3f9c1e-2b7a-4c57-9a55-6f0e1d2c3b4a.${revision}"`

/** Answers a key as retrieval does. */
export function key(revision: number, body: unknown = someKey): Answering {
  return (_, response) => {
    const headers = { ETag: etagOf(revision), 'X-Key-Revision': revision, 'Content-Type': 'application/json' }
    response.writeHead(200, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

/**
 * A server in the place of retrieval that answers as retrieval never does, like a wrong address or a bad proxy. Below
 * `/iam/` is the API that the application calls, which answers `apiStatus`.
 */
export async function startStandIn(atEnd: AtEnd, { apiStatus = () => 200, passes }: StandInOptions = {}) {
  const consumerKey = crypto.randomUUID()
  let answer: Answering = key(1)
  const asked: string[] = []
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/iam/')) return void response.writeHead(apiStatus()).end()
    asked.push([request.url, request.headers['if-none-match'] ?? 'no tag'].join(' '))
    const expected = passes === 'authorization' ? `Bearer ${consumerKey}` : consumerKey
    if (passes === undefined || request.headers[passes] === expected) return answer(request, response)
    response.writeHead(403).end('{"error":"no-credential"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(async () => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    settings: { RETRIEVAL_URL: `${url}/`, CONSUMER_KEY: consumerKey, SCW_API_URL: url },
    answers: (next: Answering) => {
      answer = next
    },
    asked: () => asked.length,
    /** The path and the tag of each request for a key. */
    askedFor: () => asked,
  }
}
