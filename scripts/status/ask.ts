import { setTimeout as pause } from 'node:timers/promises'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { type Came, isFromFunction, isPassing, sendCall } from '../deployment/call.ts'
import { isCodeWord } from '../deployment/code-word.ts'
import { readStatus, type Status } from './status.ts'
import type { Target } from './target.ts'

/** A status, read, and the JSON that it was read from. */
export interface Asked {
  readonly status: Status
  readonly body: Came['body']
  /** The function says so twice: with HTTP 200 and in the status itself. */
  readonly isHealthy: boolean
}

const pauseMs = 2_000
// What a function that is awake needs, and Scaleway behind it, even where nobody has patience.
const shortestLimitMs = 3_000

/**
 * Asks a rotation function for its status, for at most `waitSeconds` in all (3 at least) while it may be starting.
 * @throws {CannotProceedError} when none came, saying why and what to do; never quotes an answer or the token
 */
export async function askStatus(target: Target, { waitSeconds }: { waitSeconds: number }): Promise<Asked> {
  const came = await patiently(target, waitSeconds)
  const status = came.status === 200 || came.status === 503 ? readStatus(came.body) : undefined
  if (status === undefined) throw new CannotProceedError(whyNot(came, target))
  return { status, body: came.body, isHealthy: came.status === 200 && status.healthy }
}

async function patiently(target: Target, waitSeconds: number): Promise<Came> {
  const endsAtMs = performance.now() + waitSeconds * 1000
  for (;;) {
    const came = await sendCall(target, Math.max(endsAtMs - performance.now(), shortestLimitMs))
    const isFinal = isFromFunction(came) || !isPassing(came) || came.isNobodyThere === true
    if (isFinal || performance.now() + pauseMs >= endsAtMs) return came
    await pause(pauseMs)
  }
}

function whyNot(came: Came, { url }: Target): string {
  const { status, body } = came
  const { origin } = new URL(url)
  const word = isCodeWord(body.error) ? ` ${body.error}` : ''
  if (came.isNobodyThere === true) return `Nobody answers at ${origin}: is the address right, and is it still running?`
  if (status === 0) return `No answer from ${origin} in time: wait longer with --wait, or look at its log.`
  if (status === 401 || status === 403) return `The function refused the key (HTTP ${status}${word}): ${whichKey}`
  if (isFromFunction(came) && status >= 500 && word !== '') {
    return `The function could not tell its status (HTTP ${status}${word}): its log has the cause.`
  }
  if (isPassing(came))
    return `The function is not running (HTTP ${status}): wait longer with --wait, or look at its log.`
  return `What answered at ${origin} is not a status (HTTP ${status}): is this the rotation function?`
}

const whichKey =
  'put the secret key of an operator, a consumer or a monitor of this deployment into the environment variable TOKEN.'
