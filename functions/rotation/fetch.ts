import { Agent, type Dispatcher, errors, interceptors, fetch as undiciFetch } from 'undici'
import { boundedText } from '../shared/bounded-text.ts'

/**
 * Sends one HTTP request, as the built-in `fetch` does with a `Request`. The signal comes beside it: a `Request` follows
 * the signal that it was made with only until that is garbage-collected.
 */
export type Fetch = (request: Request, options?: { readonly signal?: AbortSignal }) => Promise<Response>

const maxAnswerBytes = 4 * 1024 * 1024

/**
 * Makes the HTTP client under the SDK. Reads and deletes are repeated, at most twice, on 429, 5xx and broken
 * connections; creates and other writes never are (docs/scaleway.md#key-creation). A redirect is an error: following
 * it would hand `X-Auth-Token` to another host.
 */
export function createFetch(agent: Dispatcher = createAgent()): Fetch {
  const dispatcher = agent.compose(interceptors.retry(retry), jitter)
  return async (request, { signal } = {}) => {
    const reply = await send(request, { signal, dispatcher, redirect: 'error' })
    const text = await boundedText(reply.body, maxAnswerBytes)
    if (text === undefined) throw new errors.ResponseExceededMaxSizeError()
    return new Response(text === '' ? null : text, { status: reply.status, headers: [...reply.headers] })
  }
}

/**
 * Makes the HTTP client for receivers of notifications and heartbeats. Nothing is repeated, a redirect is handed back
 * as the answer it is, and only the status of an answer is read.
 */
export function createReceiverFetch(dispatcher: Dispatcher = createAgent()): Fetch {
  return async (request, { signal } = {}) => {
    const reply = await send(request, { signal, dispatcher, redirect: 'manual' })
    await reply.body?.cancel()
    return new Response(null, { status: reply.status })
  }
}

interface SendOptions {
  readonly signal: AbortSignal | undefined
  readonly dispatcher: Dispatcher
  readonly redirect: 'error' | 'manual'
}

async function send(request: Request, { signal, dispatcher, redirect }: SendOptions) {
  const { method, url } = request
  const body = method === 'GET' || method === 'DELETE' ? null : await request.text()
  const headers: [string, string][] = [...request.headers, ['Accept-Encoding', 'identity']]
  return undiciFetch(url, { method, headers, body, signal: signal ?? null, dispatcher, redirect })
}

function createAgent(): Agent {
  return new Agent({
    connect: { timeout: 5_000 },
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
    maxResponseSize: maxAnswerBytes,
  })
}

// A real 429 has no Retry-After and no body (docs/scaleway.md#rate-limits).
const retry = {
  maxRetries: 2,
  methods: ['GET', 'DELETE'],
  statusCodes: [429, 500, 502, 503, 504],
  maxTimeout: 3_000,
  timeoutFactor: 3,
  // The last answer is handed on as it is; the SDK's error classes read it.
  throwOnError: false,
} satisfies Parameters<typeof interceptors.retry>[0]

/** Spreads the first wait over 200 to 500 ms, so that many clients do not come back at once. */
const jitter: Dispatcher.DispatcherComposeInterceptor = dispatch => (options, handler) => {
  const retryOptions = { minTimeout: 200 + Math.random() * 300 }
  return dispatch({ ...options, retryOptions } as typeof options, handler)
}
