import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, type Dispatcher, errors, interceptors, type Response as Reply, fetch as undiciFetch } from 'undici'
import { boundedText } from '../shared/bounded-text.ts'

/**
 * Sends one HTTP request, as the built-in `fetch` does with a `Request`. The signal comes beside it: a `Request` follows
 * the signal that it was made with only until that is garbage-collected.
 */
export type Fetch = (request: Request, options?: { readonly signal?: AbortSignal }) => Promise<Response>

const maxAnswerBytes = 4 * 1024 * 1024

/**
 * Makes the HTTP client under the SDK. Reads and deletes are repeated, at most twice, on 429, 5xx and broken
 * connections; creates and other writes on an empty 429 alone (docs/scaleway.md#key-creation, #rate-limits). A redirect is
 * an error: following it would hand `X-Auth-Token` to another host.
 */
export function createFetch(agent: Dispatcher = createAgent()): Fetch {
  const retrying = agent.compose(interceptors.retry(retry), jitter)
  return async (request, { signal } = {}) => {
    const message = await readMessage(request)
    return isWrite(message)
      ? sendWrite(message, { signal, dispatcher: agent, redirect: 'error' })
      : readAnswer(await send(message, { signal, dispatcher: retrying, redirect: 'error' }))
  }
}

async function readAnswer({ body, status, headers }: Reply): Promise<Response> {
  const text = await boundedText(body, maxAnswerBytes)
  if (text === undefined) throw new errors.ResponseExceededMaxSizeError()
  return new Response(text === '' ? null : text, { status, headers: [...headers] })
}

/**
 * Makes the HTTP client for receivers of notifications and heartbeats. Nothing is repeated, a redirect is handed back
 * as the answer it is, and only the status of an answer is read.
 */
export function createReceiverFetch(dispatcher: Dispatcher = createAgent()): Fetch {
  return async (request, { signal } = {}) => {
    const reply = await send(await readMessage(request), { signal, dispatcher, redirect: 'manual' })
    await reply.body?.cancel()
    return new Response(null, { status: reply.status })
  }
}

interface SendOptions {
  readonly signal: AbortSignal | undefined
  readonly dispatcher: Dispatcher
  readonly redirect: 'error' | 'manual'
}

/** A request that can be sent again: its body is text, not a stream. */
interface Message {
  readonly method: string
  readonly url: string
  readonly headers: [string, string][]
  readonly body: string | null
}

function isWrite({ method }: { method: string }): boolean {
  return method !== 'GET' && method !== 'DELETE'
}

async function readMessage(request: Request): Promise<Message> {
  const { method, url } = request
  const body = isWrite(request) ? await request.text() : null
  // A compressed answer would only add the work of decoding it, within the bound.
  return { method, url, headers: [...request.headers, ['Accept-Encoding', 'identity']], body }
}

function send({ url, ...message }: Message, { signal, ...options }: SendOptions): Promise<Reply> {
  return undiciFetch(url, { ...message, ...options, signal: signal ?? null })
}

/**
 * A rate-limited write was certainly not done. After anything else it may be, and must not be repeated: a 429 with a body is
 * not the platform's.
 */
async function sendWrite(message: Message, options: SendOptions): Promise<Response> {
  for (let waitMs = firstWaitMs(), repeats = 0; ; waitMs *= retry.timeoutFactor, repeats++) {
    const answer = await readAnswer(await send(message, options))
    if (answer.status !== 429 || answer.body !== null || repeats === retry.maxRetries) return answer
    const askedMs = Math.max(waitMs, retryAfterMs(answer))
    await sleep(Math.min(askedMs, retry.maxTimeout), undefined, { signal: options.signal })
  }
}

/** The wait that an answer asks for. A date is waited for as long as may be: only the handler names a clock. */
function retryAfterMs({ headers }: Response): number {
  const asked = headers.get('Retry-After')
  if (asked === null) return 0
  return /^\d+$/.test(asked) ? Number(asked) * 1000 : retry.maxTimeout
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

/** Spreads the first wait, so that many clients do not come back at once. */
function firstWaitMs(): number {
  return 200 + Math.random() * 300
}

const jitter: Dispatcher.DispatcherComposeInterceptor = dispatch => (options, handler) => {
  const retryOptions = { minTimeout: firstWaitMs() }
  return dispatch({ ...options, retryOptions } as typeof options, handler)
}
