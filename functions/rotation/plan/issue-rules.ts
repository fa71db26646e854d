import type { DueReason, IssueReason } from './actions.ts'
import { limits, type Policy } from './policy.ts'
import type { RefusedIssue } from './refusals.ts'
import type { IssuingRequest, Situation } from './situation.ts'
import { expiryMarginMs, inFlightMs } from './timing.ts'
import {
  ageMs,
  isMarked,
  keyOf,
  markedKeys,
  markedVersions,
  servedVersion,
  unpublishedKeys,
  usableKeyOf,
  type Version,
  type World,
} from './world.ts'

/** True for the reasons that never wait and may use a quota's last slots. */
export function isUrgent(reason: IssueReason): boolean {
  return reason === 'no-usable-key' || reason === 'expires-soon' || reason === 'compromise'
}

/** Rules 3, 13 and 14: why a key is due, or undefined when none is. */
export function issueReason(situation: Situation, request: IssuingRequest): IssueReason | undefined {
  if (request.action === 'revoke') return isJustReplaced(situation) ? undefined : 'compromise'
  const due = dueReason(situation)
  if (due !== undefined && isUrgent(due)) return due
  if (request.action === 'rotate' && request.force) return 'forced'
  return due ?? (request.action === 'rotate' ? 'requested' : undefined)
}

/** Rule 13: a flagged version that works was published minutes ago, so a repeated `revoke` only cleans up. */
function isJustReplaced({ world, policy, now }: Situation): boolean {
  const served = servedVersion(world)
  if (served === undefined || !isMarked(served) || !served.marker.compromise) return false
  return usableKeyOf(world, served, now) !== undefined && ageMs(served.createdAt, now) < inFlightMs(policy)
}

/**
 * The reasons that need no request. An unmanaged version that is served is a person's decision: the hourly run does not
 * override it.
 */
export function dueReason({ world, policy, now }: Situation): DueReason | undefined {
  const served = servedVersion(world)
  if (served !== undefined && !isMarked(served)) return undefined
  const key = served && usableKeyOf(world, served, now)
  if (key === undefined) return 'no-usable-key'
  if (key.expiresAt !== null && -ageMs(key.expiresAt, now) < policy.overlapMs + expiryMarginMs) return 'expires-soon'
  const [newest] = markedVersions(world)
  return newest !== undefined && ageMs(newest.createdAt, now) > policy.maxKeyAgeMs ? 'key-too-old' : undefined
}

/** Rules 4, 5 and 6: what stops an issue that is due, first hit first. */
export function issueRefusal(
  situation: Situation,
  request: IssuingRequest,
  reason: IssueReason,
): RefusedIssue | undefined {
  return (
    inFlight(situation) ??
    (reason === 'requested' ? notNow(situation, request) : undefined) ??
    blocked(situation, reason)
  )
}

function inFlight({ world, policy, now }: Situation): RefusedIssue | undefined {
  const young = unpublishedKeys(world).some(key => ageMs(key.createdAt, now) < inFlightMs(policy))
  return young ? { code: 'in-flight' } : undefined
}

function notNow({ world, policy, now }: Situation, { operator }: IssuingRequest): RefusedIssue | undefined {
  const young = markedVersions(world).some(version => ageMs(version.createdAt, now) < inFlightMs(policy))
  if (young) return { code: 'recent' }
  return !operator && isRolledBack({ world, now }) ? { code: 'rolled-back' } : undefined
}

/** Rule 5: a version above the newest enabled one of ours was rolled back, and its key still works for consumers that hold it. */
export function isRolledBack({ world, now }: Pick<Situation, 'world' | 'now'>): boolean {
  const versions = markedVersions(world)
  const newestEnabled = versions.findIndex(({ status }) => status === 'enabled')
  const above = newestEnabled < 0 ? versions : versions.slice(0, newestEnabled)
  return above.some(version => usableKeyOf(world, version, now) !== undefined)
}

/** Rule 6: the quota that stops an issue for this reason, if one does. */
export function blocked({ world }: Pick<Situation, 'world'>, reason: IssueReason): RefusedIssue | undefined {
  const limit = isUrgent(reason) ? limits.urgent : limits.routine
  const used = { versions: world.versions.length, keys: markedKeys(world).length }
  if (used.versions >= limit.versions) {
    return { code: 'blocked', quota: { name: 'versions', used: used.versions, limit: limit.versions } }
  }
  if (used.keys >= limit.keys) return { code: 'blocked', quota: { name: 'keys', used: used.keys, limit: limit.keys } }
  return undefined
}

/**
 * Rule 7: another run published a version, or rolled back what was served, since the world was observed. Takes the world
 * that the issue rests on and the versions just before the publication.
 */
export function isOvertaken(reason: IssueReason, before: World, now: readonly Version[]): boolean {
  const seen = before.versions[0]?.revision ?? 0
  const newer = now.filter(({ revision }) => revision > seen)
  const fellBack = (servedVersion({ versions: now })?.revision ?? 0) < (servedVersion(before)?.revision ?? 0)
  // A run that replaces a leaked key deletes the unpublished keys of other runs: this one would be served and not work.
  if (newer.some(({ marker }) => marker?.compromise)) return true
  return (newer.length > 0 || fellBack) && givesWay(reason)
}

/** True for the reasons that give way to another run that published, or rolled back what was served, meanwhile. */
export function givesWay(reason: IssueReason): boolean {
  return !isUrgent(reason) && reason !== 'forced'
}

/** The moment after which the hourly run rotates by itself, unless a rotation comes before; null before the first key. */
export function overdueAfter(world: World, policy: Policy): Date | null {
  const [newest] = markedVersions(world)
  if (newest === undefined) return null
  const tooOldMs = newest.createdAt.getTime() + policy.maxKeyAgeMs
  const expiresAt = keyOf(world, newest)?.expiresAt
  const expiresSoonMs = expiresAt ? expiresAt.getTime() - policy.overlapMs - expiryMarginMs : tooOldMs
  return new Date(Math.min(tooOldMs, expiresSoonMs))
}
