import { type Agent, request } from 'node:http'

/** Header names in any casing, each with all its values. */
type Headers = Readonly<Record<string, readonly string[]>>

/** A request for a function, with the whole body in memory. */
export interface Call {
  readonly method: string
  /** Path with its query. */
  readonly path: string
  readonly headers: Headers
  readonly body: Uint8Array
}

/** What a function answered. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

/** Where a call is sent and how long it may take there. */
interface Destination {
  readonly url: string
  readonly agent: Agent
  readonly timeoutMilliseconds: number
  /** The caller hangs up. What the function has begun it goes on with. */
  readonly signal?: AbortSignal | undefined
}

// They belong to one connection, not to the request (RFC 9110 §7.6.1).
const connectionHeaders = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** How a call can end without a reply. */
export type NoReply = 'timed-out' | 'unreachable' | 'hung-up'

/** Sends a call to a function. Gives its reply, or why there is none; never throws. */
export function forward(call: Call, { url, agent, timeoutMilliseconds, signal }: Destination) {
  return new Promise<Reply | NoReply>(resolve => {
    const headers = { ...nodeHeaders(call.headers), 'Content-Length': String(call.body.byteLength) }
    const outgoing = request(url, { path: call.path, method: call.method, headers, agent })
    const impatient = setTimeout(() => settle('timed-out'), timeoutMilliseconds)
    const hangUp = () => settle('hung-up')
    const settle = (outcome: Reply | NoReply) => {
      clearTimeout(impatient)
      signal?.removeEventListener('abort', hangUp)
      if (typeof outcome === 'string') outgoing.destroy()
      resolve(outcome)
    }
    signal?.addEventListener('abort', hangUp)
    outgoing.on('error', () => settle('unreachable'))
    outgoing.on('response', async response => {
      try {
        const body = Buffer.concat(await response.toArray())
        settle({ status: response.statusCode ?? 0, headers: headersOf(response.rawHeaders), body })
      } catch {
        settle('unreachable')
      }
    })
    outgoing.end(call.body)
  })
}

/**
 * Reads Node's flat list of raw headers: names spelt as Go spells them, which is how the platform hands them on
 * (docs/scaleway.md#events), without those that concern one connection only.
 */
export function headersOf(rawHeaders: readonly string[]): Headers {
  // A map, because `__proto__` is a header name like any other.
  const byName = new Map<string, string[]>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = canonicalName(rawHeaders[index] ?? '')
    if (connectionHeaders.has(name.toLowerCase()) || name === 'Content-Length') continue
    byName.set(name, [...(byName.get(name) ?? []), rawHeaders[index + 1] ?? ''])
  }
  return Object.fromEntries(byName)
}

/** Copies headers into the form that Node's own functions require: they refuse a `Host` that is a list of one. */
export function nodeHeaders(headers: Headers): Record<string, string | string[]> {
  const single = ([value, ...others]: readonly string[]) => (others.length === 0 ? value : undefined)
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, single(values) ?? [...values]]))
}

/** Spells a header name as Go does: `X-Auth-Token`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, start => start.toUpperCase())
}
