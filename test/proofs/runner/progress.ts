import type { Tally } from './tally.ts'

const lineEveryMs = 20_000
const repaintEveryMs = 500

/** The output that progress is written to. */
interface Screen {
  readonly isTTY: boolean
  readonly columns: number
  readonly write: (text: string) => void
}

/** Shows the progress of the proofs: on a terminal one line that is repainted, elsewhere a line every 20 s. */
export class Progress {
  readonly #screen: Screen
  readonly #startedMs = performance.now()
  #shownMs = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Takes the results so far, and shows them if the last line is old enough. */
  show(tallies: readonly Tally[]): void {
    const nowMs = performance.now()
    if (nowMs - this.#shownMs < (this.#screen.isTTY ? repaintEveryMs : lineEveryMs)) return
    this.#shownMs = nowMs
    const line = `${duration(nowMs - this.#startedMs)}  ${standing(tallies)}`
    if (this.#screen.isTTY) this.#screen.write(`\r\u001b[K${line.slice(0, this.#screen.columns - 1)}`)
    else this.#screen.write(`${line}\n`)
  }

  /** Prints a text above the line of a terminal. */
  print(text: string): void {
    this.clear()
    this.#screen.write(`\n${text}\n\n`)
  }

  /** Clears the line of a terminal, before something else is printed. */
  clear(): void {
    if (this.#screen.isTTY) this.#screen.write('\r\u001b[K')
  }
}

/** Lists the unfinished proofs, each with the share that is done. */
export function standing(tallies: readonly Tally[]): string {
  const bad = tallies.reduce((sum, tally) => sum + tally.bad, 0)
  const done = tallies.filter(({ pieces, piecesDone }) => piecesDone >= pieces).length
  const unfinished = tallies
    .filter(({ pieces, piecesDone }) => piecesDone > 0 && piecesDone < pieces)
    .map(({ proof, pieces, piecesDone }) => `${proof.name} ${percent(piecesDone / pieces)}`)
  return [`${done} of ${tallies.length} proofs done`, ...unfinished, `${bad} bad`].join(', ')
}

/** One decimal below ten percent. */
function percent(share: number): string {
  const percents = 100 * share
  return `${percents < 10 ? percents.toFixed(1) : Math.floor(percents)} %`
}

/** Formats a duration in minutes and seconds. */
export function duration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
