import {
  blocked,
  type IssueReason,
  isRolledBack,
  issueReason,
  type Situation,
  unpublishedKeys,
} from '../plan/issue-rules.ts'
import { isMarked, servedVersion, unmanagedVersions } from '../plan/world.ts'
import { overdueCleanUp } from './overdue.ts'
import { type RotatorKey, rotatorKeyProblems } from './rotator-key.ts'

/** Something to know about. An alarming one makes the status 503. The words are those of plans and logs. */
export interface Problem {
  readonly code:
    | IssueReason
    | 'blocked'
    | 'foreign-served'
    | 'cleanup-overdue'
    | 'rotator-key-expires-soon'
    | 'rotator-key-old'
    | 'rotator-key-unknown'
    | 'rolled-back'
    | 'orphan'
    | 'foreign-key'
    | 'foreign-version'
  readonly alarming: boolean
  readonly message: string
}

/** What is judged. `rotatorKey` is left out where nobody asked for it. */
export interface Standing extends Situation {
  readonly rotatorKey?: RotatorKey | undefined
}

/** What a tick does. */
export const tick = { action: 'tend', operator: false, force: false, revision: null } as const

/** Names what is wrong or worth knowing, alarms first. Pure. */
export function problemsOf(standing: Standing): Problem[] {
  const { rotatorKey, now } = standing
  const own = rotatorKey === undefined ? [] : rotatorKeyProblems(rotatorKey, now)
  return [
    ...alarms(standing),
    ...own.filter(({ alarming }) => alarming),
    ...notes(standing),
    ...own.filter(({ alarming }) => !alarming),
  ]
}

function alarms(situation: Situation): Problem[] {
  const reason = issueReason(situation, tick)
  const stop = blocked(situation, reason ?? 'requested')?.quota
  const served = servedVersion(situation.world)
  const found: Problem[] = []
  const alarm = (code: Problem['code'], message: string) => found.push({ code, alarming: true, message })
  if (reason !== undefined) alarm(reason, reasonMessages[reason])
  if (stop !== undefined) {
    alarm('blocked', `${stop.used} ${stop.name}, and ${stop.limit} are the limit: no key can be made.`)
  }
  if (served !== undefined && !isMarked(served)) {
    const advice = 'Rotate to supersede it, or disable it.'
    alarm('foreign-served', `Revision ${served.revision} is served and was not made here. ${advice}`)
  }
  const overdue = overdueCleanUp(situation)
  if (overdue.length > 0) alarm('cleanup-overdue', overdueMessage(overdue))
  return found
}

function notes(situation: Situation): Problem[] {
  const { world } = situation
  const found: Problem[] = []
  const note = (code: Problem['code'], message: string) => found.push({ code, alarming: false, message })
  if (isRolledBack(situation)) note('rolled-back', 'The newest revision was taken back. Only the operator rotates now.')
  if (unpublishedKeys(world).length > 0) {
    note('orphan', 'A key was made and not published. A tick deletes it once it is an hour old.')
  }
  if (world.keys.some(({ marker }) => marker === null)) {
    note('foreign-key', 'The application has keys that were not made here. They are never touched.')
  }
  if (unmanagedVersions(world).length > 0) {
    note('foreign-version', 'The secret has versions that were not made here. They are never touched.')
  }
  return found
}

function overdueMessage(overdue: readonly { readonly accessKey: string }[]): string {
  const keys = [...new Set(overdue.map(({ accessKey }) => accessKey))].join(', ')
  return `What is left of ${keys} should be gone long since: ticks do not come, or cannot finish. POST {"action":"tend"} and see its answer.`
}

const reasonMessages: Record<IssueReason, string> = {
  'no-usable-key': 'No key that works is served. The next tick makes one; POST {"action":"rotate"} makes it now.',
  'expires-soon': 'The served key is about to expire. The next tick replaces it.',
  'key-too-old': 'The rotation is overdue. The next tick rotates.',
  requested: 'A rotation was requested.',
  forced: 'A rotation was forced.',
  compromise: 'A leaked key is to be replaced.',
}
