import type { Clock, TimeStep } from '../../fake-scaleway/index.ts'

/** The module that a function's process loads first, so that a request can move its clock. */
export const movedClockUrl = new URL('./moved-clock.mjs', import.meta.url)

/** The machine's clock, moved ahead by a time that only grows. */
export class MovedClock implements Clock {
  #aheadMs = 0

  now(): Date {
    return new Date(Date.now() + this.#aheadMs)
  }

  /** Moves it further ahead, by hours and minutes. */
  advance({ hours = 0, minutes = 0 }: Pick<TimeStep, 'hours' | 'minutes'>): void {
    this.#aheadMs += Math.round((hours * 60 + minutes) * 60_000)
  }

  /**
   * The path of a request that moves a function's clock as well: its process strips the query before the function sees
   * it.
   */
  get path(): string {
    return `/?ahead_ms=${this.#aheadMs}`
  }
}
