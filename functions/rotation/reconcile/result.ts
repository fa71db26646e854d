import type { Action, CleanUp, Done } from '../plan/actions.ts'
import type { Refused } from '../plan/refusals.ts'
import type { Key, Version } from '../plan/world.ts'
import type { ApiError } from '../scaleway/api-error.ts'
import type { Observation } from './observe.ts'

/** Why an issue published nothing, besides a failed call. */
export type IssueFailure = 'not-proven' | 'overtaken' | 'blocked'

/** A new key that is not published: deleted at once, or left for the hourly run to delete as an orphan. */
export interface DiscardedKey {
  readonly accessKey: string
  readonly isDeleted: boolean
}

/** The outcome of an issue. A failed one published nothing, unless `isPerhapsPublished`: sent, and its answer lost. */
export type IssueResult =
  | { readonly kind: 'issued'; readonly key: Key; readonly version: Version }
  | { readonly kind: 'failed'; readonly code: IssueFailure; readonly discarded?: DiscardedKey }
  | {
      readonly kind: 'failed'
      readonly code: 'call'
      readonly error: ApiError
      readonly discarded?: DiscardedKey
      readonly isPerhapsPublished?: boolean
    }

/** A clean-up that failed, with the call that did. */
export interface Undone {
  readonly action: CleanUp
  readonly error: ApiError
}

/** One step of a run, for the log. */
export type RunEvent =
  | { readonly kind: 'done'; readonly action: Done }
  | {
      readonly kind: 'failed'
      readonly action: Action
      readonly code: string
      readonly error?: ApiError
      readonly discarded?: DiscardedKey | undefined
    }

/** How a run ended. `observation` is its last one; undefined when even the first one failed. */
export interface RunResult {
  readonly done: readonly Done[]
  readonly refusal: Refused | undefined
  readonly issue: IssueResult | undefined
  readonly undone: readonly Undone[]
  readonly stoppedBy: ApiError | undefined
  /** A `revoke` observed again after the time that lists take to follow, and they show no key that it deleted. */
  readonly isSettled: boolean
  readonly observation: Observation | undefined
}
