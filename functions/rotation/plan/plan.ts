import { type Action, actionJson, type Issue } from './actions.ts'
import { prunings, retirements, revocations } from './cleanup-rules.ts'
import { deletedSecret } from './deleted-secret.ts'
import { issueReason, issueRefusal } from './issue-rules.ts'
import type { Refused } from './refusals.ts'
import { overtakingPublication, rollback, servedAfter } from './rollback-rules.ts'
import type { RollbackRequest, RunRequest, RunSoFar, Situation } from './situation.ts'

/** What is due, in order, and what is due but may not happen now. */
export interface Plan {
  readonly actions: readonly Action[]
  readonly refusal: Refused | undefined
}

/** All that a plan depends on. */
interface PlanInput extends Situation {
  readonly request: RunRequest
  readonly soFar: RunSoFar
}

/**
 * Decides what is due: issue, then retire, revoke, prune. Pure: no clock, no I/O, no randomness. The rules that comments
 * name by number are in docs/how-it-works.md#the-rules.
 * A refused issue leaves the clean-up standing, and is never the same as nothing to do. A rollback is one thing alone.
 * Nothing is due in a secret that is deleted.
 */
export function plan({ request, soFar, ...situation }: PlanInput): Plan {
  const deleted = deletedSecret(situation.world)
  // What was requested was done before the secret was deleted: that is no refusal.
  if (deleted !== undefined) return { actions: [], refusal: soFar.isTried ? undefined : deleted }
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

function planRollback(situation: Situation, { revision }: RollbackRequest, { isTried, disabled }: RunSoFar): Plan {
  if (isTried) return { actions: servedAfter(situation, disabled), refusal: undefined }
  const decided = rollback(situation, revision)
  return 'code' in decided ? { actions: [], refusal: decided } : { actions: [decided], refusal: undefined }
}

/** Gives a plan as answers and the status show it: actions in order, and the code of what is refused. */
export function planJson({ actions, refusal }: Plan) {
  return { actions: actions.map(actionJson), refused: refusal === undefined ? null : refusal.code }
}
