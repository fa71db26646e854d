import type { TimeLeft } from './clock.ts'
import type { KeyConfig } from './config.ts'
import type { Plan } from './plan/plan.ts'
import type { RunRequest } from './plan/situation.ts'
import { type Observation, observe } from './reconcile/observe.ts'
import { OwnWrites } from './reconcile/own-writes.ts'
import { dryRun, reconcile } from './reconcile/reconcile.ts'
import type { RunResult } from './reconcile/result.ts'
import type { RunParts } from './reconcile/run-parts.ts'
import { type CallParts, callsWithin } from './scaleway/calls.ts'
import { nextFiring } from './schedule.ts'
import type { StatusParts } from './status/status.ts'

/** What names one run, bounds it and is called with its events. */
type RunContext = Pick<RunParts, 'runId' | 'report' | 'timeLeft'>

/** One key that is rotated: what its status is made from, and a run on it. */
export interface RotatedKey {
  readonly config: KeyConfig
  /** Observes once, and changes nothing. Throws an `ApiError`. */
  observe(timeLeft: TimeLeft): Promise<StatusParts>
  /** Observes and acts until nothing is due. A failed call is in the result, not thrown. */
  run(request: RunRequest, context: RunContext): Promise<RunResult>
  /** Gives what a run would do, and does nothing. Throws an `ApiError`. */
  dryRun(request: RunRequest, context: RunContext): Promise<Plan & { observation: Observation }>
}

/** Makes the key of a configuration. */
export function createRotatedKey(config: KeyConfig, parts: CallParts): RotatedKey {
  const { clock } = parts
  const { policy, secretId, rotationSchedule } = config
  const runParts = (context: RunContext): RunParts => ({
    ...callsWithin(context.timeLeft, config, parts),
    ...context,
    clock,
    policy,
    secretId,
  })
  return {
    config,
    async observe(timeLeft) {
      const calls = callsWithin(timeLeft, config, parts)
      const { world, at: now } = await observe({ ...calls, ownWrites: new OwnWrites(), clock, onlyLooks: true })
      const nextRotation = rotationSchedule === undefined ? 'paused' : nextFiring(rotationSchedule, now)
      return { world, policy, now, nextRotation, skewMs: calls.skewMs() }
    },
    run: (request, context) => reconcile(request, runParts(context)),
    dryRun: (request, context) => dryRun(request, runParts(context)),
  }
}
