import { type Clock, type Stopwatch, startStopwatch, wallDate } from '../clock.ts'
import { goneAfterMs } from '../plan/timing.ts'
import {
  ageMs,
  isMarked,
  type Key,
  type MarkedVersion,
  servedVersion,
  type Version,
  type World,
  withServed,
} from '../plan/world.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { Keys } from '../scaleway/keys.ts'
import type { Versions } from '../scaleway/versions.ts'
import type { OwnWrites } from './own-writes.ts'
import { wrongClock } from './wrong-clock.ts'

/** An observation: the world, and the moment and stopwatch from which its age counts. */
export interface Observation {
  readonly world: World
  readonly at: Date
  readonly ageMs: Stopwatch
}

/** What observing needs. */
interface Observer {
  readonly keys: Pick<Keys, 'list' | 'get'>
  readonly versions: Pick<Versions, 'list' | 'served' | 'secretDeletedAt'>
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
  const observedVersions = ownWrites.overVersions(seesServed ? withServed(listed, await versions.served()) : listed)
  const observedKeys = ownWrites.overKeys(await keys.list())
  const skewed = wrongClock(skewMs())
  if (skewed !== undefined && !onlyLooks) throw skewed
  const at = new Date(startedAt.getTime() - skewMs())
  const listedKeys = new Set(observedKeys.map(({ accessKey }) => accessKey))
  const missing = observedVersions
    .filter(isMarked)
    .filter(({ status, marker }) => status === 'enabled' && !listedKeys.has(marker.accessKey))
    .filter(({ marker }) => !ownWrites.hasRemovedKey(marker.accessKey))
  for (const version of missing) {
    const key = await readMissing({ version, keys, now: at })
    if (key === undefined) continue
    if (!onlyLooks && !seesServed) throw listIncomplete()
    observedKeys.push(key)
  }
  const secretDeletedAt = await askDeletion(observedVersions, observer)
  return { world: { versions: observedVersions, keys: observedKeys, secretDeletedAt }, at, ageMs: elapsedMs }
}

/**
 * Deleting a secret takes its versions out of service (docs/scaleway.md#soft-deletion), so a run asks only where none
 * is served. A status always asks, in case a list does not show it.
 */
async function askDeletion(listed: readonly Version[], { versions, onlyLooks }: Observer): Promise<Date | undefined> {
  if (servedVersion({ versions: listed }) !== undefined && onlyLooks !== true) return undefined
  return versions.secretDeletedAt()
}

/** Gives the key that the list lacks, or undefined when it is gone for certain. */
async function readMissing({ version, keys, now }: MissingKey): Promise<Key | undefined> {
  const key = await keys.get(version.marker.accessKey)
  const isYoung = ageMs(version.createdAt, now) <= goneAfterMs
  if (key === undefined && isYoung) throw listIncomplete()
  return key
}

interface MissingKey {
  readonly version: MarkedVersion
  readonly keys: Pick<Keys, 'get'>
  readonly now: Date
}

function listIncomplete(): ApiError {
  return new ApiError({ code: 'list-incomplete', operation: 'list keys' })
}
