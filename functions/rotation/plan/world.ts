import type { KeyMarker, VersionMarker } from './markers.ts'

/** An IAM API key of the bearer. `marker` is null for a key that is not ours. */
export interface Key {
  readonly accessKey: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly marker: KeyMarker | null
}

/** Statuses of a version (docs/scaleway.md#versions). */
export type VersionStatus = 'enabled' | 'disabled' | 'scheduled_for_deletion' | 'deleted' | 'unknown_status'

/** A version of the secret, without its payload. `marker` is null for a version that is not ours. */
export interface Version {
  readonly revision: number
  readonly status: VersionStatus
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly marker: VersionMarker | null
}

/** A version of ours. */
export type MarkedVersion = Version & { readonly marker: VersionMarker }

/** A key that IAM shows neither in its list nor by itself, although a version that was published minutes ago holds it. */
export interface DoubtedKey {
  readonly accessKey: string
  readonly revision: number
  /** From then on its absence is believed. */
  readonly until: Date
}

/** What IAM and Secret Manager list at one moment: the only state there is. Versions newest first. */
export interface World {
  readonly versions: readonly Version[]
  readonly keys: readonly Key[]
  /** When a person deleted the secret, which can be restored for a while; left out for one that is there. */
  readonly secretDeletedAt?: Date | undefined
  /** Keys whose absence is not believed yet. For the status alone: a run that must not believe it ends. */
  readonly doubtedKeys?: readonly DoubtedKey[]
}

/** The version that `latest_enabled` gives, ours or not. */
export function servedVersion({ versions }: Pick<World, 'versions'>): Version | undefined {
  return versions.find(version => version.status === 'enabled')
}

/**
 * A list of versions put right by what `latest_enabled` gives (undefined when nothing is enabled): what the list still
 * has as enabled above it was disabled since. Newest first.
 */
export function withServed(listed: readonly Version[], served: Version | undefined): Version[] {
  const above = (version: Version) => version.status === 'enabled' && version.revision > (served?.revision ?? 0)
  return [...listed.filter(({ revision }) => revision !== served?.revision), ...(served === undefined ? [] : [served])]
    .map((version): Version => (above(version) ? { ...version, status: 'disabled' } : version))
    .sort((a, b) => b.revision - a.revision)
}

/** Our versions of any status, newest first. */
export function markedVersions({ versions }: World): MarkedVersion[] {
  return versions.filter(isMarked)
}

/** True for a version of ours. */
export function isMarked(version: Version): version is MarkedVersion {
  return version.marker !== null
}

/** Our keys, used up or not. */
export function markedKeys({ keys }: World): Key[] {
  return keys.filter(key => key.marker !== null)
}

/** The key that a version of ours holds, if it is listed (whatever a person did to the key's own description). */
export function keyOf({ keys }: World, version: Version): Key | undefined {
  return keys.find(key => key.accessKey === version.marker?.accessKey)
}

/** True once a key has reached its expiry. */
export function isExpired(key: Key, now: Date): boolean {
  return key.expiresAt !== null && key.expiresAt <= now
}

/** The key of a version, if it still works. */
export function usableKeyOf(world: World, version: Version, now: Date): Key | undefined {
  const key = keyOf(world, version)
  return key === undefined || isExpired(key, now) ? undefined : key
}

/** Our keys that no version of any status names. */
export function unpublishedKeys(world: World): Key[] {
  const named = new Set(markedVersions(world).map(({ marker }) => marker.accessKey))
  return markedKeys(world).filter(({ accessKey }) => !named.has(accessKey))
}

/** Milliseconds from a moment to now; negative when a server's clock is ahead. */
export function ageMs(from: Date, now: Date): number {
  return now.getTime() - from.getTime()
}

/** Keys that are there and are not ours. */
export function unmanagedKeys({ keys }: World): Key[] {
  return keys.filter(({ marker }) => marker === null)
}

/** Those of them that no version of ours names: of the others a person only changed the description. */
export function unnamedForeignKeys(world: World): Key[] {
  const named = new Set(markedVersions(world).map(({ marker }) => marker.accessKey))
  return unmanagedKeys(world).filter(({ accessKey }) => !named.has(accessKey))
}

/** Versions that are there and are not ours. */
export function unmanagedVersions({ versions }: World): Version[] {
  return versions.filter(({ marker, status }) => marker === null && (status === 'enabled' || status === 'disabled'))
}
