import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Clock } from '../clock.ts'
import { UpstreamError } from './upstream-error.ts'

/** Begins a request, as `request` of node:https and node:http does. */
export type OpenRequest = (url: string, options: { readonly headers: OutgoingHttpHeaders }) => ClientRequest

/** One GET and its bounds. */
interface GetCall {
  readonly url: string
  readonly headers: OutgoingHttpHeaders
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** A complete answer, not judged. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** Sends one GET. @throws {UpstreamError} `upstream-timeout`, `upstream-unreachable`, or `upstream-unreadable` when too large */
export type HttpGet = (call: GetCall) => Promise<HttpAnswer>

/**
 * Makes the lightest GET that is still robust (bench/README.md): one time limit over connection, headers and body;
 * reading stops at a size limit; a body that breaks off is a broken connection. Redirects are not followed.
 */
export function httpGet({ open, clock }: { open: OpenRequest; clock: Pick<Clock, 'after'> }): HttpGet {
  return ({ url, headers, timeoutMs, maxBytes }) =>
    new Promise((resolve, reject) => {
      const outgoing = open(url, { headers })
      const end = (error: UpstreamError) => {
        stopTimer()
        reject(error)
        outgoing.destroy()
      }
      const stopTimer = clock.after(timeoutMs, () => end(new UpstreamError('upstream-timeout', { transient: true })))
      outgoing.on('error', error => end(broken(error)))
      outgoing.on('response', incoming =>
        read(incoming, {
          maxBytes,
          fail: end,
          done: text => {
            stopTimer()
            resolve({ status: incoming.statusCode ?? 0, contentType: incoming.headers['content-type'] ?? '', text })
          },
        }),
      )
      outgoing.end()
    })
}

interface Reading {
  readonly maxBytes: number
  readonly done: (text: string) => void
  readonly fail: (error: UpstreamError) => void
}

function read(incoming: IncomingMessage, { maxBytes, done, fail }: Reading): void {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  incoming.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) fail(new UpstreamError('upstream-unreadable', { seen: 'too-large' }))
    else chunks.push(chunk)
  })
  incoming.on('error', error => fail(broken(error)))
  incoming.on('end', () => done(Buffer.concat(chunks).toString()))
}

/** The code alone: Node's messages name addresses, and an error may carry the request. */
function broken(error: NodeJS.ErrnoException): UpstreamError {
  return new UpstreamError('upstream-unreachable', { transient: true, seen: error.code ?? 'unknown' })
}
