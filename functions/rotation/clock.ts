import { elapsedMs, type Instant } from '../shared/clock.ts'

/** Time as a run sees it. Handed in, so that a test can live a month in a second. */
export interface Clock {
  now(): Instant
  sleep(durationMs: number): Promise<void>
}

/** Gives the milliseconds since it was started. */
export type Stopwatch = () => number

/** Starts a stopwatch on both clocks: acting late is the one thing that must not happen. */
export function startStopwatch(clock: Clock): Stopwatch {
  const start = clock.now()
  return () => elapsedMs(start, clock.now())
}

/** The date on the wall clock. */
export function wallDate(clock: Clock): Date {
  return new Date(clock.now().wallMs)
}
