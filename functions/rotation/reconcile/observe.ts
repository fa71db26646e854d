import { type Clock, type Stopwatch, startStopwatch, wallDate } from '../clock.ts'
import { doubtedKey } from '../plan/doubted-key.ts'
import {
  type DoubtedKey,
  isMarked,
  type Key,
  type MarkedVersion,
  servedVersion,
  type Version,
  type World,
} from '../plan/world.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { Keys } from '../scaleway/keys.ts'
import type { Versions } from '../scaleway/versions.ts'
import type { OwnWrites } from './own-writes.ts'
import { putRight } from './put-right.ts'

/** An observation: the world, and the moment and stopwatch from which its age counts. */
export interface Observation {
  readonly world: World
  readonly at: Date
  readonly ageMs: Stopwatch
}

/** What observing needs. */
interface Observer {
  readonly keys: Pick<Keys, 'list' | 'get'>
  readonly versions: Pick<Versions, 'list' | 'served' | 'get' | 'secretDeletedAt'>
  readonly ownWrites: OwnWrites
  readonly clock: Clock
  readonly skewMs: () => number
  /**
   * For an observation that no action rests on: a key that the list still lacks is taken from its own read, and a wrong clock
   * is put right by Scaleway's.
   */
  readonly onlyLooks?: boolean
  /**
   * For a rollback, which must not roll back what a lagging list still calls the newest: the served version is requested
   * by itself, and the key of that version is believed as it is read.
   */
  readonly seesServed?: boolean
  /**
   * For a request that makes a key whatever IAM shows, or a rollback, which makes and deletes none: the absence of a key
   * that was published minutes ago is believed. A person may just have deleted it.
   */
  readonly believesAbsence?: boolean
}

/**
 * Reads versions first, then keys: a key that is published in between is then seen without its version, which waits,
 * and never a version without its key, which would be replaced. A published key that the list lacks is requested by
 * itself, because a list can lag or lie (rule 1). Whether the secret is deleted is asked where nothing is served.
 * @throws {ApiError} for any page that failed, `clock-skew`, or `list-incomplete`
 */
export async function observe(observer: Observer): Promise<Observation> {
  const { keys, versions, ownWrites, clock, skewMs, onlyLooks = false, seesServed = false } = observer
  const startedAt = wallDate(clock)
  const elapsedMs = startStopwatch(clock)
  const listed = await versions.list()
  const observedVersions = ownWrites.overVersions(seesServed ? await putRight(listed, versions) : listed)
  const observedKeys = ownWrites.overKeys(await keys.list())
  // Every age and expiry would be misjudged: keys in use would be deleted, and new ones made until a quota is full.
  if (skewMs() !== 0 && !onlyLooks) throw wrongClock(skewMs())
  const at = new Date(startedAt.getTime() - skewMs())
  const listedKeys = new Set(observedKeys.map(({ accessKey }) => accessKey))
  const missing = observedVersions
    .filter(isMarked)
    .filter(({ status, marker }) => status === 'enabled' && !listedKeys.has(marker.accessKey))
    .filter(({ marker }) => !ownWrites.hasRemovedKey(marker.accessKey))
  const { found, doubted } = await readMissing(missing, observer, at)
  observedKeys.push(...found)
  const secretDeletedAt = await askDeletion(observedVersions, observer)
  const world = { versions: observedVersions, keys: observedKeys, secretDeletedAt, doubtedKeys: doubted }
  return { world, at, ageMs: elapsedMs }
}

/**
 * Deleting a secret takes its versions out of service (docs/scaleway.md#soft-deletion), so a run asks only where none
 * is served. A status always asks, in case a list does not show it.
 */
async function askDeletion(listed: readonly Version[], { versions, onlyLooks }: Observer): Promise<Date | undefined> {
  if (servedVersion({ versions: listed }) !== undefined && onlyLooks !== true) return undefined
  return versions.secretDeletedAt()
}

/**
 * Requests by themselves the keys that the list lacks. Gives those that exist, and those whose absence is not believed yet
 * where the observer can tell them apart.
 * @throws {ApiError} `list-incomplete` where it cannot
 */
async function readMissing(
  missing: readonly MarkedVersion[],
  { keys, onlyLooks = false, seesServed = false, believesAbsence = false }: Observer,
  now: Date,
): Promise<{ found: Key[]; doubted: DoubtedKey[] }> {
  const found: Key[] = []
  const doubted: DoubtedKey[] = []
  for (const version of missing) {
    const key = await keys.get(version.marker.accessKey)
    if (key !== undefined) {
      if (!onlyLooks && !seesServed) throw listIncomplete()
      found.push(key)
      continue
    }
    const absent = believesAbsence ? undefined : doubtedKey(version, now)
    if (absent !== undefined && !onlyLooks) throw listIncomplete(absent)
    if (absent !== undefined) doubted.push(absent)
  }
  return { found, doubted }
}

function listIncomplete(absent?: DoubtedKey): ApiError {
  return new ApiError({ code: 'list-incomplete', operation: 'list keys', doubtedKey: absent })
}

function wrongClock(skewMs: number): ApiError {
  return new ApiError({ code: 'clock-skew', operation: 'compare clocks', skewMs })
}
