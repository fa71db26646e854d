import type { Credential } from '../../shared/credential.ts'
import { type Clock, startStopwatch, wallDate } from '../clock.ts'
import { type IssueReason, isUrgent } from '../plan/issue-rules.ts'
import { describeKey, describeVersion } from '../plan/markers.ts'
import type { Policy } from '../plan/policy.ts'
import { type Key, servedVersion, type Version, type World, withServed } from '../plan/world.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { TimeLeft } from '../scaleway/client.ts'
import type { Keys } from '../scaleway/keys.ts'
import type { Versions } from '../scaleway/versions.ts'
import type { OwnWrites } from './own-writes.ts'

/** Why an issue came to nothing, besides a failed call. */
export type IssueFailure = 'not-proven' | 'overtaken' | 'blocked'

/** A key that was made for nothing: deleted at once, or left for a tick to find as an orphan. */
export interface DiscardedKey {
  readonly accessKey: string
  readonly isDeleted: boolean
}

/** What came of an issue. A failed one published nothing, unless `isPerhapsPublished`: sent, and its answer lost. */
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

type FailedIssue = Extract<IssueResult, { kind: 'failed' }>

/** What issuing needs. */
export interface Issuer {
  readonly keys: Pick<Keys, 'create' | 'remove'>
  readonly versions: Pick<Versions, 'list' | 'served' | 'publish'>
  readonly prove: (credential: Credential) => Promise<boolean>
  readonly ownWrites: OwnWrites
  readonly clock: Clock
  readonly timeLeft: TimeLeft
  readonly policy: Policy
  readonly secretId: string
  readonly runId: string
}

/** The oldest look at the versions on which a publication may rest. */
export const freshMs = 60_000

/**
 * Create → prove → look once more → publish. A key that was not published for certain is deleted at once; one that
 * perhaps was is left, because undoing a lost answer would take the key from whoever just fetched it (rule 7).
 */
export async function issue(reason: IssueReason, world: World, issuer: Issuer): Promise<IssueResult> {
  const made = await create(issuer)
  if ('kind' in made) return made
  const { key, credential } = made
  issuer.ownWrites.created(key)
  const undone = async (result: FailedIssue) => ({ ...result, discarded: await discard(key, issuer) })
  if (!(await issuer.prove(credential))) {
    return undone(issuer.timeLeft() > 0 ? { kind: 'failed', code: 'not-proven' } : outOfTime())
  }
  const look = await lookAgain(reason, issuer)
  if ('kind' in look) return undone(look)
  if (isOvertaken(reason, world, look.versions)) return undone({ kind: 'failed', code: 'overtaken' })
  if (look.ageMs() > freshMs || issuer.timeLeft() <= 0) return undone(outOfTime())
  const published = await publish(credential, reason, issuer)
  if ('kind' in published)
    return published.error.isNotDone ? undone(published) : { ...published, isPerhapsPublished: true }
  issuer.ownWrites.published(published)
  return { kind: 'issued', key, version: published }
}

type FailedCall = Extract<IssueResult, { code: 'call' }>

async function create({ keys, clock, policy, secretId, runId }: Issuer) {
  const now = wallDate(clock)
  const expiresAt = policy.keyLifetimeMs === 0 ? null : new Date(now.getTime() + policy.keyLifetimeMs)
  try {
    return await keys.create({ description: describeKey({ secretId, runId }, now), expiresAt })
  } catch (error) {
    return isQuota(error) ? ({ kind: 'failed', code: 'blocked' } as const) : failedCall(error)
  }
}

/** The rotator may not read IAM's quota or maximum duration; their refusal says it (facts/iam-secret-api.md §1.3, §1.6). */
function isQuota(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.type === 'quotas_exceeded' || (error.type === 'invalid_arguments' && error.argument === 'expires_at')
}

async function lookAgain(reason: IssueReason, { versions, clock }: Issuer) {
  const ageMs = startStopwatch(clock)
  try {
    const listed = await versions.list()
    return { versions: givesWay(reason) ? withServed(listed, await versions.served()) : listed, ageMs }
  } catch (error) {
    return failedCall(error)
  }
}

function isOvertaken(reason: IssueReason, before: World, now: readonly Version[]): boolean {
  const seen = before.versions[0]?.revision ?? 0
  const newer = now.filter(({ revision }) => revision > seen)
  const isTakenBack = (servedVersion({ versions: now })?.revision ?? 0) < (servedVersion(before)?.revision ?? 0)
  // Whoever replaces a leaked key deletes the unpublished ones of other runs in the end: this one would be served and dead.
  if (reason !== 'compromise' && newer.some(({ marker }) => marker?.compromise)) return true
  return (newer.length > 0 || isTakenBack) && givesWay(reason)
}

/** True for the reasons that can wait, should somebody have published, or taken back what was served, meanwhile. */
function givesWay(reason: IssueReason): boolean {
  return !isUrgent(reason) && reason !== 'forced'
}

async function publish(
  credential: Credential,
  reason: IssueReason,
  { versions, clock, runId }: Issuer,
): Promise<Version | FailedCall> {
  const marker = { accessKey: credential.accessKey, runId, compromise: reason === 'compromise' }
  try {
    return await versions.publish({ credential, description: describeVersion(marker, wallDate(clock)) })
  } catch (error) {
    return failedCall(error)
  }
}

/** Deletes a key that was made for nothing. One that cannot be deleted now, a later tick finds as an orphan. */
async function discard({ accessKey }: Key, { keys, ownWrites }: Issuer): Promise<DiscardedKey> {
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
