import type { Stage } from './stage.ts'

/** The parts of a simulated run that are left out, by number, to find the shortest history that shows a violation. */
export type Without = ReadonlySet<number>

/** Leaves nothing out. */
export const nothing: Without = new Set()

/** Executes one simulated run from its seed. The watch of the stage has its violations. */
export type Life = (seed: number, without?: Without) => Promise<Stage>
