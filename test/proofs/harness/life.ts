import type { Stage } from './stage.ts'

/** The parts of a life that are left out, by number: for the shortest history that shows what went wrong. */
export type Without = ReadonlySet<number>

/** Nothing is left out. */
export const nothing: Without = new Set()

/** Lives one life from its seed. What went wrong stands in the stage's watch. */
export type Life = (seed: number, without?: Without) => Promise<Stage>
