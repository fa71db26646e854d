import type { DueReason } from '../plan/actions.ts'
import { skewSentence } from '../plan/clock-skew.ts'
import { deletedSecret, secretDeletedMessage } from '../plan/deleted-secret.ts'
import { doubtedKeyMessage } from '../plan/doubted-key.ts'
import { blocked, dueReason, isRolledBack } from '../plan/issue-rules.ts'
import type { Situation } from '../plan/situation.ts'
import { foreignKeyAlarmMs } from '../plan/timing.ts'
import {
  ageMs,
  isMarked,
  type Key,
  servedVersion,
  unmanagedKeys,
  unmanagedVersions,
  unnamedForeignKeys,
  unpublishedKeys,
} from '../plan/world.ts'
import { overdueCleanUp } from './overdue.ts'
import { type OwnKeys, ownKeyProblems } from './own-keys.ts'
import type { Problem } from './problem.ts'

/** What is judged. `ownKeys` is left out where they were not read, `skewMs` where the clock is known to be right. */
export interface Standing extends Situation {
  readonly ownKeys?: OwnKeys | undefined
  readonly skewMs?: number
}

/** Names what is wrong or worth knowing, alarms first. Pure. */
export function problemsOf(standing: Standing): Problem[] {
  const { ownKeys, now, skewMs = 0 } = standing
  const own = ownKeys === undefined ? [] : ownKeyProblems(ownKeys, now)
  return [
    ...(skewMs === 0 ? [] : [wrongClock(skewMs)]),
    ...alarms(standing),
    ...own.filter(({ alarming }) => alarming),
    ...notes(standing),
    ...own.filter(({ alarming }) => !alarming),
  ]
}

function wrongClock(skewMs: number): Problem {
  const message = `${skewSentence(skewMs)}. See "The function's clock is wrong" in the runbook.`
  return { code: 'clock-skew', alarming: true, message }
}

function alarms(situation: Situation): Problem[] {
  const deleted = deletedSecret(situation.world)
  const [doubted] = situation.world.doubtedKeys ?? []
  // What follows from a secret without versions, or a key that is not shown, is no advice while it may come back.
  const reason = deleted === undefined && doubted === undefined ? dueReason(situation) : undefined
  const stop = blocked(situation, reason ?? 'requested')?.quota
  const served = servedVersion(situation.world)
  const found: Problem[] = []
  const alarm = (code: Problem['code'], message: string) => found.push({ code, alarming: true, message })
  if (deleted !== undefined) alarm(deleted.code, secretDeletedMessage(deleted))
  if (doubted !== undefined) alarm('list-incomplete', doubtedKeyMessage(doubted))
  if (reason !== undefined) alarm(reason, reasonMessages[reason])
  if (stop !== undefined) {
    alarm('blocked', `${stop.used} ${stop.name}, and ${stop.limit} are the limit: no key can be made.`)
  }
  if (served !== undefined && !isMarked(served)) {
    const advice = 'Supersede it with POST {"action":"rotate","force":true}, or disable it.'
    alarm('foreign-served', `Revision ${served.revision} is served and was not made here. ${advice}`)
  }
  const overdue = overdueCleanUp(situation)
  if (overdue.length > 0) alarm('cleanup-overdue', overdueMessage(overdue))
  const young = youngForeignKeys(situation)
  if (young.length > 0) alarm('foreign-key', foreignKeyMessage(young))
  return found
}

function notes(situation: Situation): Problem[] {
  const { world } = situation
  const found: Problem[] = []
  const note = (code: Problem['code'], message: string) => found.push({ code, alarming: false, message })
  if (deletedSecret(world) === undefined && isRolledBack(situation))
    note('rolled-back', 'The newest revision was rolled back. Only the operator rotates now.')
  if (unpublishedKeys(world).length > 0) {
    note('orphan', 'A key was made and not published. The hourly run deletes it once it is an hour old.')
  }
  if (unmanagedKeys(world).length > 0 && youngForeignKeys(situation).length === 0) {
    note('foreign-key', 'The application has keys that were not made here. They are never touched.')
  }
  if (unmanagedVersions(world).length > 0) {
    note('foreign-version', 'The secret has versions that were not made here. They are never touched.')
  }
  return found
}

/** Keys of the bearer that were made by somebody else not long ago. Pure. */
export function youngForeignKeys({ world, now }: Pick<Situation, 'world' | 'now'>): Key[] {
  return unnamedForeignKeys(world).filter(({ createdAt }) => ageMs(createdAt, now) < foreignKeyAlarmMs)
}

function foreignKeyMessage(keys: readonly Key[]): string {
  const named = keys.map(({ accessKey }) => accessKey).join(', ')
  return `The application has a new key that was not made here: ${named}. If none of you made it, delete it and follow the runbook for a leaked rotator's key; a week after it was made this is a note.`
}

function overdueMessage(overdue: readonly { readonly accessKey: string }[]): string {
  const keys = [...new Set(overdue.map(({ accessKey }) => accessKey))].join(', ')
  return `The clean-up of ${keys} is overdue: the hourly run does not come, or cannot finish. POST {"action":"tend"} and see its answer.`
}

const reasonMessages: Record<DueReason, string> = {
  'no-usable-key': 'No key that works is served. The next hourly run makes one; POST {"action":"rotate"} makes it now.',
  'expires-soon': 'The served key is about to expire. The next hourly run replaces it.',
  'key-too-old': 'The rotation is overdue. The next hourly run rotates.',
}
