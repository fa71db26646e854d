import type { Clock } from '../fake-scaleway/index.ts'

const hourMs = 3_600_000

/** The machine's clock, which can be set back: what is created meanwhile is old when the clock is right again. */
export class ShiftedClock implements Clock {
  #backMs = 0

  now(): Date {
    return new Date(Date.now() - this.#backMs)
  }

  /** Does something as if it were so many hours ago. */
  ago<Result>(hours: number, work: () => Result): Result {
    const putRight = this.setBack(hours)
    try {
      return work()
    } finally {
      putRight()
    }
  }

  /** Sets it back by so many hours, until what it gives is called: meanwhile a function's own clock is ahead. */
  setBack(hours: number): () => void {
    this.#backMs = hours * hourMs
    return () => {
      this.#backMs = 0
    }
  }
}
