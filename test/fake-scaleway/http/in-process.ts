import type { Sleep } from '../sleep.ts'
import { bodyPieces, isPaced } from './body-pieces.ts'
import type { HttpAnswer, WireAnswer, WireRequest } from './wire.ts'

/** Carries one request to the local Scaleway. */
type Carry = (request: WireRequest) => WireAnswer | Promise<WireAnswer>

/**
 * Gives a `fetch` that never leaves the process. Broken connections reject as Node's own fetch does (`TypeError: fetch failed`
 * with `cause.code`), an abort rejects with the signal's reason, and after a kill the promise never settles.
 */
export function inProcessFetch(
  carry: Carry,
  sleep: Sleep,
): (input: Request | URL | string, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const request = input instanceof Request && addsNoMoreThanASignal(init) ? input : new Request(input, init)
    // The caller's own signal: that of a Request follows it only until the Request is garbage-collected, and nothing
    // here keeps the Request.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : request.signal)
    const wire = await wireRequest(request)
    signal.throwIfAborted()
    const carried = carry(wire)
    const answer = carried instanceof Promise ? await abortable(carried, signal) : carried
    switch (answer.kind) {
      case 'answer':
        return response(answer, sleep, signal)
      case 'broken':
        throw brokenConnection()
      case 'silent':
        await (answer.killed ? new Promise(() => {}) : abortable(sleep(Number.POSITIVE_INFINITY), signal))
        throw brokenConnection()
    }
  }
}

/** True when the request can be taken as it is: a copy would cost more than all the rest of a call. */
function addsNoMoreThanASignal(init: RequestInit | undefined): boolean {
  return Object.keys(init ?? {}).every(name => name === 'signal')
}

async function wireRequest(request: Request): Promise<WireRequest> {
  const url = new URL(request.url)
  const headers = Object.fromEntries(request.headers)
  const wire = { method: request.method, path: url.pathname + url.search, headers }
  return request.body === null ? wire : { ...wire, body: new Uint8Array(await request.arrayBuffer()) }
}

function response(answer: HttpAnswer, sleep: Sleep, signal: AbortSignal): Response {
  const { status, headers } = answer
  if (status === 204) return new Response(null, { status, headers })
  // As bytes, because a text body would make Response add a content type that was not sent.
  return new Response(isPaced(answer) ? stream(answer, sleep, signal) : Buffer.from(answer.body), { status, headers })
}

function stream(answer: HttpAnswer, sleep: Sleep, signal: AbortSignal): ReadableStream<Uint8Array> {
  const pieces = bodyPieces(answer, sleep)
  return new ReadableStream({
    start(controller) {
      signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
    },
    async pull(controller) {
      const { value, done } = await pieces.next()
      if (signal.aborted) return
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}

function brokenConnection(): TypeError {
  const cause = Object.assign(new Error('other side closed'), { name: 'SocketError', code: 'UND_ERR_SOCKET' })
  return new TypeError('fetch failed', { cause })
}

/** Settles as the promise does, or rejects with the signal's reason if it is aborted first. */
function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
