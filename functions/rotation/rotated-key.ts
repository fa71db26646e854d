import type { TimeLeft } from './clock.ts'
import type { KeyConfig } from './config.ts'
import type { Plan } from './plan/plan.ts'
import type { RunRequest } from './plan/situation.ts'
import { type Observation, observe } from './reconcile/observe.ts'
import { OwnWrites } from './reconcile/own-writes.ts'
import { type BegunRun, begin, dryRun } from './reconcile/reconcile.ts'
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
  /** Begins a run, which acts only once it is told to end. A failed call is in its result, not thrown. */
  begin(request: RunRequest, context: RunContext): Promise<BegunRun>
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
    begin: (request, context) => begin(request, runParts(context)),
    dryRun: (request, context) => dryRun(request, runParts(context)),
  }
}
