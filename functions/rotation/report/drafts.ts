import { actionJson } from '../plan/actions.ts'
import type { Policy } from '../plan/policy.ts'
import { newsMs } from '../plan/timing.ts'
import { ageMs } from '../plan/world.ts'
import { settledUnknownKeys } from '../status/own-keys.ts'
import { youngForeignKeys } from '../status/problems.ts'
import { alarmsOf, type EndedRun, failuresOf } from './ended-run.ts'

/** What a notification is about. */
type NotificationType =
  | 'key.issued'
  | 'key.rolled-back'
  | 'key.revoked'
  | 'key.unknown'
  | 'action.failed'
  | 'problem.standing'

/** What a notification says, before it is addressed. */
export interface Draft {
  readonly type: NotificationType
  readonly data: Readonly<Record<string, unknown>>
  readonly text: string
}

/** The hour (UTC) whose run reports a standing problem: in daytime, and once a day without anything being stored. */
const reportingHour = 8

/**
 * What a run deserves to have said, at most one of each type: what it did, a key that was not made here and is news, the
 * failure or refusal of what was requested, and, in the run of the reporting hour, the problems that persist. Pure.
 */
export function draftsOf(ended: EndedRun, policy: Policy): Draft[] {
  return [
    ...issued(ended),
    ...rolledBack(ended),
    ...revoked(ended),
    ...strange(ended),
    ...failed(ended),
    ...standing(ended, policy),
  ]
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
