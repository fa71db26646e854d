import type { Clock } from '../../../functions/rotation/clock.ts'
import type { Instance } from '../../support/rotation.ts'
import type { Chance } from './chance.ts'
import type { Gate, Stage } from './stage.ts'

/** One of several runs that overlap. */
interface Runner {
  readonly name: string
  /** What of it may continue; empty while it works or once it has ended. */
  readonly waiting: Set<Waiting>
  /** How many of its calls are under way: of those it makes at once, one or more may still wait. */
  underWay: number
  hasEnded: boolean
}

/** A call that is about to be made, or a sleep. */
interface Waiting {
  /** The earliest moment (epoch milliseconds) at which it may continue. */
  readonly fromMs: number
  readonly resume: () => void
}

/** A run to interleave with others: what it does with the instance that it is given. */
export interface InterleavedRun {
  readonly name: string
  readonly skewMs: number
  readonly act: (instance: Instance) => Promise<void>
}

/**
 * Interleaves runs call by call, in a random order; time passes between the calls. A run that sleeps is woken when its
 * time has come. `passing` is the probability that time passes after a call: the less, the more calls keep the pace.
 */
export async function interleave(
  stage: Pick<Stage, 'clock' | 'start'>,
  runs: readonly InterleavedRun[],
  luck: Chance,
  { passing = 0.3 }: { passing?: number } = {},
): Promise<void> {
  const { clock } = stage
  const nowMs = () => clock.now().getTime()
  const runners = runs.map((run): Runner => {
    const runner: Runner = { name: run.name, waiting: new Set(), underWay: 0, hasEnded: false }
    const wait = (fromMs: number) =>
      new Promise<void>(resolve => {
        const waiting = { fromMs, resume: () => resolve(void runner.waiting.delete(waiting)) }
        runner.waiting.add(waiting)
      })
    const gate: Gate = async call => {
      await wait(nowMs())
      runner.underWay += 1
      try {
        return await call()
      } finally {
        runner.underWay -= 1
      }
    }
    const own: Clock = {
      now: () => ({ wallMs: nowMs(), steadyMs: nowMs() }),
      sleep: durationMs => wait(nowMs() + durationMs),
    }
    const instance = stage.start({ skewMs: run.skewMs, clock: own, gate })
    void run.act(instance).finally(() => {
      runner.hasEnded = true
    })
    return runner
  })
  for (;;) {
    await quiet(runners)
    const waiting = runners.flatMap(runner => [...runner.waiting])
    if (waiting.length === 0) return
    const ready = waiting.filter(({ fromMs }) => fromMs <= nowMs())
    const [first, ...more] = ready
    if (first === undefined) {
      clock.advance({ milliseconds: Math.min(...waiting.map(({ fromMs }) => fromMs)) - nowMs() })
      continue
    }
    luck.one([first, ...more]).resume()
    if (luck.happens(passing))
      clock.advance({ milliseconds: Math.floor(luck.below(luck.happens(0.1) ? 20_000 : 2_000)) })
  }
}

/** Waits until every run is about to make a call, sleeps or has ended. */
async function quiet(runners: readonly Runner[]): Promise<void> {
  const isWorking = ({ waiting, underWay, hasEnded }: Runner) => !hasEnded && (underWay > 0 || waiting.size === 0)
  do await new Promise(resolve => setImmediate(resolve))
  while (runners.some(isWorking))
}
