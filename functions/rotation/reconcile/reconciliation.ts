import { type Action, type CleanUp, type Done, type DoneIssue, type Issue, targetOf } from '../plan/actions.ts'
import { compromiseFlag, unclearForMs } from '../plan/compromise-rules.ts'
import { isUrgent } from '../plan/issue-rules.ts'
import { type Plan, plan } from '../plan/plan.ts'
import type { Refused } from '../plan/refusals.ts'
import type { RunRequest } from '../plan/situation.ts'
import { callLimitMs, freshMs, issueNeedsMs, propagationMs } from '../plan/timing.ts'
import { unpublishedKeys } from '../plan/world.ts'
import { ApiError } from '../scaleway/api-error.ts'
import { cleanUp } from './clean-up.ts'
import { confirmLists } from './confirm-lists.ts'
import { issue } from './issue.ts'
import { type Observation, observe } from './observe.ts'
import { OwnWrites } from './own-writes.ts'
import type { IssueResult, RunResult, Undone } from './result.ts'
import type { RunParts } from './run-parts.ts'

/** The pause before another look, where what was published is not served yet. */
const servedPauseMs = 5_000

/** One run under way: what it has seen, done and been refused. A second run is a second reconciliation. */
export class Reconciliation {
  readonly #request: RunRequest
  readonly #parts: RunParts
  readonly #ownWrites = new OwnWrites()
  readonly #done: Done[] = []
  readonly #undone: Undone[] = []
  #issue: IssueResult | undefined
  #isTried = false
  #isTriedAgain = false
  #isUrgent = false
  #hasWaited = false
  #refusal: Refused | undefined
  #observation: Observation | undefined

  constructor(request: RunRequest, parts: RunParts) {
    this.#request = request
    this.#parts = parts
  }

  /** Observes the world and plans; the next action rests on this observation. */
  async observe(): Promise<Plan & { observation: Observation }> {
    const { policy } = this.#parts
    const { action, force } = this.#request
    const seesServed = action === 'rollback'
    const believesAbsence = seesServed || action === 'revoke' || force
    const observation = await observe({ ...this.#parts, ownWrites: this.#ownWrites, seesServed, believesAbsence })
    this.#observation = observation
    const soFar = { isTried: this.#isTried, disabled: this.#ownWrites.disabledRevisions }
    const { world, at: now } = observation
    return { ...plan({ world, policy, request: this.#request, soFar, now }), observation }
  }

  /** Observes again and gives the next action, or undefined when nothing is left that was not tried. */
  async nextAction(): Promise<Action | undefined> {
    if (this.#hasMadeRoom()) {
      this.#isTried = false
      this.#isTriedAgain = true
    }
    const { actions, refusal } = await this.observe()
    this.#refusal ??= refusal
    return actions.find(action => action.kind === 'issue' || !this.#wasTried(action))
  }

  /** IAM refused an urgent issue for its quota, and this run has deleted a key of its own since: there may be room now. */
  #hasMadeRoom(): boolean {
    if (this.#isTriedAgain || this.#issue?.kind !== 'failed' || this.#issue.code !== 'blocked') return false
    return this.#isUrgent && this.#done.some(({ kind }) => kind === 'revoke')
  }

  #wasTried(action: CleanUp): boolean {
    if (action.kind === 'revoke' && this.#ownWrites.isSaidGone(action.accessKey)) return true
    return this.#undone.some(undone => targetOf(undone.action) === targetOf(action))
  }

  /**
   * Does an action; or nothing, because another look must decide first: the observation is stale, or a key may still be given to
   * applications, after a pause.
   * @throws {ApiError} `out-of-time` when an issue could not be finished in the time left, `list-incomplete` when a key would be deleted on the word of a list alone
   */
  async perform(action: Action): Promise<void> {
    const observation = this.#observation
    if (observation === undefined || observation.ageMs() > freshMs) return
    if (action.kind === 'issue' || action.reason === 'rolled-back') this.#isTried = true
    if (action.kind === 'revoke' && !(await confirmLists(action, observation, this.#parts))) {
      return this.#parts.clock.sleep(servedPauseMs)
    }
    if (action.kind !== 'issue') return this.#cleanUp(action)
    if (this.#parts.timeLeft() < issueNeedsMs) throw outOfTime(action)
    this.#isUrgent = isUrgent(action.reason)
    this.#issue = await issue(action.reason, observation.world, { ...this.#parts, ownWrites: this.#ownWrites })
    this.#reportIssue(action, this.#issue)
  }

  async #cleanUp(action: CleanUp): Promise<void> {
    try {
      await cleanUp(action, { ...this.#parts, ownWrites: this.#ownWrites })
      this.#report(action)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.#undone.push({ action, error })
      this.#parts.report({ kind: 'failed', action, code: error.code, error })
    }
  }

  #reportIssue(action: Issue, result: IssueResult): void {
    if (result.kind === 'issued') {
      const { key, version } = result
      this.#report({ ...action, accessKey: key.accessKey, revision: version.revision })
    } else {
      const { discarded } = result
      const failure = result.code === 'call' ? { code: result.error.code, error: result.error } : { code: result.code }
      this.#parts.report({ kind: 'failed', action, ...failure, discarded })
    }
  }

  #report(action: CleanUp | DoneIssue): void {
    this.#done.push(action)
    this.#parts.report({ kind: 'done', action })
  }

  /**
   * Waits, after a `revoke` that replaced the key, for lists and caches to follow, and until no other run can publish
   * an older key any more; gives whether it did.
   * @throws {ApiError} `out-of-time` when there is no time to wait and observe once more
   */
  async waitForPropagation(): Promise<boolean> {
    if (this.#request.action !== 'revoke' || this.#observation === undefined) return false
    const { world, at } = this.#observation
    const { policy, clock, timeLeft } = this.#parts
    const situation = { world, policy, now: at }
    const failed = this.#issue?.kind === 'failed' || this.#refusal !== undefined
    if (failed || compromiseFlag(situation) === undefined) return false
    const waitMs = Math.max(this.#hasWaited ? 0 : propagationMs, unclearForMs(unpublishedKeys(world), situation))
    if (waitMs === 0) return false
    if (timeLeft() < waitMs + 2 * callLimitMs)
      throw new ApiError({ code: 'out-of-time', operation: 'observe once more' })
    this.#hasWaited = true
    await clock.sleep(waitMs + 1)
    this.#ownWrites.hasWaitedForLists()
    return true
  }

  /** How the run ended. Takes the error that stopped it, if one did. */
  result(stoppedBy: ApiError | undefined): RunResult {
    const isListed = this.#observation?.world.keys.some(key => this.#ownWrites.isSaidGone(key.accessKey))
    return {
      done: this.#done,
      undone: this.#undone,
      issue: this.#issue,
      refusal: this.#refusal,
      observation: this.#observation,
      isSettled: this.#hasWaited && !isListed,
      stoppedBy,
    }
  }
}

function outOfTime({ kind }: Action): ApiError {
  return new ApiError({ code: 'out-of-time', operation: kind })
}
