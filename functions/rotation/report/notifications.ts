import type { HttpError } from '../../shared/http-error.ts'
import { actionJson } from '../plan/actions.ts'
import type { Policy } from '../plan/policy.ts'
import type { RunRequest } from '../plan/situation.ts'
import { newsMs } from '../plan/timing.ts'
import { ageMs } from '../plan/world.ts'
import type { RunResult } from '../reconcile/result.ts'
import { type OwnKeys, settledUnknownKeys } from '../status/own-keys.ts'
import type { Problem } from '../status/problem.ts'
import { problemsOf, youngForeignKeys } from '../status/problems.ts'

/** What a notification is about. */
type NotificationType =
  | 'key.issued'
  | 'key.rolled-back'
  | 'key.revoked'
  | 'key.unknown'
  | 'action.failed'
  | 'problem.standing'

/** One notification. A receiver that gets the same `id` twice was notified of the same thing twice. */
export interface Notification {
  readonly id: string
  readonly body: {
    readonly type: NotificationType
    readonly timestamp: string
    readonly data: Readonly<Record<string, unknown>>
    /** The same for people, so that chat hooks need no adapter. */
    readonly text: string
  }
}

/**
 * A run that has ended. `error` is its answer, unless that was 200; `startedAt` says which hour's run it was;
 * `ownKeys` are the deployment's own, where an hourly run read them.
 */
export interface EndedRun {
  readonly runId: string
  readonly action: RunRequest['action']
  readonly startedAt: Date
  readonly result: RunResult
  readonly error: HttpError | undefined
  readonly ownKeys?: OwnKeys | undefined
}

/** What notifications are written with. `now` is the moment that they carry. */
interface NotificationContext {
  readonly policy: Policy
  readonly applicationId: string
  readonly secretId: string
  readonly now: Date
}

/** The hour (UTC) whose run reports a standing problem: in daytime, and once a day without anything being stored. */
const reportingHour = 8

interface Draft {
  readonly type: NotificationType
  readonly data: Readonly<Record<string, unknown>>
  readonly text: string
}

/**
 * The notifications that a run deserves, at most one of each type: what it did, a key that was not made here and is news,
 * the failure or refusal of what was requested, and, in the run of the reporting hour, the problems that persist. Pure.
 */
export function notificationsOf(
  ended: EndedRun,
  { policy, applicationId, secretId, now }: NotificationContext,
): Notification[] {
  const drafts = [
    ...issued(ended),
    ...rolledBack(ended),
    ...revoked(ended),
    ...strange(ended),
    ...failed(ended),
    ...standing(ended, policy),
  ]
  const about = { secret_id: secretId, application_id: applicationId, run_id: ended.runId, action: ended.action }
  return drafts.map(({ type, data, text }) => ({
    id: `${type === 'problem.standing' ? dayOf(ended, secretId) : ended.runId}_${type.replace('.', '-')}`,
    body: { type, timestamp: now.toISOString(), data: { ...about, ...data }, text: `${text} (secret ${secretId})` },
  }))
}

/** True for an hourly run that left nothing undone and saw no alarm: it is worth a heartbeat. Pure. */
export function isHealthyHourlyRun(ended: EndedRun, policy: Policy): boolean {
  const { action, result, error } = ended
  if (action !== 'tend' || error !== undefined || result.observation === undefined) return false
  return failuresOf(result).length === 0 && alarmsOf(ended, policy).length === 0
}

function issued({ result: { issue, done } }: EndedRun): Draft[] {
  if (issue?.kind !== 'issued') return []
  const { accessKey, expiresAt } = issue.key
  const { revision } = issue.version
  const reason = done.find(({ kind }) => kind === 'issue')?.reason
  const data = { access_key: accessKey, revision, expires_at: expiresAt, reason }
  return [{ type: 'key.issued', data, text: `Key ${accessKey} was issued as revision ${revision}: ${reason}.` }]
}

