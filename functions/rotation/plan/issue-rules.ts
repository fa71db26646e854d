import { expiryMarginMs, inFlightMs, limits, type Policy } from './policy.ts'
import { ageMs, isMarked, keyOf, markedKeys, markedVersions, servedVersion, usableKeyOf, type World } from './world.ts'

/** Why a new key is made. `no-usable-key`, `expires-soon` and `compromise` are urgent. */
export type IssueReason = 'no-usable-key' | 'expires-soon' | 'key-too-old' | 'requested' | 'forced' | 'compromise'

/** Why a key that is due is not made now. The same words stand in answers, logs and the status. */
export type IssueRefusal = 'recent' | 'in-flight' | 'rolled-back' | 'blocked'

/** A refusal with the quota that stops it, where one does. */
export interface RefusedIssue {
  readonly code: IssueRefusal
  readonly quota?: { readonly name: 'versions' | 'keys'; readonly used: number; readonly limit: number }
}

/** What is asked of a run. `revision` is what a rollback takes back. */
export interface RunRequest {
  readonly action: 'rotate' | 'tend' | 'rollback' | 'revoke'
  readonly operator: boolean
  readonly force: boolean
  readonly revision: number | null
}

/** What the rules look at. `now` is the moment of the observation. */
export interface Situation {
  readonly world: World
  readonly policy: Policy
  readonly now: Date
}

/** True for the reasons that never wait and may use a quota's last slots. */
export function isUrgent(reason: IssueReason): boolean {
  return reason === 'no-usable-key' || reason === 'expires-soon' || reason === 'compromise'
}

/** Rules 3, 13 and 14: why a key is due, or undefined when none is. */
export function issueReason(situation: Situation, request: RunRequest): IssueReason | undefined {
  if (request.action === 'rollback') return undefined
  if (request.action === 'revoke') return isJustReplaced(situation) ? undefined : 'compromise'
  const own = ownReason(situation)
  if (own !== undefined && isUrgent(own)) return own
  if (request.action === 'rotate' && request.force) return 'forced'
  return own ?? (request.action === 'rotate' ? 'requested' : undefined)
}

/** Rule 13: a flagged version that works was published minutes ago, so a repeated `revoke` only cleans up. */
function isJustReplaced({ world, policy, now }: Situation): boolean {
  const served = servedVersion(world)
  if (served === undefined || !isMarked(served) || !served.marker.compromise) return false
  return usableKeyOf(world, served, now) !== undefined && ageMs(served.createdAt, now) < inFlightMs(policy)
}

/** The reasons that need nobody to ask. A foreign version that is served is somebody's decision: no tick overrides it. */
function ownReason({ world, policy, now }: Situation): IssueReason | undefined {
  const served = servedVersion(world)
  if (served !== undefined && !isMarked(served)) return undefined
  const key = served && usableKeyOf(world, served, now)
  if (key === undefined) return 'no-usable-key'
  if (key.expiresAt !== null && -ageMs(key.expiresAt, now) < policy.overlapMs + expiryMarginMs) return 'expires-soon'
  const [newest] = markedVersions(world)
  return newest !== undefined && ageMs(newest.createdAt, now) > policy.maxKeyAgeMs ? 'key-too-old' : undefined
}

/** Rules 4, 5 and 6: what stops an issue that is due, first hit first. */
export function issueRefusal(situation: Situation, request: RunRequest, reason: IssueReason): RefusedIssue | undefined {
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

function notNow(situation: Situation, { operator }: RunRequest): RefusedIssue | undefined {
  const { world, policy, now } = situation
  const waitMs = operator ? inFlightMs(policy) : Math.max(policy.minRotationIntervalMs, inFlightMs(policy))
  const newest = newestMark(world)
  if (newest !== undefined && ageMs(newest.createdAt, now) < waitMs) {
    return { code: newest.published ? 'recent' : 'in-flight' }
  }
  return !operator && isRolledBack(situation) ? { code: 'rolled-back' } : undefined
}

/** Rule 5: a version above the newest enabled one of ours was taken back, and its key still works for those who hold it. */
export function isRolledBack({ world, now }: Situation): boolean {
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

/** The youngest key or version of ours, and whether a version names it. */
function newestMark(world: World): { createdAt: Date; published: boolean } | undefined {
  const unpublished = unpublishedKeys(world).map(({ createdAt }) => ({ createdAt, published: false }))
  const published = markedVersions(world).map(({ createdAt }) => ({ createdAt, published: true }))
  return [...unpublished, ...published].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0]
}

/** Our keys that no version of any status names. */
export function unpublishedKeys(world: World) {
  const named = new Set(markedVersions(world).map(({ marker }) => marker.accessKey))
  return markedKeys(world).filter(({ accessKey }) => !named.has(accessKey))
}

/** The moment at which a tick rotates by itself, should nobody have done it before; null before the first key. */
export function nextRotationDue(world: World, policy: Policy): Date | null {
  const [newest] = markedVersions(world)
  if (newest === undefined) return null
  const tooOldMs = newest.createdAt.getTime() + policy.maxKeyAgeMs
  const expiresAt = keyOf(world, newest)?.expiresAt
  const expiresSoonMs = expiresAt ? expiresAt.getTime() - policy.overlapMs - expiryMarginMs : tooOldMs
  return new Date(Math.min(tooOldMs, expiresSoonMs))
}
