import type { Revoke } from '../plan/actions.ts'
import type { Policy } from '../plan/policy.ts'
import { clockSkewMs, propagationMs, publishLimitMs } from '../plan/timing.ts'
import { ageMs, type Key, servedVersion, type Version, type World } from '../plan/world.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { Versions } from '../scaleway/versions.ts'
import type { Observation } from './observe.ts'

interface Confirming {
  readonly versions: Pick<Versions, 'served' | 'get'>
  readonly policy: Policy
}

/**
 * Confirms, before a key is deleted, that no version is missing from the list together with its total: its key would look
 * like a leftover (rule 10). The served version is requested by itself; for a key that no version names, so is each
 * revision at which its version could stand. An expired key is of no use to anybody, whatever the list says. Gives false while
 * `latest_enabled` may only be behind what was just published: applications could still be given the key.
 * @throws {ApiError} `list-incomplete`, or what a read threw
 */
export async function confirmLists(
  { accessKey, reason }: Revoke,
  { world, at }: Pick<Observation, 'world' | 'at'>,
  { versions, policy }: Confirming,
): Promise<boolean> {
  if (reason === 'expired') return true
  const served = await versions.served()
  if (served?.revision !== servedVersion(world)?.revision) {
    if (world.versions.some(({ updatedAt }) => ageMs(updatedAt, at) < propagationMs)) return false
    throw listIncomplete()
  }
  const key = world.keys.find(listed => listed.accessKey === accessKey)
  if (reason !== 'orphan' || key === undefined) return true
  for (const revision of hiddenRevisions(key, world, publishLimitMs(policy))) {
    const version = await versions.get(revision)
    if (version !== undefined && (isKept(version) || version.marker?.accessKey === accessKey)) throw listIncomplete()
  }
  return true
}

/** A key is published within minutes of its creation, and versions are numbered in order: there are few places for it. */
const mostPlaces = 4

/** The revisions that are not listed and at which the version of a key could stand, highest first. */
function hiddenRevisions({ createdAt }: Key, { versions }: World, limitMs: number): number[] {
  const before = versions.filter(version => ageMs(version.createdAt, createdAt) > clockSkewMs)
  const after = versions.filter(version => ageMs(createdAt, version.createdAt) > limitMs + clockSkewMs)
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
