import type { Clock } from '../../../functions/rotation/clock.ts'
import { identityVariables, type KeySettings } from '../../../scripts/local/identities.ts'
import { type Deployment, deploy, type Instance, simulated } from '../../support/rotation.ts'
import { Watch } from './invariants.ts'
import type { Timers } from './left-over.ts'

/** Lets a call of an instance through when its time has come. */
export type Gate = (call: () => Promise<Response>) => Promise<Response>

/** What an instance is started with: a clock of its own, off by `skewMs`, and what its calls pass. */
export interface StartOptions {
  readonly skewMs?: number
  readonly clock?: Clock
  readonly gate?: Gate
  readonly env?: Record<string, string>
  /** Called before each call. */
  readonly beforeCall?: (request: Request, clock: Clock) => Promise<void>
  /** Sends notifications and heartbeats; when left out, there is no receiver. */
  readonly receiverFetch?: () => Promise<Response>
}

/** A deployment whose invariants are checked at every call that it makes. */
export interface Stage extends Deployment {
  readonly watch: Watch
  /** Starts another instance of the rotation function. */
  start(options?: StartOptions): Instance
  /** What happened, one line for each event, for the report of a violation. */
  readonly history: string[]
  /** Adds a line to the history. */
  tell(line: string): void
  /** Lets the nth call from now get no answer within its 20 s; `isDone` says whether its work is done. */
  timeOut(nth: number, isDone: boolean): void
  /** An hourly run without faults or lag, after which the served key must work. */
  cleanHourlyRun(): Promise<void>
  /** Days of clean hourly runs, so that every due action is done; after them nothing may be left over. */
  settle(): Promise<void>
}

const atOnce: Gate = call => call()

// Together more than the bound of an old key (left-over.ts), in few hourly runs: each adds many calls to every
// simulated run.
const settlingHours = [1, 1, 25, 97, 1, 25, 25, 1, 1]

/** What a stage may be given. */
interface StageOptions {
  readonly seed: number
  readonly env?: Record<string, string>
  /** Settings that differ from the defaults, and that no invariant depends on. */
  readonly settings?: KeySettings
  /** Timers that differ from the defaults. */
  readonly timers?: Partial<Timers>
  /** How many API keys the organization may have. */
  readonly apiKeyQuota?: number
  /** True if hourly runs look at the keys of all of the deployment's applications, not of rotator and reader alone. */
  readonly watchesAll?: boolean
}

/** Creates a stage. Logs are kept at trace level, to search them for secrets. */
export function createStage({ seed, env, settings = {}, timers = {}, apiKeyQuota, watchesAll }: StageOptions): Stage {
  const deployment = deploy({
    seed,
    ...(env !== undefined && { env }),
    settings: { ...settings, ...settingsOf(timers) },
    ...(apiKeyQuota !== undefined && { scaleway: { apiKeyQuota } }),
  })
  const watch = new Watch(deployment, { timers })
  const parts = partsOf(deployment, {
    look: () => watch.look(),
    env: identitiesOf(deployment, watchesAll),
  })
  const healthy = parts.start()
  const cleanHourlyRun = async () => {
    deployment.cloud.faults.clear()
    const { status } = await healthy.post({ action: 'tend' })
    watch.look()
    watch.afterCleanHourlyRun(status)
  }
  const settle = () => settled(deployment, { watches: [watch], cleanHourlyRun })
  return { ...deployment, ...parts, watch, cleanHourlyRun, settle }
}

/**
 * The variables of the identities whose keys are looked at. Each is one call more of every hourly run, and they are all
 * read alike: two are enough, unless all are asked for.
 */
export function identitiesOf({ ids }: Deployment, watchesAll = false): Record<string, string> {
  const all = identityVariables(ids)
  if (watchesAll) return all
  const few = ['IDENTITY_ROTATOR', 'IDENTITY_READER']
  return Object.fromEntries(Object.entries(all).filter(([name]) => few.includes(name)))
}

/** Timers as settings of the function. */
export function settingsOf({ overlapHours, keepVersions }: Partial<Timers>): KeySettings {
  return {
    ...(overlapHours !== undefined && { overlap_hours: overlapHours }),
    ...(keepVersions !== undefined && { keep_versions: keepVersions }),
  }
}

/** Lets days of clean hourly runs pass, and looks for what is left over then. */
export async function settled(
  { clock }: Deployment,
  { watches, cleanHourlyRun }: { watches: readonly Watch[]; cleanHourlyRun: () => Promise<void> },
): Promise<void> {
  for (const hours of settlingHours) {
    clock.advance({ hours })
    for (const watch of watches) watch.look()
    await cleanHourlyRun()
  }
  for (const watch of watches) watch.atEnd()
}

/** Makes the parts of a stage that do not depend on how many keys it has. `look` is called after every call. */
export function partsOf(
  deployment: Deployment,
  { look, env }: { look: () => void; env: Record<string, string> },
): Pick<Stage, 'start' | 'history' | 'tell' | 'timeOut'> {
  const { cloud, clock } = deployment
  const history: string[] = []
  let isTimingOut = false
  const timeOut = (nth: number, isDone: boolean) => {
    let calls = 0
    const match = () => {
      calls += 1
      if (calls === nth) isTimingOut = true
      return true
    }
    cloud.faults.add({ match, nth, fault: { kind: isDone ? 'lost-after' : 'lost-before' } })
  }
  const watched = async (call: () => Promise<Response>) => {
    try {
      return await call()
    } catch (error) {
      if (!isTimingOut) throw error
      // The machine's timers do not follow simulated time, so the time-out is thrown here.
      isTimingOut = false
      clock.advance({ seconds: 20 })
      throw timedOut()
    } finally {
      look()
    }
  }
  const start: Stage['start'] = ({
    skewMs = 0,
    clock: own = simulated(clock),
    gate = atOnce,
    env: more,
    beforeCall,
    receiverFetch,
  } = {}) => {
    const skewed: Clock = {
      now: () => ({ wallMs: own.now().wallMs + skewMs, steadyMs: own.now().steadyMs }),
      sleep: own.sleep,
    }
    return deployment.instance({
      env: { ...env, ...more },
      clock: skewed,
      fetch: async (request, options) => {
        await beforeCall?.(request, own)
        return gate(() => watched(() => cloud.fetch(request, options)))
      },
      ...(receiverFetch !== undefined && { receiverFetch }),
    })
  }
  const tell = (line: string) => history.push(`${clock.now().toISOString()} ${line}`)
  return { start, history, tell, timeOut }
}

/** What a call throws that gets no answer within its 20 s. */
export function timedOut(): DOMException {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError')
}
