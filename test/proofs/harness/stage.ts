import type { Clock } from '../../../functions/rotation/clock.ts'
import { type Deployment, deploy, type Instance, simulated } from '../../support/rotation.ts'
import { Watch } from './invariants.ts'

/** A deployment that is watched at every call that it makes. */
export interface Stage extends Deployment {
  readonly watch: Watch
  /** Another instance of the rotation function, on a clock of its own that is off by so much. */
  start(options?: { skewMs?: number; clock?: Clock; gate?: () => Promise<void> }): Instance
  /** What happened, a line each, for whoever reads a violation. */
  readonly history: string[]
  tell(line: string): void
  /** The nth call from now gets no answer within its 20 s, whether its work is done or not. */
  timeOut(nth: number, isDone: boolean): void
  /** A tick without faults or lag, after which the served key must work. */
  cleanTick(): Promise<void>
  /** Days of clean ticks, so that all that is due is done; then nothing may be left over. */
  settle(): Promise<void>
}

// Together more than the bound of an old key (invariants.ts), in few ticks: each is many calls in many lives.
const settlingTicksHours = [1, 1, 25, 97, 1, 25, 25, 1, 1]

/** Makes a stage. Logs are kept at trace level, to look for secrets in. */
export function createStage({ seed, env = {} }: { seed: number; env?: Record<string, string> }): Stage {
  const deployment = deploy({ seed, env })
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
  const start: Stage['start'] = ({ skewMs = 0, clock: own, gate = async () => {} } = {}) => {
    const skewed = (inner: Clock): Clock => ({
      now: () => ({ wallMs: inner.now().wallMs + skewMs, steadyMs: inner.now().steadyMs }),
      sleep: inner.sleep,
    })
    return deployment.instance({
      clock: skewed(own ?? simulated(clock)),
      fetch: async (request, options) => {
        await gate()
        try {
          return await cloud.fetch(request, options)
        } catch (error) {
          if (!isTimingOut) throw error
          // Time-outs are timers of the machine's, which knows nothing of simulated time.
          isTimingOut = false
          clock.advance({ seconds: 20 })
          throw new DOMException('The operation was aborted due to timeout', 'TimeoutError')
        } finally {
          watch.look()
        }
      },
    })
  }
  const tell = (line: string) => history.push(`${clock.now().toISOString()} ${line}`)
  const healthy = start()
  const cleanTick = async () => {
    cloud.faults.clear()
    const { status } = await healthy.post({ action: 'tend' })
    watch.look()
    watch.afterCleanTick(status)
  }
  const settle = async () => {
    for (const hours of settlingTicksHours) {
      clock.advance({ hours })
      watch.look()
      await cleanTick()
    }
    watch.atEnd()
  }
  return { ...deployment, watch, history, tell, start, timeOut, cleanTick, settle }
}
