import { elapsedMs, type Instant } from '../shared/clock.ts'
import type { Clock } from './clock.ts'
import type { KeyVersion } from './scaleway/latest-version.ts'
import { UpstreamError } from './scaleway/upstream-error.ts'

/** The current key and where it came from. `stale`: from memory, because of `error` upstream. */
export type CurrentKey =
  | (KeyVersion & { readonly source: 'upstream' | 'memory' })
  | (KeyVersion & { readonly source: 'stale'; readonly error: UpstreamError })

/** Gives the current key; `bypass` asks upstream whatever is in memory. @throws {UpstreamError} */
export type GetCurrentKey = (wanted: { readonly bypass: boolean }) => Promise<CurrentKey>

/** What the memory is made of: the upstream read, the clock, and how long a value may be served, in seconds. */
interface KeyCacheParts {
  readonly read: () => Promise<KeyVersion>
  readonly clock: Pick<Clock, 'now'>
  readonly cacheSeconds: number
  readonly staleSeconds: number
}

/**
 * Makes the instance's memory of one key, the current one of its secret. Misses that meet share one read; a `bypass` never gets the answer
 * of a read begun before it. An error that is not transient empties the memory; a
 * transient one lets a value stand in that is not older than cache and stale time together.
 */
export function createKeyCache({ read, clock, cacheSeconds, staleSeconds }: KeyCacheParts): GetCurrentKey {
  const memory = rememberNewest()
  let inFlight: Promise<KeyVersion> | undefined
  const readAndRemember = async () => {
    const ticket = memory.ticket(clock.now())
    try {
      const version = await read()
      memory.settle(ticket, version)
      return version
    } catch (error) {
      if (!transient(error)) memory.settle(ticket, undefined)
      throw error
    }
  }
  const begin = () => {
    const version = readAndRemember().finally(() => {
      if (inFlight === version) inFlight = undefined
    })
    inFlight = version
    return version
  }
  return async ({ bypass }) => {
    const fresh = bypass ? undefined : memory.value(age => age < cacheSeconds * 1000, clock.now())
    if (fresh !== undefined) return { ...fresh, source: 'memory' }
    try {
      const version = await ((bypass ? undefined : inFlight) ?? begin())
      return { ...version, source: 'upstream' }
    } catch (error) {
      if (!transient(error)) throw error
      const old = memory.value(age => age <= (cacheSeconds + staleSeconds) * 1000, clock.now())
      if (old === undefined) throw error
      return { ...old, source: 'stale', error }
    }
  }
}

/**
 * Makes the memory of each key when it is first requested: most instances end before they are asked for a second key, and
 * forty memories lengthen a cold start (bench/README.md).
 */
export function createKeyCaches<Key>(create: (key: Key) => GetCurrentKey): (key: Key) => GetCurrentKey {
  const caches = new Map<Key, GetCurrentKey>()
  return key => {
    const cache = caches.get(key) ?? create(key)
    caches.set(key, cache)
    return cache
  }
}

interface Ticket {
  readonly number: number
  readonly begun: Instant
}

/**
 * Holds the outcome of the read that began last among those that ended: an older read that ends later changes
 * nothing. A value's age counts from when its read began.
 */
function rememberNewest() {
  let tickets = 0
  let settled: { readonly ticket: Ticket; readonly version: KeyVersion | undefined } | undefined
  return {
    ticket: (begun: Instant): Ticket => ({ number: ++tickets, begun }),
    settle(ticket: Ticket, version: KeyVersion | undefined): void {
      if (settled === undefined || ticket.number > settled.ticket.number) settled = { ticket, version }
    },
    value(accepts: (ageMs: number) => boolean, now: Instant): KeyVersion | undefined {
      return settled !== undefined && accepts(elapsedMs(settled.ticket.begun, now)) ? settled.version : undefined
    },
  }
}

function transient(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && error.transient
}
