import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, askRetrieval, checkRetrieval, type Key, type Retrieval } from './ask-retrieval.ts'

/** Options of a rotated key. */
export interface RotatedKeyOptions extends Retrieval {
  /** How often retrieval is asked; must be well below the deployment's `overlap_hours`. Default: an hour. */
  readonly refreshMs?: number
  /** How long the start may keep asking. Default: three minutes. */
  readonly startMs?: number
  /** Gets a line for each new revision and each failure; no line holds a credential. */
  readonly log?: (line: string) => void
}

const firstPauseMs = 1_000
const longestPauseMs = 60_000
// Calls that are refused for another reason than their key (403: no permission) must not ask retrieval each time.
const sameKeyPauseMs = 5_000

/**
 * Keeps the current key in memory: fetched at the start, fetched again at an interval, and at once when a call is
 * refused. While retrieval is unreachable, the held key stays in use.
 */
export class RotatedKey {
  readonly #options: RotatedKeyOptions & Required<Pick<RotatedKeyOptions, 'refreshMs' | 'startMs' | 'log'>>
  readonly #stopped = new AbortController()
  #held: Answer | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #pausedUntilMs = 0

  /** Fetches the first key. Rejects when a setting is wrong, or when there is none within `startMs`. */
  static async start(options: RotatedKeyOptions): Promise<RotatedKey> {
    checkRetrieval(options)
    const rotated = new RotatedKey(options)
    await rotated.#fetchFirst()
    void rotated.#keepFresh()
    return rotated
  }

  private constructor(options: RotatedKeyOptions) {
    this.#options = { refreshMs: 3_600_000, startMs: 180_000, log: () => {}, ...options }
  }

  /** The held key. Read it for each call; never keep it. */
  get current(): Key {
    if (this.#held === undefined) throw new Error('There is no key before start() has resolved.')
    return this.#held.key
  }

  /**
   * Makes a call with the held key. When it is refused (it gives or throws something whose `status` is 401 or 403,
   * as fetch and Scaleway's SDK do), retrieval is asked once and the call made once more, if there is another key.
   * `call` may therefore run twice: it must build its request each time.
   */
  async use<T>(call: (key: Key) => Promise<T>): Promise<T> {
    const used = this.current
    let refusal: () => T
    try {
      const result = await call(used)
      if (!isRefused(result)) return result
      refusal = () => result
    } catch (error) {
      if (!isRefused(error)) throw error
      refusal = () => {
        throw error
      }
    }
    return (await this.#renewed(used)) ? call(this.current) : refusal()
  }

  /** Stops refreshing. */
  stop(): void {
    this.#stopped.abort()
  }

  async #fetchFirst(): Promise<void> {
    const { startMs, refreshMs } = this.#options
    const endMs = performance.now() + startMs
    for (let failures = 1; !(await this.#tryRefresh()); failures += 1) {
      const pauseMs = backoffMs(failures, refreshMs)
      if (performance.now() + pauseMs > endMs)
        throw new Error(`There was no key within ${startMs / 1000} s: see the log for the reason.`)
      await sleep(pauseMs)
    }
  }

  async #keepFresh(): Promise<void> {
    const { refreshMs } = this.#options
    const { signal } = this.#stopped
    for (let failures = 0; !signal.aborted; ) {
      const pauseMs = failures === 0 ? refreshMs * between(0.8, 1) : backoffMs(failures, refreshMs)
      // Unreferenced: this timer alone does not keep the process alive.
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      failures = (await this.#inTurn(() => this.#tryRefresh())) ? 0 : failures + 1
    }
  }

  /** True when there is another key than the refused one. A call that waited for another finds the key that it fetched. */
  #renewed(used: Key): Promise<boolean> {
    return this.#inTurn(async () => {
      const stillHeld = () => this.current.revision === used.revision
      if (stillHeld() && performance.now() >= this.#pausedUntilMs) {
        await this.#tryRefresh({ noCache: true })
        if (stillHeld()) this.#pausedUntilMs = performance.now() + sameKeyPauseMs
      }
      return !stillHeld()
    })
  }

  async #tryRefresh({ noCache = false } = {}): Promise<boolean> {
    try {
      await this.#refresh(noCache)
      return true
    } catch (error) {
      this.#options.log(error instanceof Error ? error.message : 'Retrieval failed.')
      return false
    }
  }

  async #refresh(noCache: boolean): Promise<void> {
    const held = this.#held
    const answer = await askRetrieval(this.#options, { etag: held?.etag, noCache })
    if (answer === 'unchanged') return
    const older = held !== undefined && answer.key.revision < held.key.revision
    // Another instance's cache, or a rollback: only Scaleway can tell which.
    if (older && !noCache) return this.#refresh(true)
    if (older && answer.stale) return
    this.#held = answer
    if (answer.key.revision === held?.key.revision) return
    this.#pausedUntilMs = 0
    this.#options.log(`Holding revision ${answer.key.revision}.`)
  }

  /** One request at a time, so that no answer overtakes another. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

function isRefused(outcome: unknown): boolean {
  return (
    typeof outcome === 'object' &&
    outcome !== null &&
    'status' in outcome &&
    (outcome.status === 401 || outcome.status === 403)
  )
}

function backoffMs(failures: number, refreshMs: number): number {
  return Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs, refreshMs) * between(0.5, 1)
}

function between(min: number, max: number): number {
  return min + (max - min) * Math.random()
}
