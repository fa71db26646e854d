import type { Revoke } from '../plan/actions.ts'
import { clockSkewMs, publishLimitMs } from '../plan/timing.ts'
import { ageMs, type Key, servedVersion, type Version, type World } from '../plan/world.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { Versions } from '../scaleway/versions.ts'

type Reads = Pick<Versions, 'served' | 'get'>

/**
 * Confirms, before a key is deleted, that no version is missing from the list together with its total: its key would look
 * like a leftover (rule 10). The served version is requested by itself; for a key that no version names, so is each
 * revision at which its version could stand. An expired key is of no use to anybody, whatever the list says.
 * @throws {ApiError} `list-incomplete`, or what a read threw
 */
export async function confirmLists({ accessKey, reason }: Revoke, world: World, versions: Reads): Promise<void> {
  if (reason === 'expired') return
  const served = await versions.served()
  if (served?.revision !== servedVersion(world)?.revision) throw listIncomplete()
  const key = world.keys.find(listed => listed.accessKey === accessKey)
  if (reason !== 'orphan' || key === undefined) return
  for (const revision of hiddenRevisions(key, world)) {
    const version = await versions.get(revision)
    if (version !== undefined && (isKept(version) || version.marker?.accessKey === accessKey)) throw listIncomplete()
  }
}

/** A key is published within minutes of its creation, and versions are numbered in order: there are few places for it. */
const mostPlaces = 4

/** The revisions that are not listed and at which the version of a key could stand, highest first. */
function hiddenRevisions({ createdAt }: Key, { versions }: World): number[] {
  const before = versions.filter(version => ageMs(version.createdAt, createdAt) > clockSkewMs)
  const after = versions.filter(version => ageMs(createdAt, version.createdAt) > publishLimitMs + clockSkewMs)
  const revisionsOf = (of: World['versions']) => of.map(({ revision }) => revision)
  const lowest = Math.max(0, ...revisionsOf(before)) + 1
  const highest = Math.min(Math.max(0, ...revisionsOf(versions)) + 2, ...revisionsOf(after).map(next => next - 1))
  const listed = new Set(revisionsOf(versions))
  const places = Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, index) => highest - index)
  return places.filter(revision => !listed.has(revision)).slice(0, mostPlaces)
}

/** Not deleted. Whether a list shows what waits for its deletion is documented nowhere, so that may be missing. */
function isKept({ status }: Version): boolean {
  return status === 'enabled' || status === 'disabled'
}

function listIncomplete(): ApiError {
  return new ApiError({ code: 'list-incomplete', operation: 'list versions' })
}
