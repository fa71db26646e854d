import type { Action } from '../plan/actions.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunRequest } from '../plan/situation.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { Observation } from './observe.ts'
import { Reconciliation } from './reconciliation.ts'
import type { RunResult } from './result.ts'
import type { RunParts } from './run-parts.ts'

const maxSteps = 60

/** A run that has looked once. */
export interface BegunRun {
  /** What is to be done first; undefined when nothing is due, or the look failed. */
  readonly first: Action | undefined
  /** Does what is due, if anything is, and gives how the run ended. */
  end(): Promise<RunResult>
}

/** Begins a run: looks once, changes nothing. A failed call is in the result, not thrown. */
export async function begin(request: RunRequest, parts: RunParts): Promise<BegunRun> {
  const reconciliation = new Reconciliation(request, parts)
  try {
    const first = await reconciliation.nextAction()
    return { first, end: () => end(first, reconciliation) }
  } catch (error) {
    const result = stopped(reconciliation, error)
    return { first: undefined, end: async () => result }
  }
}

/**
 * observe → plan → one action, until nothing is due. Every action rests on an observation of its own, at most a minute old;
 * none is tried twice; an issue is tried at most once. A failed clean-up is passed over, so that one action that
 * can never succeed does not hold up the others.
 */
async function end(first: Action | undefined, reconciliation: Reconciliation): Promise<RunResult> {
  try {
    let action = first === undefined || reconciliation.isFresh ? first : await reconciliation.nextAction()
    for (let step = 0; step < maxSteps; step++) {
      if (action !== undefined) await reconciliation.perform(action)
      else if (!(await reconciliation.waitForPropagation())) break
      action = await reconciliation.nextAction()
    }
  } catch (error) {
    return stopped(reconciliation, error)
  }
  return reconciliation.result(undefined)
}

function stopped(reconciliation: Reconciliation, error: unknown): RunResult {
  if (!(error instanceof ApiError)) throw error
  return reconciliation.result(error)
}

/** Gives what a run would do, and does nothing. */
export async function dryRun(request: RunRequest, parts: RunParts): Promise<Plan & { observation: Observation }> {
  return new Reconciliation(request, parts).observe()
}
