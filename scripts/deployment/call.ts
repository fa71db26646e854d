import { setTimeout as pause } from 'node:timers/promises'
import { boundedText } from '../../functions/shared/bounded-text.ts'
import type { Answer } from './answer.ts'
import { bothHeaders, type CallerHeader, credentialIn } from './caller-headers.ts'

/** One request to a function, anonymous without a token. */
export interface Call {
  readonly url: string
  readonly token?: string | undefined
  /** Sent as JSON with POST; left out, the request is a GET. */
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends one request in a way of its own, for what `fetch` cannot send. Gives up after the limit, never throws. */
export type Attempt = (limitMs: number) => Promise<Answer>

/** Sends a call, again and again until `isFinal` accepts the answer or the waiting time is used up. */
export type Caller = (call: Call | Attempt, isFinal: (answer: Answer) => boolean) => Promise<Answer>

/** How a caller sends, and how long it waits. */
interface CallerOptions {
  /** The headers that the token is sent in. */
  readonly callerHeaders?: readonly CallerHeader[]
  /** For all calls of the caller together, as long as their answers are not final. */
  readonly waitSeconds: number
  /** The time limit of one attempt: at least this, and more while more of the waiting time is left. */
  readonly minAttemptMs?: number
}

const maxAttemptMs = 120_000
const pauseMs = 2_000
/** A function's longest answer, a status, has some kilobytes. */
const maxAnswerBytes = 4 * 1024 * 1024

/**
 * Makes a caller whose calls together wait at most `waitSeconds` for a platform that is still building, starting or
 * spreading permissions (minutes: docs/scaleway.md#deployments), so the check of a deployment that never answers ends in
 * bounded time.
 */
export function patientCaller(options: CallerOptions): Caller {
  const { waitSeconds, minAttemptMs = maxAttemptMs, callerHeaders = bothHeaders } = options
  let leftMs = waitSeconds * 1000
  return async (call, isFinal) => {
    const attempt: Attempt = typeof call === 'function' ? call : limitMs => sendCall(call, { callerHeaders, limitMs })
    for (;;) {
      const beganMs = performance.now()
      const answer = await attempt(Math.min(Math.max(leftMs, minAttemptMs), maxAttemptMs))
      if (isFinal(answer)) return answer
      leftMs -= performance.now() - beganMs
      if (leftMs <= 0) return answer
      const waitMs = Math.min(pauseMs, leftMs)
      await pause(waitMs)
      leftMs -= waitMs
    }
  }
}

/** Sends a call once and gives up after the limit. Never throws. */
async function sendCall(
  { url, token, body, headers = {} }: Call,
  { callerHeaders, limitMs }: { callerHeaders: readonly CallerHeader[]; limitMs: number },
): Promise<Answer> {
  const credential = token === undefined ? {} : credentialIn(callerHeaders, token)
  const content = body === undefined ? {} : { 'Content-Type': 'application/json' }
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'Accept-Encoding': 'identity', ...credential, ...content, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      // Followed, a redirect would carry the token to an unchecked address.
      redirect: 'manual',
      signal: AbortSignal.timeout(Math.ceil(limitMs)),
    })
    const text = await boundedText(response.body, maxAnswerBytes)
    return { status: response.status, headers: response.headers, body: objectOf(text ?? '') }
  } catch (error) {
    return { status: 0, isUnreachable: isUnreachable(error), headers: new Headers(), body: {} }
  }
}

function isUnreachable(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ENOTFOUND')
}

/** Reads the JSON object of a body; empty when the body is none. */
export function objectOf(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {}
  }
}
