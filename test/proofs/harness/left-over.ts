import type { ApiKeyRecord, VersionRecord } from '../../fake-scaleway/index.ts'
import { isOurs } from './foreign.ts'

/** The timers of a key that what must hold depends on. */
export interface Timers {
  readonly overlapHours: number
  readonly keepVersions: number
}

const hourMs = 3_600_000
/** The settle time and two late hourly runs, which add up with the overlap. */
const beyondOverlapMs = (1 + 2 * 26) * hourMs

/** All keys and versions at the end of a simulated run, after days of clean hourly runs. */
interface AtEnd {
  readonly keys: readonly ApiKeyRecord[]
  /** Newest first. */
  readonly versions: readonly VersionRecord[]
  readonly servedAccessKey: string | undefined
  /** The highest revision that ever held a key, 0 for none. */
  readonly revisionOf: (key: ApiKeyRecord) => number
  readonly nowMs: number
  readonly timers: Timers
}

/**
 * Names the keys and versions of ours that outlived their bound. Only the served key is left, and those that a rollback
 * keeps.
 */
export function leftOver({ keys, versions, servedAccessKey, revisionOf, nowMs, timers }: AtEnd): string[] {
  const boundMs = timers.overlapHours * hourMs + beyondOverlapMs
  const current = versions.find(({ status }) => status === 'enabled')
  // An unmanaged version supersedes nothing: keys and versions of ours below it stay as they are.
  if (current === undefined || !isOurs(current) || nowMs - current.createdAt.getTime() <= boundMs) return []
  const disabled = versions.filter(version => isOurs(version) && version.status === 'disabled')
  const left = keys
    .filter(isOurs)
    .filter(({ accessKey }) => accessKey !== servedAccessKey)
    .filter(key => revisionOf(key) <= current.revision)
    .filter(key => isNamed(revisionOf(key), versions) || !mayBeHeldByUnmanaged(key, versions))
    .map(({ accessKey }) => accessKey)
  // The version that was rolled back last is kept as well.
  return disabled.length > timers.keepVersions + 1 ? [...left, `${disabled.length} disabled versions`] : left
}

function isNamed(ofKey: number, versions: readonly VersionRecord[]): boolean {
  return versions.some(({ revision }) => revision === ofKey)
}

/**
 * An unmanaged version may hold a key that no version of ours names any more: such a key is deleted once it has
 * expired.
 */
function mayBeHeldByUnmanaged({ createdAt }: ApiKeyRecord, versions: readonly VersionRecord[]): boolean {
  return versions.some(version => {
    const afterMs = version.createdAt.getTime() - createdAt.getTime()
    return !isOurs(version) && version.status === 'enabled' && afterMs > -hourMs / 60 && afterMs < hourMs
  })
}
