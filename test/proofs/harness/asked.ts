import type { As } from '../../support/rotation.ts'

/** A request to the rotation function, and who sends it. */
export interface Asked {
  readonly body: Readonly<Record<string, unknown>>
  readonly as: As
}
