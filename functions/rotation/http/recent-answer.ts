import type { Stopwatch } from '../clock.ts'
import { recentTtlMs } from '../plan/timing.ts'
import type { RunResult } from '../reconcile/result.ts'
import type { Body } from './answer.ts'

/**
 * The answer `recent`, kept in the instance's memory for ten minutes after the world was observed, so that a caller who
 * keeps requesting costs Scaleway nothing and delays no other caller (rule 4).
 */
export class RecentAnswer {
  #kept: { readonly body: Body; readonly ageMs: Stopwatch } | undefined

  /** Keeps what the next caller of the coming minutes is answered, after a rotation and after a refusal as recent. */
  keepAfter({ observation, issue }: RunResult, body: Body): void {
    const isRecent = issue?.kind === 'issued' || body.reason === 'recent'
    if (!isRecent || observation === undefined) return
    const { unfinished: _, ...rest } = body
    this.#kept = { body: { ...rest, rotated: false, reason: 'recent', actions: [] }, ageMs: observation.ageMs }
  }

  /** Drops it: a run may change the world. */
  drop(): void {
    this.#kept = undefined
  }

  /** The kept answer while it is valid. */
  get body(): Body | undefined {
    return this.#kept !== undefined && this.#kept.ageMs() < recentTtlMs ? this.#kept.body : undefined
  }
}
