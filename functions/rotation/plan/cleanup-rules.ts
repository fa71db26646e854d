import type { Prune, Retire, Revoke } from './actions.ts'
import { compromiseFlag, isCompromisedKey, isCompromisedVersion } from './compromise-rules.ts'
import type { Situation } from './situation.ts'
import { clockSkewMs, settleMs } from './timing.ts'
import {
  ageMs,
  isExpired,
  isMarked,
  type Key,
  keyOf,
  type MarkedVersion,
  markedKeys,
  markedVersions,
  servedVersion,
  usableKeyOf,
  type Version,
} from './world.ts'

/** Rule 9: the versions to disable now. */
export function retirements(situation: Situation): Retire[] {
  const served = servedVersion(situation.world)
  return markedVersions(situation.world)
    .filter(({ status }) => status === 'enabled')
    .flatMap(version => {
      const reason = retireReason(situation, version, version.revision === served?.revision)
      return reason === undefined ? [] : [{ kind: 'retire', ...named(version), reason } as const]
    })
}

function retireReason(situation: Situation, version: MarkedVersion, isServed: boolean): Retire['reason'] | undefined {
  if (isCompromisedVersion(version, compromiseFlag(situation))) return 'compromised'
  if (isReleased(situation, version.revision)) return 'superseded'
  // A key that is not listed was requested by itself when the world was observed: here it is deleted for certain.
  if (!isServed && keyOf(situation.world, version) === undefined) return 'key-gone'
  return undefined
}

/**
 * Rule 10: the keys to delete now. A key whose version this very run disabled waits for the next hourly run,
 * so that a consumer that reads a lagging list has left it; a compromised one does not.
 */
export function revocations(situation: Situation, disabledByThisRun: ReadonlySet<number>): Revoke[] {
  return markedKeys(situation.world).flatMap(key => {
    const reason = revokeReason(situation, key, disabledByThisRun)
    return reason === undefined ? [] : [{ kind: 'revoke', accessKey: key.accessKey, reason } as const]
  })
}

function revokeReason(
  situation: Situation,
  key: Key,
  disabledByThisRun: ReadonlySet<number>,
): Revoke['reason'] | undefined {
  if (isExpired(key, situation.now)) return 'expired'
  const naming = namingVersions(key, situation)
  if (isCompromisedKey(key, naming, situation, compromiseFlag(situation))) return 'compromised'
  const [highest] = naming
  if (highest === undefined) return ageMs(key.createdAt, situation.now) > settleMs ? 'orphan' : undefined
  if (naming.some(({ status, revision }) => status === 'enabled' || disabledByThisRun.has(revision))) return undefined
  return isReleased(situation, highest.revision) ? 'superseded' : undefined
}

/**
 * The versions that hold a key: those whose marker names it. For a key that none names, those without a marker that may
 * hold it, because a person may have edited a description away.
 */
function namingVersions(key: Key, { world }: Situation): readonly Version[] {
  const marked = markedVersions(world).filter(({ marker }) => marker.accessKey === key.accessKey)
  return marked.length > 0 ? marked : world.versions.filter(version => !isMarked(version) && mayHold(version, key))
}

/** A version without a marker may hold any key made within settle before it. */
function mayHold(version: Version, key: Key): boolean {
  const afterKeyMs = ageMs(key.createdAt, version.createdAt)
  return afterKeyMs > -clockSkewMs && afterKeyMs < settleMs
}

/**
 * Rule 8: no consumer that refreshes within the overlap can still hold the key of this revision. A newer version of
 * ours, with a key that works, has been there for longer than overlap + settle.
 */
function isReleased(situation: Situation, revision: number): boolean {
  const releaseMs = releaseTimeMs(situation, revision)
  return releaseMs !== undefined && situation.now.getTime() > releaseMs
}

/** The moment (epoch milliseconds) after which a revision is released; undefined while nothing supersedes it. */
export function releaseTimeMs({ world, policy, now }: Situation, revision: number): number | undefined {
  const since = markedVersions(world)
    .filter(newer => newer.revision > revision && newer.status === 'enabled' && usableKeyOf(world, newer, now))
    .map(({ createdAt, updatedAt }) => Math.max(createdAt.getTime(), updatedAt.getTime()))
  return since.length === 0 ? undefined : Math.min(...since) + policy.overlapMs + settleMs
}

/** Rule 11: the versions to delete now, oldest first: disabled, beyond the record, and their key deleted. */
export function prunings({ world, policy, now }: Situation): Prune[] {
  return markedVersions(world)
    .filter(({ status }) => status === 'disabled')
    .slice(policy.keepVersions)
    .filter(version => keyOf(world, version) === undefined && ageMs(version.updatedAt, now) > settleMs)
    .map(version => ({ kind: 'prune', ...named(version), reason: 'beyond-keep-versions' }) as const)
    .reverse()
}

function named({ revision, marker }: MarkedVersion) {
  return { revision, accessKey: marker.accessKey }
}
