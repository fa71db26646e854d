import type { Answer } from '../../shared/endpoint.ts'
import { actionJson } from '../plan/actions.ts'
import { overdueAfter } from '../plan/issue-rules.ts'
import { type Plan, planJson } from '../plan/plan.ts'
import type { Policy } from '../plan/policy.ts'
import type { RunRequest } from '../plan/situation.ts'
import { keyOf, servedVersion, unmanagedKeys } from '../plan/world.ts'
import type { Observation } from '../reconcile/observe.ts'
import type { IssueResult, RunResult } from '../reconcile/result.ts'
import { errorForCall, errorForFailure, errorForRefusal } from './errors.ts'

/** The body of an answer. */
export type Body = Readonly<Record<string, unknown>>

/**
 * Gives the answer to a run.
 * @throws {HttpError} that is the answer when the request was refused or failed
 */
export function answerRun({ action }: Pick<RunRequest, 'action'>, result: RunResult, policy: Policy): Body {
  const actions = result.done.map(actionJson)
  const { issue, refusal, observation } = result
  if (action === 'revoke') return answerRevoke(result, policy)
  if (issue?.kind === 'issued') {
    return { ...issued(issue), actions, ...due(observation, policy), ...unfinished(result) }
  }
  throwIfFailed(result)
  if (refusal !== undefined && refusal.code !== 'recent') throw errorForRefusal(refusal, { actions })
  const error = callErrorOf(result)
  const remark = action === 'rollback' ? { remark: repeatRollback } : {}
  if (error !== undefined) throw errorForCall(error, { actions, ...remark })
  const reason = action === 'rollback' ? 'rolled-back' : (refusal?.code ?? 'not-due')
  return notRotated(reason, { actions, observation, policy })
}

/** `done` is true only when no older key of ours works any more; unmanaged keys that still work are listed. */
function answerRevoke(result: RunResult, policy: Policy): Body {
  const actions = result.done.map(actionJson)
  const { issue, refusal, observation } = result
  const isOpen =
    issue?.kind === 'failed' && (issue.code === 'call' ? issue.isPerhapsPublished === true : issue.code === 'overtaken')
  throwIfFailed(result, isOpen ? repeatRevoke : nothingRevoked)
  if (refusal !== undefined) throw errorForRefusal(refusal, { actions, remark: nothingRevoked })
  const error = callErrorOf(result)
  if (error !== undefined) throw errorForCall(error, { actions, remark: repeatRevoke })
  const key =
    issue?.kind === 'issued' ? issued(issue) : { rotated: false, reason: 'just-replaced', ...served(observation) }
  const unmanaged = observation === undefined ? [] : unmanagedKeys(observation.world)
  const done = result.isSettled ? { done: true } : { done: false, message: repeatRevoke }
  return {
    ...key,
    ...done,
    actions,
    foreign_keys: unmanaged.map(({ accessKey }) => accessKey),
    ...due(observation, policy),
  }
}

const repeatRollback = 'The status says which revision is served; sending the rollback again is safe.'
const nothingRevoked =
  'No new key was published, so nothing was revoked: the leaked key still works. Fix the cause and send the same again. To end that key earlier, delete it in IAM: applications that hold it are refused until a new one is published.'
const repeatRevoke = 'Older keys may still work: send the same again until it says done.'

/** Gives the answer to a dry run: what would be done, and the refusal that would stand in its way. */
export function answerDryRun(planned: Plan & { observation: Observation }, policy: Policy): Body {
  const { actions, refused } = planJson(planned)
  const { observation, refusal } = planned
  if (refusal?.code === 'revision-missing') throw errorForRefusal(refusal, {})
  return { dry_run: true, refused, ...notRotated(refused ?? 'dry-run', { actions, observation, policy }) }
}

/** A body with its request id, as an answer of a status. */
export function answerWith(status: number, body: Body, requestId: string): Answer {
  return { status, body: { ...body, request_id: requestId } }
}

function throwIfFailed({ issue, done }: RunResult, remark?: string): void {
  if (issue?.kind !== 'failed') return
  const aftermath = {
    actions: done.map(actionJson),
    discarded: issue.discarded,
    ...(remark !== undefined && { remark }),
  }
  throw issue.code === 'call' ? errorForCall(issue.error, aftermath) : errorForFailure(issue.code, aftermath)
}

function callErrorOf({ undone: [undone], stoppedBy }: RunResult) {
  return stoppedBy ?? undone?.error
}

function issued({ key, version }: Extract<IssueResult, { kind: 'issued' }>) {
  return { rotated: true, access_key: key.accessKey, revision: version.revision, expires_at: key.expiresAt }
}

function notRotated(
  reason: string,
  {
    actions,
    observation,
    policy,
  }: { actions: readonly unknown[]; observation: Observation | undefined; policy: Policy },
): Body {
  return { rotated: false, reason, ...served(observation), actions, ...due(observation, policy) }
}

function served(observation: Observation | undefined) {
  const version = observation && servedVersion(observation.world)
  const key = version && keyOf(observation.world, version)
  return {
    access_key: version?.marker?.accessKey ?? null,
    revision: version?.revision ?? null,
    expires_at: key?.expiresAt ?? null,
  }
}

function due(observation: Observation | undefined, policy: Policy) {
  return { overdue_after: observation === undefined ? null : overdueAfter(observation.world, policy) }
}

/** If the clean-up fails, the answer is still 200 and lists the failure in `unfinished`: the key is published. */
function unfinished(result: RunResult) {
  const error = callErrorOf(result)
  return error === undefined ? {} : { unfinished: { error: error.code, message: errorForCall(error).message } }
}
