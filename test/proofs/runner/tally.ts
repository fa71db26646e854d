import { together } from '../harness/lives.ts'
import type { BadLife, Extent, Proof, Row } from '../harness/proof.ts'
import type { Task, TaskResult } from './pool.ts'

/** The results of a proof so far. */
export interface Tally {
  readonly proof: Proof
  readonly pieces: number
  readonly piecesDone: number
  readonly units: number
  /** How many units were bad. */
  readonly bad: number
  /** The first few of them. */
  readonly examples: readonly BadLife[]
  readonly figures: Readonly<Record<string, number>>
  /** The rows of the proof's own table, in the order of its pieces. */
  readonly rows: readonly { readonly index: number; readonly row: Row }[]
}

const maxExamples = 3

/** Adds up the results of the pieces of all proofs. */
export class Tallies {
  readonly #tallies: Map<string, { -readonly [Field in keyof Tally]: Tally[Field] }>

  /** Takes the proofs that are run, and how much of them. */
  constructor(proofs: readonly Proof[], extent: Extent) {
    const none = { piecesDone: 0, units: 0, bad: 0, examples: [], figures: {}, rows: [] }
    this.#tallies = new Map(proofs.map(proof => [proof.name, { proof, pieces: proof.pieces(extent), ...none }]))
  }

  /** In the order of the proofs. */
  get all(): readonly Tally[] {
    return [...this.#tallies.values()]
  }

  /** Adds the result of one piece. Gives its failures, if they are among the first few. */
  add({ proof, piece }: Task, result: TaskResult): readonly BadLife[] {
    const tally = this.#tallies.get(proof)
    if (tally === undefined) return []
    const outcome = 'outcome' in result ? result.outcome : { units: 1, bad: [failed(piece.index, result.failure)] }
    tally.piecesDone += 1
    tally.units += outcome.units
    tally.bad += outcome.bad.length
    const examples = outcome.bad.slice(0, maxExamples - tally.examples.length)
    tally.examples = [...tally.examples, ...examples]
    const figures = { ...tally.figures }
    for (const [name, value] of Object.entries(outcome.figures ?? {}))
      figures[name] = together(name, figures[name], value)
    tally.figures = figures
    const rows = (outcome.rows ?? []).map(row => ({ index: piece.index, row }))
    tally.rows = [...tally.rows, ...rows].sort((one, other) => one.index - other.index)
    return examples
  }
}

function failed(index: number, failure: string): BadLife {
  return { life: `piece ${index}`, violations: [failure], history: [] }
}
