import type { HttpError } from '../../shared/http-error.ts'
import type { Policy } from '../plan/policy.ts'
import type { RunRequest } from '../plan/situation.ts'
import type { RunResult } from '../reconcile/result.ts'
import type { OwnKeys } from '../status/own-keys.ts'
import type { Problem } from '../status/problem.ts'
import { problemsOf } from '../status/problems.ts'

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

/** True for an hourly run that left nothing undone and saw no alarm: it is worth a heartbeat. Pure. */
export function isHealthyHourlyRun(ended: EndedRun, policy: Policy): boolean {
  const { action, result, error } = ended
  if (action !== 'tend' || error !== undefined || result.observation === undefined) return false
  return failuresOf(result).length === 0 && alarmsOf(ended, policy).length === 0
}

/** What makes the status unhealthy, as the run saw it last. Pure. */
export function alarmsOf({ result: { observation }, ownKeys }: EndedRun, policy: Policy): Problem[] {
  if (observation === undefined) return []
  const { world, at } = observation
  return problemsOf({ world, policy, now: at, ownKeys }).filter(({ alarming }) => alarming)
}

/** What failed, in closed words: the call's name, code and status. Pure. */
export function failuresOf({ issue, undone, stoppedBy }: RunResult): string[] {
  const issueFailure = issue?.kind !== 'failed' ? [] : [issue.code === 'call' ? issue.error.message : issue.code]
  return [...issueFailure, ...undone.map(({ error }) => error.message), ...(stoppedBy ? [stoppedBy.message] : [])]
}
