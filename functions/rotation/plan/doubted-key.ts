import { goneAfterMs } from './timing.ts'
import { ageMs, type DoubtedKey, type MarkedVersion } from './world.ts'

/** Rule 1: the absent key of a version, while the version is too young for its absence to be believed. */
export function doubtedKey({ revision, createdAt, marker }: MarkedVersion, now: Date): DoubtedKey | undefined {
  if (ageMs(createdAt, now) > goneAfterMs) return undefined
  return { accessKey: marker.accessKey, revision, until: new Date(createdAt.getTime() + goneAfterMs) }
}

/** What a doubted key means, and what to do about it. */
export function doubtedKeyMessage({ accessKey, revision, until }: DoubtedKey): string {
  return `IAM does not show key ${accessKey} of revision ${revision}, which was published minutes ago: a person deleted it, or IAM is late. No run decides anything upon that before ${until.toISOString()}. If a person deleted it, POST {"action":"rotate","force":true} makes another one now; otherwise try again after that.`
}
