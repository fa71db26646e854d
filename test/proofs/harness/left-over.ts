import type { ApiKeyRecord, VersionRecord } from '../../fake-scaleway/index.ts'
import { isOurs } from './foreign.ts'

const hourMs = 3_600_000
/** What the overlap, the settle time and two late ticks come to. */
const boundMs = (120 + 1 + 2 * 26) * hourMs
/** As `keep_versions` is, and the one that is taken back last. */
const mostDisabled = 4

/** All that is there at the end of a life, after days of clean ticks. */
interface AtEnd {
  readonly keys: readonly ApiKeyRecord[]
  /** Newest first. */
  readonly versions: readonly VersionRecord[]
  readonly servedAccessKey: string | undefined
  /** The highest revision that ever held a key, 0 for none. */
  readonly revisionOf: (key: ApiKeyRecord) => number
  readonly nowMs: number
}

/** Names the keys and versions of ours that outlived their bound: one key is left but for those that a rollback keeps. */
export function leftOver({ keys, versions, servedAccessKey, revisionOf, nowMs }: AtEnd): string[] {
  const current = versions.find(({ status }) => status === 'enabled')
  // Below a version by hand, nothing of ours is superseded: it stays as it is.
  if (current === undefined || !isOurs(current) || nowMs - current.createdAt.getTime() <= boundMs) return []
  const disabled = versions.filter(version => isOurs(version) && version.status === 'disabled')
  const left = keys
    .filter(isOurs)
    .filter(({ accessKey }) => accessKey !== servedAccessKey)
    .filter(key => revisionOf(key) <= current.revision)
    .filter(key => isNamed(revisionOf(key), versions) || !mayBeHeldByHand(key, versions))
    .map(({ accessKey }) => accessKey)
  return disabled.length > mostDisabled ? [...left, `${disabled.length} disabled versions`] : left
}

function isNamed(ofKey: number, versions: readonly VersionRecord[]): boolean {
  return versions.some(({ revision }) => revision === ofKey)
}

/** One without a marker may hold a key that no version of ours names any more: then it ends with its own expiry. */
function mayBeHeldByHand({ createdAt }: ApiKeyRecord, versions: readonly VersionRecord[]): boolean {
  return versions.some(version => {
    const afterMs = version.createdAt.getTime() - createdAt.getTime()
    return !isOurs(version) && version.status === 'enabled' && afterMs > -hourMs / 60 && afterMs < hourMs
  })
}
