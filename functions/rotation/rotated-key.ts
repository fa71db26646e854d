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
import { type CallParts, type Calls, callsWithin } from './scaleway/calls.ts'
import { nextFiring } from './schedule.ts'
import { type OwnKeys, unknownKeys } from './status/own-keys.ts'
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
  /** Looks at the keys of the deployment's own applications within so many milliseconds. */
  ownKeys(limitMs: number): Promise<OwnKeys>
}

/** Makes the key of a configuration. */
export function createRotatedKey(parts: CallParts): RotatedKey {
  const { config, clock } = parts
  const { policy, secretId, rotationSchedule } = config
  const runParts = (context: RunContext): RunParts => ({
    ...callsWithin(context.timeLeft, parts),
    ...context,
    clock,
    policy,
    secretId,
  })
  return {
    async status(timeLeft) {
      const calls = callsWithin(timeLeft, parts)
      const { world, at } = await observe({ ...calls, ownWrites: new OwnWrites(), clock, onlyLooks: true })
      const ownKeys = await readOwnKeys(calls, config)
      const nextRotation = rotationSchedule === undefined ? 'paused' : nextFiring(rotationSchedule, at)
      return statusOf({ world, policy, now: at, ownKeys, nextRotation, skewMs: calls.skewMs() })
    },
    run: (request, context) => reconcile(request, runParts(context)),
    dryRun: (request, context) => dryRun(request, runParts(context)),
    ownKeys: limitMs => readOwnKeys(callsWithin(startCountdown(clock, limitMs), parts), config),
  }
}

async function readOwnKeys({ keys, keysOfApplication }: Calls, { rotator, identities }: Config): Promise<OwnKeys> {
  const [rotatorKey, ...listed] = await Promise.all([
    unlessHidden(() => keys.get(rotator.accessKey)),
    ...identities.map(identity => unlessHidden(() => keysOfApplication(identity.applicationId))),
  ])
  return {
    rotator: rotatorKey ?? null,
    unknown: identities.flatMap((identity, index) => unknownKeys(identity, listed[index] ?? [])),
    hidden: identities.filter((_, index) => listed[index] === undefined).map(({ name }) => name),
  }
}

/** Undefined when IAM does not show what is read, which is no reason to withhold the rest. */
async function unlessHidden<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}
