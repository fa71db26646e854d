import type { Retire } from './actions.ts'
import type { RefusedRollback, RollbackRefusal } from './refusals.ts'
import type { Situation } from './situation.ts'
import { expiryMarginMs } from './timing.ts'
import {
  ageMs,
  isMarked,
  keyOf,
  type MarkedVersion,
  markedVersions,
  servedVersion,
  usableKeyOf,
  type Version,
  type World,
} from './world.ts'

/**
 * Rule 12: rolls back the revision that is named, so that `latest_enabled` falls back to the one before at once. It must
 * be named, or a second request would go two revisions back. Gives the one thing to do, or why it is not done.
 */
export function rollback(situation: Situation, revision: number | null): Retire | RefusedRollback {
  const served = servedVersion(situation.world)
  const refuse = (code: RollbackRefusal): RefusedRollback => ({ code, current: served?.revision ?? null })
  if (revision === null) return refuse('revision-missing')
  const named = markedVersions(situation.world).find(version => version.revision === revision)
  if (named === undefined) return refuse('unknown-revision')
  if (named.revision !== served?.revision)
    return refuse(wasRolledBack(named, served) ? 'already-rolled-back' : 'not-current')
  const obstacle = obstacleTo(situation, named)
  if (obstacle !== undefined) return refuse(obstacle)
  return retireRolledBack(named)
}

/**
 * What a rollback finds served after it has disabled what it named: a version that was published in that moment is
 * rolled back as well, or the rollback would have no effect.
 */
export function servedAfter(situation: Situation, disabled: ReadonlySet<number>): Retire[] {
  const served = servedVersion(situation.world)
  if (served === undefined || !isMarked(served) || !disabled.size) return []
  const isNewer = [...disabled].every(revision => revision < served.revision)
  return isNewer && obstacleTo(situation, served) === undefined ? [retireRolledBack(served)] : []
}

/**
 * The version that a rotation published although the one before was rolled back while it was under way: its key
 * is older than the rollback, the version itself is younger. Any run rolls it back as well, unless what is then served
 * would be a worse choice.
 */
export function overtakingPublication(situation: Situation): Retire | undefined {
  const { world } = situation
  const [served, ...older] = markedVersions(world)
  if (served === undefined || served.revision !== servedVersion(world)?.revision) return undefined
  const index = older.findIndex(({ status }) => status !== 'enabled')
  const rolledBack = older[index]
  if (rolledBack?.status !== 'disabled') return undefined
  const overtaking = [served, ...older.slice(0, index)]
  const isOvertaken = overtaking.every(version => isPublishedOver(rolledBack, version, world))
  return isOvertaken && obstacleTo(situation, served) === undefined ? retireRolledBack(served) : undefined
}

function isPublishedOver(rolledBack: MarkedVersion, version: MarkedVersion, world: World): boolean {
  const key = keyOf(world, version)
  const { updatedAt } = rolledBack
  return key !== undefined && key.createdAt < updatedAt && updatedAt < version.createdAt
}

function retireRolledBack({ revision, marker }: MarkedVersion): Retire {
  return { kind: 'retire', revision, accessKey: marker.accessKey, reason: 'rolled-back' }
}

/** True for a version above the served one: none there is enabled. */
function wasRolledBack(named: Version, served: Version | undefined): boolean {
  return named.revision > (served?.revision ?? 0)
}

/** What would make the version before a worse choice than this one. */
function obstacleTo({ world, policy, now }: Situation, current: MarkedVersion): RollbackRefusal | undefined {
  const previous = world.versions.find(({ revision, status }) => status === 'enabled' && revision < current.revision)
  if (previous === undefined) return 'no-older-key'
  const flagged = markedVersions(world).find(({ marker }) => marker.compromise)
  if (flagged !== undefined && flagged.revision > previous.revision) return 'replaces-compromised'
  const key = usableKeyOf(world, previous, now)
  if (key === undefined) return 'previous-not-usable'
  // The margin of `expires-soon`: any less, and the next hourly run would issue a new key over the rollback.
  if (key.expiresAt !== null && -ageMs(key.expiresAt, now) < policy.overlapMs + expiryMarginMs)
    return 'previous-expires'
  return ageMs(current.createdAt, now) > policy.overlapMs ? 'too-late' : undefined
}
