import type { Plan } from '../plan/plan.ts'
import type { RunRequest } from '../plan/situation.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { Observation } from './observe.ts'
import { Reconciliation } from './reconciliation.ts'
import type { RunResult } from './result.ts'
import type { RunParts } from './run-parts.ts'

const maxSteps = 60

/**
 * observe → plan → one action, until nothing is due. Every action rests on an observation of its own, at most a minute old;
 * none is tried twice; an issue is tried at most once. A failed clean-up is passed over, so that one action that
 * can never succeed does not hold up the others. A failed call is in the result, not thrown.
 */
export async function reconcile(request: RunRequest, parts: RunParts): Promise<RunResult> {
  const reconciliation = new Reconciliation(request, parts)
  try {
    let action = await reconciliation.nextAction()
    for (let step = 0; step < maxSteps; step++) {
      if (action !== undefined) await reconciliation.perform(action)
      else if (!(await reconciliation.waitForPropagation())) break
      action = await reconciliation.nextAction()
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return reconciliation.result(error)
  }
  return reconciliation.result(undefined)
}

/** Gives what a run would do, and does nothing. */
export async function dryRun(request: RunRequest, parts: RunParts): Promise<Plan & { observation: Observation }> {
  return new Reconciliation(request, parts).observe()
}
