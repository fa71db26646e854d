import type { Limits } from './limits.ts'
import type { Login } from './login.ts'
import type { Made } from './made.ts'
import type { Scaleway } from './scaleway.ts'
import type { Patience } from './until.ts'

/** What every fact is settled with. */
export interface Stage extends Patience {
  readonly login: Login
  /** The clients of whoever runs the probe. */
  readonly owner: Scaleway
  readonly made: Made
  /** Of all names that this probe gives. */
  readonly prefix: string
  readonly projectId: string
  readonly limits: Limits
  /** How long one thing of the platform is waited for. */
  readonly waitMs: number
  readonly giveUp: AbortSignal
}

/** A fact could not be settled; the message says why, without a value. */
export class UnclearError extends Error {
  override readonly name = 'UnclearError'
}

/** What marks everything that the probe makes, so that a later one knows it. */
export const description = 'Made by npm run probe, may be deleted'
