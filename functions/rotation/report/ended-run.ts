import type { HttpError } from '../../shared/http-error.ts'
import type { KeyConfig } from '../config.ts'
import type { RunRequest } from '../plan/situation.ts'
import type { RunResult } from '../reconcile/result.ts'
import { type OwnKeys, ownKeyProblems } from '../status/own-keys.ts'
import type { Problem } from '../status/problem.ts'
import { problemsOf } from '../status/problems.ts'

/**
 * A run that has ended. `startedAt` says which hour's run it was; `isOverAll`: it was over every key of the deployment;
 * `ownKeys` are the deployment's own, where an hourly run read them.
 */
export interface EndedRun {
  readonly runId: string
  readonly action: RunRequest['action']
  readonly startedAt: Date
  readonly keys: readonly EndedKey[]
  readonly isOverAll: boolean
  readonly ownKeys?: OwnKeys | undefined
}

/** One key's part of it. `result` is left out after a fault of our own; `error` is its answer, unless that was 200. */
export interface EndedKey {
  readonly key: KeyConfig
  readonly result: RunResult | undefined
  readonly error: HttpError | undefined
}

/** True for an hourly run over all keys that left nothing undone and saw no alarm: it is worth a heartbeat. Pure. */
export function isHealthyHourlyRun(ended: EndedRun): boolean {
  if (ended.action !== 'tend' || !ended.isOverAll || deploymentAlarms(ended).length > 0) return false
  return ended.keys.every(key => {
    const seen = key.error === undefined && key.result?.observation !== undefined
    return seen && failuresOf(key).length === 0 && alarmsOf(key).length === 0
  })
}

/** What makes a key's status unhealthy, as the run saw it last. Pure. */
export function alarmsOf({ key: { policy }, result }: EndedKey): Problem[] {
  if (result?.observation === undefined) return []
  const { world, at } = result.observation
  return problemsOf({ world, policy, now: at }).filter(({ alarming }) => alarming)
}

/** What makes the deployment's status unhealthy, whatever its keys are like. Pure. */
export function deploymentAlarms({ ownKeys, startedAt }: EndedRun): Problem[] {
  if (ownKeys === undefined) return []
  return ownKeyProblems(ownKeys, startedAt).filter(({ alarming }) => alarming)
}

/** What failed, in closed words: the call's name, code and status. Pure. */
export function failuresOf({ result, error }: EndedKey): string[] {
  if (result === undefined) return [error?.code ?? 'internal-error']
  const { issue, undone, stoppedBy } = result
  const issueFailure = issue?.kind !== 'failed' ? [] : [issue.code === 'call' ? issue.error.message : issue.code]
  return [...issueFailure, ...undone.map(({ error }) => error.message), ...(stoppedBy ? [stoppedBy.message] : [])]
}
