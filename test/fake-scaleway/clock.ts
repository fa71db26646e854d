/** Where the local Scaleway reads the time. All that changes with time (expiry, the 7 days) is derived from it. */
export interface Clock {
  now(): Date
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() }

/** A step of simulated time; the units add up. */
export interface TimeStep {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/** A clock that stands still until a test advances it. Starts at 2026-01-01T00:00:00Z by default. */
export class SimulatedClock implements Clock {
  #milliseconds: number

  constructor(start: Date = new Date('2026-01-01T00:00:00.000Z')) {
    this.#milliseconds = start.getTime()
  }

  now(): Date {
    return new Date(this.#milliseconds)
  }

  /** Moves the clock by all given units together. */
  advance(by: TimeStep): void {
    const hours = (by.days ?? 0) * 24 + (by.hours ?? 0)
    const seconds = (hours * 60 + (by.minutes ?? 0)) * 60 + (by.seconds ?? 0)
    this.#milliseconds += seconds * 1000 + (by.milliseconds ?? 0)
  }
}
