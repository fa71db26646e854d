import * as v from 'valibot'
import { keyName } from '../../functions/shared/key-names.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { addressOf } from '../deployment/address.ts'
import { type Answer, isCodeWord, isFromFunction, isTransient } from '../deployment/answer.ts'
import { patientCaller } from '../deployment/call.ts'
import { readStatus, readStatusOfSeveral, type Status, type StatusOfSeveral } from './status.ts'
import type { Target } from './target.ts'

/** A status, parsed, and the JSON that it was parsed from. */
interface StatusAnswer {
  readonly status: Status | StatusOfSeveral
  readonly body: Answer['body']
  /** True when both the HTTP status (200) and the body say so. */
  readonly isHealthy: boolean
}

// What a running function needs, with Scaleway behind it, even with --wait 0.
const minAttemptMs = 3_000

/** Which key is asked for, how long to wait, and what is told of that. */
interface Asking {
  /** Undefined asks for the deployment: its only key, or all of them. */
  readonly key?: string | undefined
  readonly waitSeconds: number
  /** Called once with a sentence when there is no answer after `sayAfterMs`. */
  readonly say?: (sentence: string) => void
  readonly sayAfterMs?: number
}

/**
 * Asks a rotation function for its status. Waits at most `waitSeconds` while it may be starting, or at work.
 * @throws {CannotProceedError} when there is no status, with cause and remedy; never quotes an answer or the token
 */
export async function askStatus(target: Target, asking: Asking): Promise<StatusAnswer> {
  const { key, waitSeconds, say = () => undefined, sayAfterMs = 10_000 } = asking
  const call = patientCaller({ waitSeconds, minAttemptMs, callerHeaders: target.callerHeaders })
  const impatient = setTimeout(() => say(`No answer yet: waiting for up to ${waitSeconds} s. ${whySilent}`), sayAfterMs)
  const { url, token } = target
  // With several keys an instance remembers for a minute; whoever asks wants to see what has just been done.
  const asked = { url: key === undefined ? url : addressOf(url, key), token, headers: { 'Cache-Control': 'no-cache' } }
  const answer = await call(asked, isFinal).finally(() => clearTimeout(impatient))
  const isStatus = answer.status === 200 || answer.status === 503
  const status = isStatus ? (readStatus(answer.body) ?? readStatusOfSeveral(answer.body)) : undefined
  if (status === undefined) throw new CannotProceedError(whyNot(answer, target))
  return { status, body: answer.body, isHealthy: answer.status === 200 && status.healthy }
}

function isFinal(answer: Answer): boolean {
  return isFromFunction(answer) || !isTransient(answer) || answer.isUnreachable === true
}

function whyNot(answer: Answer, { url }: Target): string {
  const { status, body } = answer
  const { origin } = new URL(url)
  const code = isCodeWord(body.error) ? ` ${body.error}` : ''
  if (answer.isUnreachable === true) return `No server at ${origin}: is the address right, and is it still running?`
  if (status === 0) return `No answer from ${origin} in time: ${whySilent} Wait longer with --wait, or look at its log.`
  if (body.error === 'no-such-key') return `There is no key of this name (HTTP ${status}${code}): ${itsKeys(body)}`
  if (body.error === 'no-credential') return `No key reaches the function (HTTP ${status}${code}): ${howToSend}`
  if (status === 401 || status === 403) return `The function refused the key (HTTP ${status}${code}): ${whichKey}`
  if (isFromFunction(answer) && status >= 500 && code !== '') {
    return `The function could not determine its status (HTTP ${status}${code}${ofScaleway(body)}): its log has the cause.`
  }
  if (isTransient(answer)) {
    return `The function is not running, or busy (HTTP ${status}): ${whySilent} Wait longer with --wait, or look at its log.`
  }
  return `What answered at ${origin} is not a status (HTTP ${status}): is this the rotation function?`
}

function itsKeys({ keys }: Answer['body']): string {
  return v.is(v.array(keyName), keys)
    ? `the names here are ${keys.join(', ')}.`
    : 'leave --key out to see which there are.'
}

/** The number alone, of a message whose other words are not printed. */
function ofScaleway({ message }: Answer['body']): string {
  const [, status] = /with status (\d{3})\)/.exec(String(message)) ?? []
  return status === undefined ? '' : `, Scaleway answered ${status}`
}

const whySilent =
  'A revoke keeps the function silent for 80 to 220 s, and a first start for up to a minute; Ctrl-C does no harm.'
const whichKey =
  'put the secret key of an operator or a monitor of this deployment into the environment variable TOKEN.'
const howToSend =
  'the platform keeps its headers to itself. Set send_caller_key = true and apply; with --url set SEND_CALLER_KEY=true.'
