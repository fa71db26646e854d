import { setTimeout as timeout } from 'node:timers/promises'
import { type Clock, SimulatedClock } from './clock.ts'

/** Waits that many milliseconds; Infinity never ends. */
export type Sleep = (milliseconds: number) => Promise<void>

/** Waits in real time; a waiting sleep keeps the process alive only if requested. */
export function realSleep(keepsProcessAlive: boolean): Sleep {
  return async milliseconds => {
    if (milliseconds === Number.POSITIVE_INFINITY) return forEver()
    await timeout(milliseconds, undefined, { ref: keepsProcessAlive })
  }
}

/** A simulated clock is advanced instead of waited for; any other clock waits in real time. */
export function sleepFor(clock: Clock): Sleep {
  if (!(clock instanceof SimulatedClock)) return realSleep(true)
  return async milliseconds => {
    if (milliseconds === Number.POSITIVE_INFINITY) return forEver()
    clock.advance({ milliseconds })
  }
}

function forEver(): Promise<never> {
  return new Promise(() => {})
}
