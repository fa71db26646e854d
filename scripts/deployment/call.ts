import { setTimeout as pause } from 'node:timers/promises'

/** One request to a function. Without a token it comes from nobody. */
export interface Call {
  readonly url: string
  readonly token?: string | undefined
  /** Sent as JSON with POST; left out, the request is a GET. */
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** What came back; status 0 when nothing did. */
export interface Came {
  readonly status: number
  /** Nobody listens at the address, or the name is unknown: waiting alone does not change that. */
  readonly isNobodyThere?: boolean
  readonly headers: Headers
  /** The JSON object of the body; empty when it is none. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Sends a call, again and again while `isFinal` denies it and patience is left. */
export type Caller = (call: Call, isFinal: (came: Came) => boolean) => Promise<Came>

const answerLimitMs = 120_000
const pauseMs = 2_000

/**
 * Makes a caller whose calls together wait at most `waitSeconds` for a platform that is still building, starting or
 * spreading permissions (minutes: docs/scaleway.md#deployments), so a deployment that never answers is told in bounded
 * time.
 */
export function patientCaller({ waitSeconds }: { waitSeconds: number }): Caller {
  let leftMs = waitSeconds * 1000
  return async (call, isFinal) => {
    for (;;) {
      const began = performance.now()
      const came = await sendCall(call, answerLimitMs)
      if (isFinal(came) || leftMs <= 0) return came
      await pause(Math.min(pauseMs, leftMs))
      leftMs -= performance.now() - began
    }
  }
}

/** Did the function itself answer, not the platform in front of it? Every JSON answer of ours names its request. */
export function isFromFunction({ status, body }: Came): boolean {
  return (status >= 200 && status < 400) || typeof body.request_id === 'string'
}

/** Might the same call be answered otherwise in a while, because something is still being built or started? */
export function isPassing({ status }: Came): boolean {
  return status === 0 || status === 429 || status >= 502
}

/** Sends a call once. What takes longer than the limit is given up; no error is thrown, ever. */
export async function sendCall({ url, token, body, headers = {} }: Call, limitMs: number): Promise<Came> {
  const credential = token === undefined ? {} : { 'X-Auth-Token': token }
  const content = body === undefined ? {} : { 'Content-Type': 'application/json' }
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...credential, ...content, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      // Followed, a redirect would carry the token to an address that nobody checked.
      redirect: 'manual',
      signal: AbortSignal.timeout(Math.ceil(limitMs)),
    })
    return { status: response.status, headers: response.headers, body: objectOf(await response.text()) }
  } catch (error) {
    return { status: 0, isNobodyThere: isNobodyThere(error), headers: new Headers(), body: {} }
  }
}

function isNobodyThere(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ENOTFOUND')
}

function objectOf(written: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(written)
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {}
  }
}
