import { type Prune, prunings, type Retire, type Revoke, retirements, revocations } from './cleanup-rules.ts'
import {
  type IssueReason,
  issueReason,
  issueRefusal,
  type RefusedIssue,
  type RunRequest,
  type Situation,
} from './issue-rules.ts'
import type { Policy } from './policy.ts'
import { overtakingPublication, type RefusedRollback, rollback, servedAfter } from './rollback-rules.ts'
import type { World } from './world.ts'

/** Make a new key and publish it. */
export interface Issue {
  readonly kind: 'issue'
  readonly reason: IssueReason
}

/** One thing to do, with its reason. Logged and answered as it is. */
export type Action = Issue | Retire | Revoke | Prune

/** Why what was asked for, or is due, is not done. */
export type Refused = RefusedIssue | RefusedRollback

/** What a run has already done, where rules depend on it. */
export interface RunSoFar {
  /** What was asked for was tried, whatever came of it: a run issues, or rolls back, at most once. */
  readonly isTried: boolean
  /** Revisions that this run disabled. */
  readonly disabled: ReadonlySet<number>
}

/** What is due, in order, and what is due but may not happen now. */
export interface Plan {
  readonly actions: readonly Action[]
  readonly refusal: Refused | undefined
}

/** What a run looks at when it has done nothing yet. */
export const nothingSoFar: RunSoFar = { isTried: false, disabled: new Set() }

/** All that a plan depends on. `now` is the moment of the observation. */
export interface PlanInput {
  readonly world: World
  readonly policy: Policy
  readonly request: RunRequest
  readonly soFar: RunSoFar
  readonly now: Date
}

/**
 * Decides what is due: issue, then retire, revoke, prune. Pure: no clock, no I/O, no randomness.
 * A refused issue leaves the clean-up standing, and is never the same as nothing to do. A rollback is one thing alone.
 */
export function plan({ world, policy, request, soFar, now }: PlanInput): Plan {
  const situation = { world, policy, now }
  if (request.action === 'rollback') return planRollback(situation, request, soFar)
  const reason = soFar.isTried ? undefined : issueReason(situation, request)
  const refusal = reason && issueRefusal(situation, request, reason)
  const issues: Issue[] = reason !== undefined && refusal === undefined ? [{ kind: 'issue', reason }] : []
  const overtaking = overtakingPublication(situation)
  const cleanUp = [
    ...(overtaking === undefined ? [] : [overtaking]),
    ...retirements(situation),
    ...revocations(situation, soFar.disabled),
    ...prunings(situation),
  ]
  return { actions: [...issues, ...cleanUp], refusal }
}

function planRollback(situation: Situation, { revision }: RunRequest, { isTried, disabled }: RunSoFar): Plan {
  if (isTried) return { actions: servedAfter(situation, disabled), refusal: undefined }
  const decided = rollback(situation, revision)
  return 'code' in decided ? { actions: [], refusal: decided } : { actions: [decided], refusal: undefined }
}
