/** How much of a proof is executed: all of it, or a share that takes minutes. */
export type Extent = 'share' | 'full'

/** A simulated run, event or answer with violations. */
export interface BadLife {
  /** How to repeat it: a seed, or what was done. */
  readonly life: string
  readonly violations: readonly string[]
  /** The shortest history that shows the violations, one entry for each event. It holds no secret. */
  readonly history: readonly string[]
}

/** The result of one piece of a proof. */
export interface Outcome {
  /** How many of the proof's units were executed. */
  readonly units: number
  readonly bad: readonly BadLife[]
  /** Figures for the remark, by name. Those of all pieces are added up; of those named `most …` the highest is kept. */
  readonly figures?: Readonly<Record<string, number>>
  /** Rows of the proof's own table. */
  readonly rows?: readonly Row[]
}

/** A row of a proof's own table: the value of each column. */
export type Row = Readonly<Record<string, string | number>>

/** Which piece is executed, and with which seed. */
export interface Piece {
  /** From 0. */
  readonly index: number
  readonly extent: Extent
  /** Simulated runs are numbered from here. */
  readonly seed: number
}

/** A proof: one row of the table of results. */
export interface Proof {
  /** A short name without blanks, for the command line. */
  readonly name: string
  /** What is done, in the words of the table. */
  readonly does: string
  /** What must hold, in the words of the table. */
  readonly promises: string
  /** What is counted: `simulations` (simulated runs), `events`, `rotations`. One word. */
  readonly unit: string
  /** True for a proof that measures time or memory: no other proof runs meanwhile. */
  readonly isAlone?: boolean
  /** True for a proof that checks the stack traces of errors; for the others none are recorded. */
  readonly readsStacks?: boolean
  /** How many pieces there are. They are independent, and are executed in any order and in several processes. */
  pieces(extent: Extent): number
  /** Executes a piece. */
  live(piece: Piece): Promise<Outcome>
  /** Summarizes the figures in a few words. */
  remark?(figures: Readonly<Record<string, number>>): string
}
