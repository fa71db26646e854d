import { startCountdown, type TimeLeft } from './clock.ts'
import type { Config } from './config.ts'
import type { Plan } from './plan/plan.ts'
import type { RunRequest } from './plan/situation.ts'
import { type Observation, observe } from './reconcile/observe.ts'
import { OwnWrites } from './reconcile/own-writes.ts'
import { dryRun, reconcile } from './reconcile/reconcile.ts'
import type { RunResult } from './reconcile/result.ts'
import type { RunParts } from './reconcile/run-parts.ts'
import { ApiError } from './scaleway/api-error.ts'
import { type CallParts, callsWithin } from './scaleway/calls.ts'
import type { Keys } from './scaleway/keys.ts'
import type { RotatorKey } from './status/rotator-key.ts'
import { type Status, statusOf } from './status/status.ts'

/** What names one run, bounds it and is called with its events. */
type RunContext = Pick<RunParts, 'runId' | 'report' | 'timeLeft'>

/** One key that is rotated: its status, and a run on it. Every method throws an `ApiError` unless it says otherwise. */
export interface RotatedKey {
  /** Observes once, changes nothing, and gives the status. */
  status(timeLeft: TimeLeft): Promise<Status>
  /** Observes, plans and acts until nothing is due. A failed call is in the result, not thrown. */
  run(request: RunRequest, context: RunContext): Promise<RunResult>
  /** Gives what a run would do, and does nothing. */
  dryRun(request: RunRequest, context: RunContext): Promise<Plan & { observation: Observation }>
  /** Gives the rotator's own key, or null when IAM does not show it, within so many milliseconds. */
  rotatorKey(limitMs: number): Promise<RotatorKey>
}

/** Makes the key of a configuration. */
export function createRotatedKey(parts: CallParts): RotatedKey {
  const { config, clock } = parts
  const { policy, secretId } = config
  const runParts = (context: RunContext): RunParts => ({
    ...callsWithin(context.timeLeft, parts),
    ...context,
    clock,
    policy,
    secretId,
  })
  return {
    async status(timeLeft) {
      const { keys, versions } = callsWithin(timeLeft, parts)
      const { world, at } = await observe({ keys, versions, ownWrites: new OwnWrites(), clock, onlyLooks: true })
      return statusOf({ world, policy, now: at, rotatorKey: await readRotatorKey(keys, config) })
    },
    run: (request, context) => reconcile(request, runParts(context)),
    dryRun: (request, context) => dryRun(request, runParts(context)),
    rotatorKey: limitMs => readRotatorKey(callsWithin(startCountdown(clock, limitMs), parts).keys, config),
  }
}

/** Null when IAM does not show the key, which is no reason to withhold the rest of the status. */
async function readRotatorKey(keys: Pick<Keys, 'get'>, { rotator }: Config): Promise<RotatorKey> {
  try {
    return (await keys.get(rotator.accessKey)) ?? null
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return null
    throw error
  }
}
