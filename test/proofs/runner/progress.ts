import type { Tally } from './tally.ts'

const lineEveryMs = 20_000
const repaintEveryMs = 500

/** Where progress is shown. */
export interface Screen {
  readonly isTTY: boolean
  readonly columns: number
  readonly write: (text: string) => void
}

/** Shows how far the proofs have come: on a terminal one line that is painted anew, elsewhere a line now and then. */
export class Progress {
  readonly #screen: Screen
  readonly #startedMs = performance.now()
  #shownMs = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Takes what has come of the proofs so far. Shows it when it is time to. */
  show(tallies: readonly Tally[]): void {
    const nowMs = performance.now()
    if (nowMs - this.#shownMs < (this.#screen.isTTY ? repaintEveryMs : lineEveryMs)) return
    this.#shownMs = nowMs
    const line = `${duration(nowMs - this.#startedMs)}  ${standing(tallies)}`
    if (this.#screen.isTTY) this.#screen.write(`\r\u001b[K${line.slice(0, this.#screen.columns - 1)}`)
    else this.#screen.write(`${line}\n`)
  }

  /** Says something above the line of a terminal. */
  say(text: string): void {
    this.end()
    this.#screen.write(`\n${text}\n\n`)
  }

  /** Leaves the line of a terminal, before something else is printed. */
  end(): void {
    if (this.#screen.isTTY) this.#screen.write('\r\u001b[K')
  }
}

/** The proofs that are under way, each with the share that is done. */
export function standing(tallies: readonly Tally[]): string {
  const bad = tallies.reduce((sum, tally) => sum + tally.bad, 0)
  const done = tallies.filter(({ pieces, piecesDone }) => piecesDone >= pieces).length
  const underWay = tallies
    .filter(({ pieces, piecesDone }) => piecesDone > 0 && piecesDone < pieces)
    .map(({ proof, pieces, piecesDone }) => `${proof.name} ${percent(piecesDone / pieces)}`)
  return [`${done} of ${tallies.length} proofs done`, ...underWay, `${bad} bad`].join(', ')
}

/** One decimal as long as it tells something. */
function percent(share: number): string {
  const percents = 100 * share
  return `${percents < 10 ? percents.toFixed(1) : Math.floor(percents)} %`
}

/** Minutes and seconds. */
export function duration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
