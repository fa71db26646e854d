/** How much of a proof is lived: all of it, or a share that fits into minutes. */
export type Extent = 'share' | 'full'

/** A life (or event, or answer) in which something was that must not be. */
export interface BadLife {
  /** How to live it again: a seed, or what was done. */
  readonly life: string
  readonly violations: readonly string[]
  /** The shortest history that shows it, a line each. No secret in it. */
  readonly history: readonly string[]
}

/** What came of one piece of a proof. */
export interface Outcome {
  /** How many of the proof's units were lived. */
  readonly units: number
  readonly bad: readonly BadLife[]
  /** Figures for the remark, by name. Those of all pieces are added up, those named `most …` are the highest. */
  readonly figures?: Readonly<Record<string, number>>
  /** Rows of a table of its own that the proof makes, below the one of all proofs. */
  readonly rows?: readonly Row[]
}

/** A row of a proof's own table: what stands in which column. */
export type Row = Readonly<Record<string, string | number>>

/** What a piece is lived with. */
export interface Piece {
  /** From 0. */
  readonly index: number
  readonly extent: Extent
  /** Lives are numbered on from here. */
  readonly seed: number
}

/** One row of the table. */
export interface Proof {
  /** A short name without blanks, for the command line. */
  readonly name: string
  /** What is done, as the table says it. */
  readonly does: string
  /** What must come of it, as the table says it. */
  readonly promises: string
  /** What is counted: `lives`, `events`, `rotations`. */
  readonly unit: string
  /** True for a proof that measures time or memory: nothing else goes on meanwhile. */
  readonly isAlone?: boolean
  /** True for a proof that looks at the stacks of errors; for others none are made. */
  readonly readsStacks?: boolean
  /** How many pieces there are. They depend on nothing and are lived in any order, in several processes. */
  pieces(extent: Extent): number
  live(piece: Piece): Promise<Outcome>
  /** Says in a few words what the figures show. */
  remark?(figures: Readonly<Record<string, number>>): string
}
