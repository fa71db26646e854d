import type { RunRequest } from '../plan/issue-rules.ts'
import type { Plan } from '../plan/plan.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { Observation } from './own-writes.ts'
import { Course, type RunParts } from './reconciliation.ts'
import type { RunResult } from './result.ts'

const mostSteps = 60

/**
 * observe → plan → one action, until nothing is due. Every action rests on a look of its own, at most a minute old;
 * none is tried twice; an issue is tried at most once. A failed clean-up is passed over, so that one action that
 * can never succeed does not hold up the others.
 */
export async function run(request: RunRequest, parts: RunParts): Promise<RunResult> {
  const course = new Course(request, parts)
  try {
    for (let step = 0; step < mostSteps; step++) {
      const action = await course.next()
      if (action !== undefined) await course.take(action)
      else if (!(await course.waits())) break
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return course.result(error)
  }
  return course.result(undefined)
}

/** Gives what a run would do, and does nothing. */
export async function dryRun(request: RunRequest, parts: RunParts): Promise<Plan & { observation: Observation }> {
  return new Course(request, parts).look()
}
