import type { Action, Refused } from '../plan/plan.ts'
import type { ApiError } from '../scaleway/api-error.ts'
import type { Done, Undone } from './clean-up.ts'
import type { DiscardedKey, IssueResult } from './issue.ts'
import type { Observation } from './own-writes.ts'

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

/** How a run ended. `observation` is its last look; undefined when even the first one failed. */
export interface RunResult {
  readonly done: readonly Done[]
  readonly refusal: Refused | undefined
  readonly issue: IssueResult | undefined
  readonly undone: readonly Undone[]
  readonly stoppedBy: ApiError | undefined
  /** A `revoke` looked once more after the time that lists take to follow, and they show no key that it deleted. */
  readonly isSettled: boolean
  readonly observation: Observation | undefined
}
