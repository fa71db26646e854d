import type { Policy } from './policy.ts'
import type { World } from './world.ts'

/** What the rules look at. `now` is the moment of the observation. */
export interface Situation {
  readonly world: World
  readonly policy: Policy
  readonly now: Date
}

interface RequestFields {
  readonly operator: boolean
  readonly force: boolean
  /** The revision that a rollback names; null for everything else. */
  readonly revision: number | null
}

/** A run that may make a key. */
export interface IssuingRequest extends RequestFields {
  readonly action: 'rotate' | 'tend' | 'revoke'
}

/** A run that only rolls back. */
export interface RollbackRequest extends RequestFields {
  readonly action: 'rollback'
}

/** What is requested of a run. */
export type RunRequest = IssuingRequest | RollbackRequest

/** What the hourly run requests. */
export const hourlyRun: IssuingRequest = { action: 'tend', operator: false, force: false, revision: null }

/** What a run has already done, where rules depend on it. */
export interface RunSoFar {
  /** What was requested was tried, whatever its outcome: a run issues, or rolls back, at most once. */
  readonly isTried: boolean
  /** Revisions that this run disabled. */
  readonly disabled: ReadonlySet<number>
}

/** What a run starts from. */
export const nothingSoFar: RunSoFar = { isTried: false, disabled: new Set() }