function rolledBack({ result: { done } }: EndedRun): Draft[] {
  const rolled = done.find(({ kind, reason }) => kind === 'retire' && reason === 'rolled-back')
  if (rolled?.kind !== 'retire') return []
  const { accessKey, revision } = rolled
  const text = `Revision ${revision} with key ${accessKey} was rolled back: the one before it is served.`
  return [{ type: 'key.rolled-back', data: { access_key: accessKey, revision }, text }]
}

function revoked({ result: { done } }: EndedRun): Draft[] {
  const revocations = done.filter(action => action.kind === 'revoke')
  if (revocations.length === 0) return []
  const keys = revocations.map(({ accessKey, reason }) => `${accessKey} (${reason})`)
  const text = `${keys.length === 1 ? 'Key' : 'Keys'} ${keys.join(', ')} revoked.`
  return [{ type: 'key.revoked', data: { keys: revocations.map(actionJson) }, text }]
}

/**
 * Keys that were not made here, of the bearer and of the deployment's own applications, while they are news: an attack is
 * not left to the reporting hour.
 */
function strange({ action, startedAt, result: { observation }, ownKeys }: EndedRun): Draft[] {
  if (action !== 'tend') return []
  const ofBearer = observation === undefined ? [] : youngForeignKeys({ world: observation.world, now: startedAt })
  const keys = [
    ...ofBearer.map(key => ({ ...key, application: 'bearer' })),
    ...settledUnknownKeys(ownKeys?.unknown ?? [], startedAt),
  ].filter(({ createdAt }) => ageMs(createdAt, startedAt) < newsMs)
  if (keys.length === 0) return []
  const named = keys.map(({ accessKey, application }) => `${accessKey} of ${application}`).join(', ')
  const data = { keys: keys.map(({ accessKey, application }) => ({ access_key: accessKey, application })) }
  return [{ type: 'key.unknown', data, text: `A key was made that is not ours: ${named}. ${ifNotYours}` }]
}

const ifNotYours =
  'If none of you made it, delete it and follow the runbook: an IAM key with rights over it has leaked.'

/** A failed hourly run answers no person: the next one tries again, and what persists is reported as standing. */
function failed({ action, error }: EndedRun): Draft[] {
  if (action === 'tend' || error === undefined || error.status === 400) return []
  const { code, message, status } = error
  const verb = status === 409 ? 'was refused' : 'failed'
  return [{ type: 'action.failed', data: { error: code, message }, text: `${action} ${verb}, ${code}: ${message}` }]
}

function standing(ended: EndedRun, policy: Policy): Draft[] {
  const { action, startedAt, result } = ended
  if (action !== 'tend' || startedAt.getUTCHours() !== reportingHour) return []
  const problems = alarmsOf(ended, policy).map(({ code, message }) => ({ code, message }))
  const failures = failuresOf(result)
  if (problems.length + failures.length === 0) return []
  const sentences = [
    ...problems.map(({ message }) => message),
    ...failures.map(failure => `The hourly run failed: ${failure}.`),
  ]
  return [{ type: 'problem.standing', data: { problems, failures }, text: sentences.join(' ') }]
}

function alarmsOf({ result: { observation }, ownKeys }: EndedRun, policy: Policy): Problem[] {
  if (observation === undefined) return []
  const { world, at } = observation
  return problemsOf({ world, policy, now: at, ownKeys }).filter(({ alarming }) => alarming)
}

/** What failed, in closed words: the call's name, code and status. */
function failuresOf({ issue, undone, stoppedBy }: RunResult): string[] {
  const issueFailure = issue?.kind !== 'failed' ? [] : [issue.code === 'call' ? issue.error.message : issue.code]
  return [...issueFailure, ...undone.map(({ error }) => error.message), ...(stoppedBy ? [stoppedBy.message] : [])]
}

/** Two runs in one hour, or a trigger delivered twice, report the same day's problem under the same id. */
function dayOf({ startedAt }: EndedRun, secretId: string): string {
  return `${secretId}_${startedAt.toISOString().slice(0, 10)}`
}
