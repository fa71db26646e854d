import type { Retire } from './cleanup-rules.ts'
import type { Situation } from './issue-rules.ts'
import { expiryMarginMs } from './policy.ts'
import { ageMs, type MarkedVersion, markedVersions, servedVersion, usableKeyOf, type Version } from './world.ts'

/** Why a rollback is not done. The same words stand in answers and logs. */
export type RollbackRefusal =
  | 'revision-missing'
  | 'already-rolled-back'
  | 'not-current'
  | 'unknown-revision'
  | 'no-older-key'
  | 'previous-not-usable'
  | 'previous-expires'
  | 'too-late'
  | 'replaces-compromised'

/** A refused rollback, and the revision that is served now. */
export interface RefusedRollback {
  readonly code: RollbackRefusal
  readonly current: number | null
}

/**
 * Rule 12: takes back the revision that is named, so that `latest_enabled` falls back to the one before at once. It
 * must be named, or a second press would go two back. Gives the one thing to do, or why it is not done.
 */
export function rollback(situation: Situation, revision: number | null): Retire | RefusedRollback {
  const served = servedVersion(situation.world)
  const refuse = (code: RollbackRefusal): RefusedRollback => ({ code, current: served?.revision ?? null })
  if (revision === null) return refuse('revision-missing')
  const named = markedVersions(situation.world).find(version => version.revision === revision)
  if (named === undefined) return refuse('unknown-revision')
  if (named.revision !== served?.revision)
    return refuse(wasTakenBack(named, served) ? 'already-rolled-back' : 'not-current')
  const obstacle = obstacleTo(situation, named)
  if (obstacle !== undefined) return refuse(obstacle)
  return { kind: 'retire', revision, accessKey: named.marker.accessKey, reason: 'rolled-back' }
}

function wasTakenBack(named: Version, served: Version | undefined): boolean {
  return named.status !== 'enabled' && named.revision > (served?.revision ?? 0)
}

/** What would make the version before a worse choice than this one. */
function obstacleTo({ world, policy, now }: Situation, current: MarkedVersion): RollbackRefusal | undefined {
  const previous = world.versions.find(({ revision, status }) => status === 'enabled' && revision < current.revision)
  if (previous === undefined) return 'no-older-key'
  const flagged = markedVersions(world).find(({ marker }) => marker.compromise)
  if (flagged !== undefined && flagged.revision > previous.revision) return 'replaces-compromised'
  const key = usableKeyOf(world, previous, now)
  if (key === undefined) return 'previous-not-usable'
  // The margin of `expires-soon`: any less, and the next tick would issue a new key over the rollback.
  if (key.expiresAt !== null && -ageMs(key.expiresAt, now) < policy.overlapMs + expiryMarginMs)
    return 'previous-expires'
  return ageMs(current.createdAt, now) > policy.overlapMs ? 'too-late' : undefined
}
