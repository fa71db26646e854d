import type { Situation } from './situation.ts'
import { giveWayMs, publishLimitMs } from './timing.ts'
import { ageMs, type Key, keyOf, type MarkedVersion, markedVersions, usableKeyOf, type Version } from './world.ts'

/**
 * Rule 13: the newest version that was flagged as replacing a leaked key, if something that works is served in its
 * place. All that is older is then deleted without overlap; as the flag stays, a run that was cut off is finished by
 * the next one.
 */
export function compromiseFlag({ world, now }: Situation): MarkedVersion | undefined {
  const versions = markedVersions(world)
  const flagged = versions.find(({ marker }) => marker.compromise)
  if (flagged === undefined) return undefined
  const isReplaced = versions.some(
    ({ revision, status, ...rest }) =>
      revision >= flagged.revision &&
      status === 'enabled' &&
      usableKeyOf(world, { revision, status, ...rest }, now) !== undefined,
  )
  return isReplaced ? flagged : undefined
}

/** True for a version that is older than the flagged one. */
export function isCompromisedVersion({ revision }: Version, flagged: MarkedVersion | undefined): boolean {
  return flagged !== undefined && revision < flagged.revision
}

/**
 * True for a key that only versions older than the flagged one name, or that no version names and that is older than
 * the flagged one's key: it must stop working. Takes the versions that name the key. One that another run may be
 * about to publish is left alone until it is clear whether it is.
 */
export function isCompromisedKey(
  key: Key,
  naming: readonly Version[],
  situation: Situation,
  flagged: MarkedVersion | undefined,
): boolean {
  if (flagged === undefined) return false
  if (naming.length > 0) return naming.every(version => isCompromisedVersion(version, flagged))
  return isBefore(flagged, key, situation) && clearInMs(flagged, key, situation) < 0
}

/**
 * How long until it is clear of every unpublished key that is older than the flagged one whether it is published still,
 * in milliseconds; 0 when it is.
 */
export function unclearForMs(unpublished: readonly Key[], situation: Situation): number {
  const flagged = compromiseFlag(situation)
  if (flagged === undefined) return 0
  const older = unpublished.filter(key => isBefore(flagged, key, situation))
  return Math.max(0, ...older.map(key => clearInMs(flagged, key, situation)))
}

/** When it is clear whether another run publishes a key: that run is over, or has seen the flagged version and given way. */
function clearInMs(flagged: MarkedVersion, key: Key, { policy, now }: Situation): number {
  return Math.min(publishLimitMs(policy) - ageMs(key.createdAt, now), giveWayMs - ageMs(flagged.createdAt, now))
}

function isBefore(flagged: MarkedVersion, key: Key, { world }: Situation): boolean {
  const replacedAt = keyOf(world, flagged)?.createdAt ?? flagged.createdAt
  return ageMs(key.createdAt, replacedAt) > 0
}
