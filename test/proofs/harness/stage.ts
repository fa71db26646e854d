import type { Clock } from '../../../functions/rotation/clock.ts'
import { identityVariables, type KeySettings } from '../../../scripts/local/identities.ts'
import { type Deployment, deploy, type Instance, simulated } from '../../support/rotation.ts'
import { Watch } from './invariants.ts'

/** Lets a call of an instance through when its time has come. */
export type Gate = (call: () => Promise<Response>) => Promise<Response>

/** A deployment whose invariants are checked at every call that it makes. */
export interface Stage extends Deployment {
  readonly watch: Watch
  /** Starts another instance of the rotation function, on a clock of its own that is off by `skewMs`. */
  start(options?: { skewMs?: number; clock?: Clock; gate?: Gate }): Instance
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

// Each identity is one call more of every hourly run, and they are all read alike: two are enough, unless all are asked
// for.
const fewIdentities = { IDENTITY_OPERATOR: '', IDENTITY_CONSUMER_APP: '', IDENTITY_MONITOR_UPTIME: '' }

/** What a stage may be given. */
interface StageOptions {
  readonly seed: number
  readonly env?: Record<string, string>
  /** Timers that differ from the defaults. */
  readonly settings?: KeySettings
  /** True if hourly runs look at the keys of all of the deployment's applications, not of rotator and reader alone. */
  readonly watchesAll?: boolean
}

/** Creates a stage. Logs are kept at trace level, to search them for secrets. */
export function createStage({ seed, env = {}, settings = {}, watchesAll = false }: StageOptions): Stage {
  const deployment = deploy({ seed, env, settings })
  const identities = { ...identityVariables(deployment.ids), ...(watchesAll ? {} : fewIdentities) }
  const { cloud, clock } = deployment
  const watch = new Watch(deployment)
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
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    } finally {
      watch.look()
    }
  }
  const start: Stage['start'] = ({ skewMs = 0, clock: own, gate = atOnce } = {}) => {
    const skewed = (inner: Clock): Clock => ({
      now: () => ({ wallMs: inner.now().wallMs + skewMs, steadyMs: inner.now().steadyMs }),
      sleep: inner.sleep,
    })
    return deployment.instance({
      env: identities,
      clock: skewed(own ?? simulated(clock)),
      fetch: (request, options) => gate(() => watched(() => cloud.fetch(request, options))),
    })
  }
  const tell = (line: string) => history.push(`${clock.now().toISOString()} ${line}`)
  const healthy = start()
  const cleanHourlyRun = async () => {
    cloud.faults.clear()
    const { status } = await healthy.post({ action: 'tend' })
    watch.look()
    watch.afterCleanHourlyRun(status)
  }
  const settle = async () => {
    for (const hours of settlingHours) {
      clock.advance({ hours })
      watch.look()
      await cleanHourlyRun()
    }
    watch.atEnd()
  }
  return { ...deployment, watch, history, tell, start, timeOut, cleanHourlyRun, settle }
}
