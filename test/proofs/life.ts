import type { Stage } from './stage.ts'

/** Lives one life from its seed. What went wrong stands in the stage's watch. */
export type Life = (seed: number) => Promise<Stage>
