import type { Credential } from '../../shared/credential.ts'
import { startStopwatch, wallDate } from '../clock.ts'
import type { IssueReason } from '../plan/actions.ts'
import { givesWay, isOvertaken } from '../plan/issue-rules.ts'
import { describeKey, describeVersion } from '../plan/markers.ts'
import { freshMs } from '../plan/timing.ts'
import type { Key, Version, World } from '../plan/world.ts'
import { ApiError } from '../scaleway/api-error.ts'
import { putRight } from './put-right.ts'
import type { DiscardedKey, IssueResult } from './result.ts'
import type { ActionParts } from './run-parts.ts'

type FailedIssue = Extract<IssueResult, { kind: 'failed' }>

/**
 * Create → prove → list once more → publish. A key that was not published for certain is deleted at once; one that
 * perhaps was is left, because undoing a lost answer would delete a key that a consumer just fetched (rule 7).
 */
export async function issue(reason: IssueReason, world: World, parts: ActionParts): Promise<IssueResult> {
  const made = await create(parts)
  if ('kind' in made) return made
  const { key, credential } = made
  parts.ownWrites.created(key)
  const undone = async (result: FailedIssue) => ({ ...result, discarded: await discard(key, parts) })
  if (!(await parts.prove(credential))) {
    return undone(parts.timeLeft() > 0 ? { kind: 'failed', code: 'not-proven' } : outOfTime())
  }
  const look = await lookAgain(reason, parts)
  if ('kind' in look) return undone(look)
  if (isOvertaken(reason, world, look.versions)) return undone({ kind: 'failed', code: 'overtaken' })
  if (look.ageMs() > freshMs || parts.timeLeft() <= 0) return undone(outOfTime())
  const published = await publish(credential, reason, parts)
  if ('kind' in published)
    return published.error.isNotDone ? undone(published) : { ...published, isPerhapsPublished: true }
  parts.ownWrites.published(published)
  return { kind: 'issued', key, version: published }
}

type FailedCall = Extract<IssueResult, { code: 'call' }>

async function create({ keys, clock, policy, secretId, runId }: ActionParts) {
  const now = wallDate(clock)
  const expiresAt = policy.keyLifetimeMs === 0 ? null : new Date(now.getTime() + policy.keyLifetimeMs)
  try {
    return await keys.create({ description: describeKey({ secretId, runId }, now), expiresAt })
  } catch (error) {
    return isQuota(error) ? ({ kind: 'failed', code: 'blocked' } as const) : failedCall(error)
  }
}

/**
 * The rotator may not read IAM's quota or maximum duration; their refusal says it
 * (docs/scaleway.md#key-expiry, #errors).
 */
function isQuota(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.type === 'quotas_exceeded' || (error.type === 'invalid_arguments' && error.argument === 'expires_at')
}

async function lookAgain(reason: IssueReason, { versions, clock }: ActionParts) {
  const ageMs = startStopwatch(clock)
  try {
    const listed = await versions.list()
    return { versions: givesWay(reason) ? await putRight(listed, versions) : listed, ageMs }
  } catch (error) {
    return failedCall(error)
  }
}

async function publish(
  credential: Credential,
  reason: IssueReason,
  { versions, clock, runId }: ActionParts,
): Promise<Version | FailedCall> {
  const marker = { accessKey: credential.accessKey, runId, compromise: reason === 'compromise' }
  try {
    return await versions.publish({ credential, description: describeVersion(marker, wallDate(clock)) })
  } catch (error) {
    return failedCall(error)
  }
}

/** Deletes a key that is not published. If that fails, a later hourly run deletes it as an orphan. */
async function discard({ accessKey }: Key, { keys, ownWrites }: ActionParts): Promise<DiscardedKey> {
  try {
    await keys.remove(accessKey)
    ownWrites.removedKey(accessKey)
    return { accessKey, isDeleted: true }
  } catch (error) {
    failedCall(error)
    return { accessKey, isDeleted: false }
  }
}

function outOfTime(): FailedCall {
  return { kind: 'failed', code: 'call', error: new ApiError({ code: 'out-of-time', operation: 'publish version' }) }
}

/** Anything that is not a failed call is a fault of our own and stays one. */
function failedCall(error: unknown): FailedCall {
  if (error instanceof ApiError) return { kind: 'failed', code: 'call', error }
  throw error
}
