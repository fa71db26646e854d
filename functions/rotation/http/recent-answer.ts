import type { Stopwatch } from '../clock.ts'
import { duration } from '../plan/policy.ts'

const recentTtlMs = 10 * duration.minuteMs

/**
 * The answer `recent`, kept in the instance's ownWrites for ten minutes after the world was seen, so that a caller who
 * keeps asking costs Scaleway nothing and delays nobody (rule 4).
 */
export class RecentAnswer {
  #kept: { readonly body: Readonly<Record<string, unknown>>; readonly ageMs: Stopwatch } | undefined

  /** Keeps an answer with the age of the observation that it rests on. */
  keep(body: Readonly<Record<string, unknown>>, ageMs: Stopwatch): void {
    this.#kept = { body, ageMs }
  }

  /** Drops it: the world is no longer what it was. */
  drop(): void {
    this.#kept = undefined
  }

  /** The kept answer while it is believed. */
  get body(): Readonly<Record<string, unknown>> | undefined {
    return this.#kept !== undefined && this.#kept.ageMs() < recentTtlMs ? this.#kept.body : undefined
  }
}
