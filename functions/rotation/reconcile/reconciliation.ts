import type { Clock } from '../clock.ts'
import { compromiseFlag, unclearForMs } from '../plan/compromise-rules.ts'
import { type RunRequest, unpublishedKeys } from '../plan/issue-rules.ts'
import { type Action, type Plan, plan, type Refused } from '../plan/plan.ts'
import type { Policy } from '../plan/policy.ts'
import { ApiError } from '../scaleway/api-error.ts'
import { callLimitMs, type TimeLeft } from '../scaleway/client.ts'
import type { Keys } from '../scaleway/keys.ts'
import { proveLimitMs } from '../scaleway/prove.ts'
import type { Versions } from '../scaleway/versions.ts'
import { cleanUp, type Done, type Undone } from './clean-up.ts'
import { freshMs, type IssueResult, type Issuer, issue } from './issue.ts'
import { observe } from './observe.ts'
import { type Observation, OwnWrites } from './own-writes.ts'
import type { RunEvent, RunResult } from './result.ts'

/** What a run needs. */
export interface RunParts {
  readonly keys: Keys
  readonly versions: Versions
  readonly prove: Issuer['prove']
  readonly clock: Clock
  readonly timeLeft: TimeLeft
  readonly policy: Policy
  readonly secretId: string
  readonly runId: string
  /** Told of each action at the moment it is done or has failed. */
  readonly report: (event: RunEvent) => void
}

/** What an issue may take: two calls before the publication, the proof, the publication. */
const issueNeedsMs = proveLimitMs + 2 * callLimitMs

/** How long lists and permission caches may take to follow a change, and some (facts/iam-secret-api.md §2). */
const propagationMs = 75_000

/** One run under way: what it has seen, done and been refused. A second run is a second reconciliation. */
export class Reconciliation {
  readonly #request: RunRequest
  readonly #parts: RunParts
  readonly #ownWrites = new OwnWrites()
  readonly #done: Done[] = []
  readonly #undone: Undone[] = []
  #issue: IssueResult | undefined
  #isTried = false
  #hasWaited = false
  #refusal: Refused | undefined
  #observation: Observation | undefined

  constructor(request: RunRequest, parts: RunParts) {
    this.#request = request
    this.#parts = parts
  }

  /** Looks at the world and plans; the look becomes the one that the next action rests on. */
  async look(): Promise<Plan & { observation: Observation }> {
    const { policy, clock, keys, versions } = this.#parts
    const seesServed = this.#request.action === 'rollback'
    const observation = await observe({ keys, versions, ownWrites: this.#ownWrites, clock, seesServed })
    this.#observation = observation
    const soFar = { isTried: this.#isTried, disabled: this.#ownWrites.disabledRevisions }
    return {
      ...plan({ world: observation.world, policy, request: this.#request, soFar, now: observation.at }),
      observation,
    }
  }

  /** Looks again and gives the next action, or undefined when nothing is left that was not tried. */
  async next(): Promise<Action | undefined> {
    const { actions, refusal } = await this.look()
    this.#refusal ??= refusal
    return actions.find(
      action =>
        !this.#undone.some(undone => isSame(undone.action, action)) &&
        !(action.kind === 'revoke' && this.#ownWrites.isSaidGone(action.accessKey)),
    )
  }

  /**
   * Does an action.
   * @throws {ApiError} `out-of-time` when the look is stale or an issue could not be finished in the time left
   */
  async take(action: Action): Promise<void> {
    const observation = this.#observation
    if (observation === undefined || observation.ageMs() > freshMs) throw outOfTime(action)
    if (action.kind === 'issue' || action.reason === 'rolled-back') this.#isTried = true
    if (action.kind !== 'issue') return this.#cleanUp(action)
    if (this.#parts.timeLeft() < issueNeedsMs) throw outOfTime(action)
    this.#issue = await issue(action.reason, observation.world, { ...this.#parts, ownWrites: this.#ownWrites })
    this.#reportIssue(action, this.#issue)
  }

  async #cleanUp(action: Exclude<Action, { kind: 'issue' }>): Promise<void> {
    try {
      await cleanUp(action, { ...this.#parts, ownWrites: this.#ownWrites })
      this.#done.push(action)
      this.#parts.report({ kind: 'done', action })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.#undone.push({ action, error })
      this.#parts.report({ kind: 'failed', action, code: error.code, error })
    }
  }

  #reportIssue(action: Action, result: IssueResult): void {
    if (result.kind === 'issued') {
      const { key, version } = result
      const done = {
        kind: 'issue',
        reason: action.reason,
        accessKey: key.accessKey,
        revision: version.revision,
      } as const
      this.#done.push(done)
      this.#parts.report({ kind: 'done', action: done })
    } else {
      const { discarded } = result
      const failure = result.code === 'call' ? { code: result.error.code, error: result.error } : { code: result.code }
      this.#parts.report({ kind: 'failed', action, ...failure, discarded })
    }
  }

  /**
   * Waits, after a `revoke` that replaced the key, for lists and caches to follow, and until no other run can publish
   * an older key any more; gives whether it did.
   * @throws {ApiError} `out-of-time` when there is no time to wait and look once more
   */
  async waits(): Promise<boolean> {
    if (this.#request.action !== 'revoke' || this.#observation === undefined) return false
    const { world, at } = this.#observation
    const { policy, clock, timeLeft } = this.#parts
    const situation = { world, policy, now: at }
    const failed = this.#issue?.kind === 'failed' || this.#refusal !== undefined
    if (failed || compromiseFlag(situation) === undefined) return false
    const waitMs = Math.max(this.#hasWaited ? 0 : propagationMs, unclearForMs(unpublishedKeys(world), situation))
    if (waitMs === 0) return false
    if (timeLeft() < waitMs + 2 * callLimitMs) throw new ApiError({ code: 'out-of-time', operation: 'look once more' })
    this.#hasWaited = true
    await clock.sleep(waitMs + 1)
    this.#ownWrites.hasWaitedForLists()
    return true
  }

  /** How the run ended. Takes the error that stopped it, if one did. */
  result(stoppedBy: ApiError | undefined): RunResult {
    return {
      done: this.#done,
      undone: this.#undone,
      issue: this.#issue,
      refusal: this.#refusal,
      observation: this.#observation,
      isSettled:
        this.#hasWaited && !this.#observation?.world.keys.some(key => this.#ownWrites.isSaidGone(key.accessKey)),
      stoppedBy,
    }
  }
}

function isSame(one: Action, other: Action): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function outOfTime({ kind }: Action): ApiError {
  return new ApiError({ code: 'out-of-time', operation: kind })
}
