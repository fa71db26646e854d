import { setTimeout as pause } from 'node:timers/promises'

/** The time, as the probe reads and spends it. */
export interface Clock {
  now(): Date
  /** Resolves after that long, or as soon as the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
}
