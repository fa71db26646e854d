import type { KeyConfig } from '../config.ts'
import { actionJson } from '../plan/actions.ts'
import { newsMs } from '../plan/timing.ts'
import { ageMs } from '../plan/world.ts'
import { settledUnknownKeys } from '../status/own-keys.ts'
import { youngForeignKeys } from '../status/problems.ts'
import { alarmsOf, deploymentAlarms, type EndedKey, type EndedRun, failuresOf } from './ended-run.ts'

/** What a notification is about. */
type NotificationType =
  | 'key.issued'
  | 'key.rolled-back'
  | 'key.revoked'
  | 'key.unknown'
  | 'action.failed'
  | 'problem.standing'

/** What a notification says, before it is addressed: of each key that it is about, or once of the deployment. */
export interface Draft {
  readonly type: NotificationType
  readonly sayings: readonly Saying[]
}

/** What is said of one key; without one, of the deployment. */
export interface Saying {
  readonly key?: KeyConfig
  readonly data: Fields
  /** The same where several keys are spoken of: one or more entries of a list. */
  readonly entries: readonly Fields[]
  readonly text: string
}

type Fields = Readonly<Record<string, unknown>>

/** The hour (UTC) whose run reports a standing problem: in daytime, and once a day without anything being stored. */
const reportingHour = 8

/**
 * What a run deserves to have said, at most one of each type: what it did, a key that was not made here and is news, the
 * failure or refusal of what was requested, and, in the run of the reporting hour, the problems that persist. Pure.
 */
export function draftsOf(ended: EndedRun): Draft[] {
  const ofKeys = (say: (key: EndedKey) => Saying[]) => ended.keys.flatMap(say)
  const drafts: Draft[] = [
    { type: 'key.issued', sayings: ofKeys(issued) },
    { type: 'key.rolled-back', sayings: ofKeys(rolledBack) },
    { type: 'key.revoked', sayings: ofKeys(revoked) },
    { type: 'key.unknown', sayings: strange(ended) },
    { type: 'action.failed', sayings: ofKeys(key => failed(key, ended)) },
    { type: 'problem.standing', sayings: standing(ended) },
  ]
  return drafts.filter(({ sayings }) => sayings.length > 0)
}

function issued({ key, result }: EndedKey): Saying[] {
  if (result?.issue?.kind !== 'issued') return []
  const { accessKey, expiresAt } = result.issue.key
  const { revision } = result.issue.version
  const reason = result.done.find(({ kind }) => kind === 'issue')?.reason
  const data = { access_key: accessKey, revision, expires_at: expiresAt, reason }
  return [of(key, data, `Key ${accessKey} was issued as revision ${revision}: ${reason}.`)]
}

function rolledBack({ key, result }: EndedKey): Saying[] {
  const rolled = result?.done.find(({ kind, reason }) => kind === 'retire' && reason === 'rolled-back')
  if (rolled?.kind !== 'retire') return []
  const { accessKey, revision } = rolled
  const text = `Revision ${revision} with key ${accessKey} was rolled back: the one before it is served.`
  return [of(key, { access_key: accessKey, revision }, text)]
}

function revoked({ key, result }: EndedKey): Saying[] {
  const revocations = result?.done.filter(action => action.kind === 'revoke') ?? []
  if (revocations.length === 0) return []
  const keys = revocations.map(({ accessKey, reason }) => `${accessKey} (${reason})`)
  const text = `${keys.length === 1 ? 'Key' : 'Keys'} ${keys.join(', ')} revoked.`
  const entries = revocations.map(actionJson)
  return [{ key, data: { keys: entries }, entries, text }]
}

/**
 * Keys that were not made here, of the bearers and of the deployment's own applications, while they are news: an attack is
 * not left to the reporting hour.
 */
function strange({ action, startedAt, keys: ended, ownKeys }: EndedRun): Saying[] {
  if (action !== 'tend') return []
  const keys = [
    ...ended.flatMap(key => strangeOf(key, startedAt).map(found => ({ ...found, ...nameOf(key, ended) }))),
    ...settledUnknownKeys(ownKeys?.unknown ?? [], startedAt),
  ].filter(({ createdAt }) => ageMs(createdAt, startedAt) < newsMs)
  if (keys.length === 0) return []
  const entries = keys.map(({ createdAt: _, accessKey, ...of }) => ({ access_key: accessKey, ...of }))
  const named = entries.map(({ access_key, ...of }) => `${access_key} of ${Object.values(of).join(' of ')}`).join(', ')
  return ofDeployment(ended, { keys: entries }, `A key was made that is not ours: ${named}. ${ifNotYours}`)
}

function strangeOf({ result }: EndedKey, now: Date) {
  const young = result?.observation === undefined ? [] : youngForeignKeys({ world: result.observation.world, now })
  return young.map(({ accessKey, createdAt }) => ({ accessKey, createdAt, application: 'bearer' }))
}

const ifNotYours =
  'If none of you made it, delete it and follow the runbook: an IAM key with rights over it has leaked.'

/** A failed hourly run answers no person: the next one tries again, and what persists is reported as standing. */
function failed({ key, error }: EndedKey, { action }: EndedRun): Saying[] {
  if (action === 'tend' || error === undefined || error.status === 400) return []
  const { code, message, status } = error
  const verb = status === 409 ? 'was refused' : 'failed'
  return [of(key, { error: code, message }, `${action} ${verb}, ${code}: ${message}`)]
}

function standing(ended: EndedRun): Saying[] {
  const { action, startedAt, isOverAll, keys } = ended
  if (action !== 'tend' || !isOverAll || startedAt.getUTCHours() !== reportingHour) return []
  const problems = [
    ...keys.flatMap(key => alarmsOf(key).map(problem => ({ ...nameOf(key, keys), ...problem }))),
    ...deploymentAlarms(ended),
  ].map(({ alarming: _, ...problem }) => problem)
  const failures = keys.flatMap(key => failuresOf(key).map(failure => [...Object.values(nameOf(key, keys)), failure]))
  if (problems.length + failures.length === 0) return []
  const sentences = [
    ...problems.map(problem => ('key' in problem ? `${problem.key}: ${problem.message}` : problem.message)),
    ...failures.map(failure => `The hourly run failed: ${failure.join(': ')}.`),
  ]
  const data = { problems, failures: failures.map(failure => failure.join(': ')) }
  return ofDeployment(keys, data, sentences.join(' '))
}

function of(key: KeyConfig, data: Fields, text: string): Saying {
  return { key, data, entries: [data], text }
}

/** What is said of a deployment with one key is said of that key. */
function ofDeployment(keys: readonly EndedKey[], data: Fields, text: string): Saying[] {
  const [only] = keys
  return [{ ...(keys.length === 1 && only !== undefined && { key: only.key }), data, entries: [data], text }]
}

/** The field that names a key, where there are several. */
function nameOf({ key }: EndedKey, keys: readonly EndedKey[]): { readonly key?: string } {
  return keys.length === 1 ? {} : { key: key.name }
}
