import { HttpError } from '../../shared/http-error.ts'
import { skewSentence } from '../plan/clock-skew.ts'
import { secretDeletedMessage } from '../plan/deleted-secret.ts'
import { doubtedKeyMessage } from '../plan/doubted-key.ts'
import type { IssueRefusal, Refused, RollbackRefusal } from '../plan/refusals.ts'
import type { DoubtedKey } from '../plan/world.ts'
import type { DiscardedKey, IssueFailure } from '../reconcile/result.ts'
import type { ApiError } from '../scaleway/api-error.ts'

/** What an answer adds to an error: the actions that were done nevertheless, and the new key that was discarded. */
interface Aftermath {
  readonly actions?: readonly unknown[]
  readonly discarded?: DiscardedKey | undefined
  /** One more sentence. */
  readonly remark?: string
}

/** Gives the error that answers a failed call: 504 when Scaleway did not answer in time, 503 under a wrong clock, else 502. */
export function errorForCall(error: ApiError, aftermath: Aftermath = {}): HttpError {
  const { code, operation, status, skewMs, doubtedKey } = error
  if (doubtedKey !== undefined) return errorForDoubt(doubtedKey, code, aftermath)
  const withStatus = status === undefined ? '' : ` with status ${status}`
  const message = `${skewMs === undefined ? apiMessages[code] : skewSentence(skewMs)} (${operation}${withStatus}). Nothing that was published is undone${after(error)}`
  return httpError({ status: statusFor(code), code, message }, aftermath)
}

function errorForDoubt(doubted: DoubtedKey, code: string, aftermath: Aftermath): HttpError {
  const { accessKey, revision, until } = doubted
  const details = { access_key: accessKey, revision, retry_after: until }
  return httpError({ status: 502, code, message: doubtedKeyMessage(doubted), details }, aftermath)
}

function statusFor(code: ApiError['code']): number {
  if (code === 'clock-skew') return 503
  return code === 'upstream-timeout' || code === 'out-of-time' ? 504 : 502
}

/** What happens next: a wrong clock, or a refusal of these statuses, stays until a person changes something. */
function after(error: ApiError): string {
  const section = runbookSection(error)
  if (section === undefined) return ', and the next hourly run repairs what is left.'
  return `, but no run repairs this: see "${section}" in the runbook.`
}

function runbookSection({ code, status, operation }: ApiError): string | undefined {
  if (code === 'clock-skew') return "The function's clock is wrong"
  if (code === 'secret-gone') return 'The secret is deleted'
  if (code !== 'upstream-refused') return undefined
  if (status === 401 || status === 403) return "The rotator's key expired or leaked"
  if (status === 412) return 'The secret is deleted'
  if (status !== 404) return undefined
  return operation.includes('version') ? 'The secret is deleted' : 'An application in IAM is deleted'
}

const apiMessages: Record<ApiError['code'], string> = {
  'upstream-timeout': 'Scaleway did not answer in time',
  'upstream-unreachable': 'Scaleway could not be reached or broke off',
  'upstream-refused':
    "Scaleway refused the rotator's call: its key, its permissions or the ids it was given are not right",
  'upstream-error': 'Scaleway answered with an error',
  'upstream-unreadable': 'Scaleway answered with something that is not what was requested',
  'secret-gone':
    'Scaleway has no secret of this id: it was deleted more than 7 days ago and cannot be restored, or SECRET_ID or REGION is wrong',
  'list-incomplete': "Scaleway's lists do not agree yet",
  'clock-skew': "The function's clock is far from Scaleway's",
  'out-of-time': 'The run ended before the function would have been cut off',
}

/** Gives the error that answers an issue which published nothing. */
export function errorForFailure(code: IssueFailure, aftermath: Aftermath): HttpError {
  return httpError({ code, ...failures[code] }, aftermath)
}

const failures: Record<IssueFailure, { status: number; message: string }> = {
  'not-proven': {
    status: 502,
    message: 'The new key did not authenticate in time; nothing was published. Try again later.',
  },
  overtaken: {
    status: 409,
    message: 'Another run published a version, or rolled one back, meanwhile. The status says what is served now.',
  },
  blocked: {
    status: 409,
    message:
      "IAM refused the new key: the organization's key quota is full or its maximum key duration is shorter than key_lifetime_days. Delete keys or change either.",
  },
}

/** Gives the error that answers what is due or requested and is refused: 409, or 400 when a rollback lacks its revision. */
export function errorForRefusal(refused: Refused, aftermath: Aftermath): HttpError {
  if ('restorableUntil' in refused) {
    return httpError({ status: 409, code: refused.code, message: secretDeletedMessage(refused) }, aftermath)
  }
  const { code } = refused
  if ('current' in refused) {
    const status = code === 'revision-missing' ? 400 : 409
    const send = { action: 'rollback', revision: refused.current }
    const details = { current_revision: refused.current, ...(code === 'revision-missing' && { send }) }
    return new HttpError({ status, code, message: messages[code], details })
  }
  const { quota } = refused
  const used = quota === undefined ? '' : ` ${quota.used} ${quota.name}, and ${quota.limit} are the limit.`
  return httpError({ status: 409, code, message: `${messages[code]}${used}` }, aftermath)
}

const rotateInstead = 'Rotate instead: POST {"action":"rotate","force":true}.'

const messages: Record<IssueRefusal | RollbackRefusal, string> = {
  recent: 'The key was rotated not long ago. An operator rotates at once with {"action":"rotate","force":true}.',
  'in-flight': 'Another rotation is under way or was cut off minutes ago. Try again in ten minutes.',
  'rolled-back':
    'The newest revision was rolled back. Only the operator rotates now, or the hourly run once a rotation is due.',
  blocked:
    'No key can be made without reaching a quota. The hourly run cleans up what is due; see quota in the status.',
  'revision-missing': 'Name the revision to roll back, so that a second request cannot go two revisions back.',
  'already-rolled-back': 'This revision was rolled back before, and another one is served. Nothing is left to do.',
  'not-current': 'This revision is not the one that is served; only current_revision can be rolled back.',
  'unknown-revision': 'No version of this revision was made here; only current_revision can be rolled back.',
  'no-older-key': `There is no older enabled version to fall back to. ${rotateInstead}`,
  'previous-not-usable': `The version before does not hold a key of ours that works. ${rotateInstead}`,
  'previous-expires': `The key of the version before expires too soon. ${rotateInstead}`,
  'too-late': `This revision is older than the overlap: its predecessor may be deleted by any hourly run. ${rotateInstead}`,
  'replaces-compromised': `This revision replaces a key that leaked and must not be served again. ${rotateInstead}`,
}

function httpError(
  { status, code, message, details = {} }: { status: number; code: string; message: string; details?: object },
  { actions = [], discarded, remark }: Aftermath,
): HttpError {
  const sentences = [message, aboutKey(discarded), remark].filter(sentence => sentence !== undefined)
  const done = actions.length === 0 ? {} : { actions }
  return new HttpError({ status, code, message: sentences.join(' '), details: { ...details, ...done } })
}

function aboutKey(discarded: DiscardedKey | undefined): string | undefined {
  if (discarded === undefined) return undefined
  if (discarded.isDeleted) return 'The new key was deleted.'
  return 'The new key, which was given to no application, could not be deleted now; the hourly run deletes it within two hours.'
}
