const paceASecond = 25

/**
 * Counts the calls that one instance begins. A call that waits for its turn may begin late and meet those of the next
 * second, so that twice the pace is the most.
 */
export class Pace {
  readonly #note: (detail: string) => void
  readonly #begunMs: number[] = []

  constructor(note: (detail: string) => void) {
    this.#note = note
  }

  /** Call this when a call begins. */
  begin(nowMs: number): void {
    this.#begunMs.push(nowMs)
    const before = this.#begunMs.length > 2 * paceASecond ? this.#begunMs.shift() : undefined
    if (before !== undefined && nowMs - before < 1_000)
      this.#note(`more than ${2 * paceASecond} calls were begun within a second`)
  }
}
