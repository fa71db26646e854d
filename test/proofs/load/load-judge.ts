import { isDocumented } from '../live/documented.ts'
import { type Published, revisionIn } from '../live/published.ts'

/** An answer of retrieval and the request that it belongs to. Moments are milliseconds of one monotonic clock. */
export interface LoadedAnswer {
  readonly status: number
  readonly text: string
  readonly etag: string | undefined
  /** True if the answer says that it is from memory because Scaleway was unreachable. */
  readonly isStale: boolean
  readonly sentEtag: string | undefined
  readonly askedAtMs: number
  readonly tookMs: number
}

/** Two clocks of one machine, each read to the millisecond. */
const roundingMs = 10

/** Checks every answer under load. */
export class LoadJudge {
  readonly statuses = new Map<number, number>()
  readonly #published: Pick<Published, 'holds'>
  readonly #cacheMs: number
  readonly #supersededAtMs = new Map<string, number>()
  readonly #complaints = new Map<string, number>()
  #maxOldMs = 0
  #slowestMs = 0

  /** Takes what was published, and how long retrieval may answer from memory. */
  constructor({ published, cacheMs }: { published: Pick<Published, 'holds'>; cacheMs: number }) {
    this.#published = published
    this.#cacheMs = cacheMs
  }

  /** From now on, revisions below this one are old. */
  superseded(newest: number, atMs: number): void {
    for (let revision = newest - 1; revision > 0 && !this.#supersededAtMs.has(String(revision)); revision--) {
      this.#supersededAtMs.set(String(revision), atMs)
    }
  }

  /** Checks one answer. */
  judge(answer: LoadedAnswer): void {
    const { status, tookMs } = answer
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    this.#slowestMs = Math.max(this.#slowestMs, tookMs)
    const complaint = this.#complaintOf(answer)
    if (complaint !== undefined) this.complain(complaint)
  }

  /** Records a violation, `times` times. */
  complain(what: string, times = 1): void {
    this.#complaints.set(what, (this.#complaints.get(what) ?? 0) + times)
  }

  /** The longest time after a rotation at which a later request was given an old revision, in milliseconds. */
  get mostOldMs(): number {
    return this.#maxOldMs
  }

  /**
   * All that was wrong, with how often. An answer may be old by the cache's time, or because its request joined a read
   * that was under way: no read takes longer than the slowest answer.
   */
  get violations(): string[] {
    const allowedOldMs = Math.max(this.#cacheMs, this.#slowestMs) + roundingMs
    const old = this.#maxOldMs > allowedOldMs ? [`old by ${Math.round(this.#maxOldMs)} ms`] : []
    return [...old, ...[...this.#complaints].map(([what, times]) => `${what} (${times} times)`)]
  }

  #complaintOf(answer: LoadedAnswer): string | undefined {
    const { status, text, etag, sentEtag } = answer
    if (status !== 200 && status !== 304) {
      return isDocumented('retrieval', answer) ? undefined : `an answer ${status} that is not documented`
    }
    const revision = revisionIn(etag)
    if (revision === undefined) return `${status} without a revision`
    this.#lookAtAge(answer, revision)
    if (status === 304) return sentEtag === etag && text === '' ? undefined : '304 to another revision, or with a body'
    if (sentEtag === etag) return '200 although the revision was known'
    return this.#published.holds(revision, text) ? undefined : '200 with a key that was never published'
  }

  #lookAtAge({ isStale, askedAtMs }: LoadedAnswer, revision: string): void {
    const supersededAtMs = this.#supersededAtMs.get(revision)
    if (isStale || supersededAtMs === undefined) return
    this.#maxOldMs = Math.max(this.#maxOldMs, askedAtMs - supersededAtMs)
  }
}
