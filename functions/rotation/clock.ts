import { elapsedMs, type Instant } from '../shared/clock.ts'

/** Time as a run sees it. Handed in, so that a test can simulate a month in a second. */
export interface Clock {
  now(): Instant
  sleep(durationMs: number): Promise<void>
}

/** Gives the milliseconds since it was started. */
export type Stopwatch = () => number

/** Milliseconds that are left; negative once there are none. */
export type TimeLeft = () => number

/** Starts a stopwatch on both clocks: acting late is the one thing that must not happen. */
export function startStopwatch(clock: Clock): Stopwatch {
  const start = clock.now()
  return () => elapsedMs(start, clock.now())
}

/** Starts a countdown of so many milliseconds. */
export function startCountdown(clock: Clock, durationMs: number): TimeLeft {
  const elapsedMs = startStopwatch(clock)
  return () => durationMs - elapsedMs()
}

/** The moment on the wall clock. */
export function wallDate(clock: Clock): Date {
  return new Date(clock.now().wallMs)
}
