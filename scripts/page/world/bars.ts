import type { ApiKeyRecord, FakeScaleway, VersionRecord } from '../../../test/fake-scaleway/index.ts'
import type { Bar, Moment, Phase, PhaseKind } from '../picture.ts'

/** What is looked at to draw the lives of one rotated key. */
export interface BarSource {
  readonly scaleway: FakeScaleway
  readonly applicationId: string
  readonly secretId: string
  /** The application of the rotation function: what it deletes was not deleted by hand. */
  readonly rotatorId: string
}

/**
 * Gives the bars as they are at a moment: those of before, with what has changed in IAM and Secret Manager since. Gives the
 * same list when nothing has. Reads no payload: a version's description names its key.
 */
export function barsAt(before: readonly Bar[], source: BarSource, at: Moment): readonly Bar[] {
  const keys = source.scaleway.iam.apiKeys(source.applicationId)
  const versions = versionsOf(source)
  const alive = new Map(keys.map(key => [key.accessKey, key]))
  const known = new Set(before.map(({ accessKey }) => accessKey))
  const older = before.map(bar => laterBar(bar, { key: alive.get(bar.accessKey), versions, source, at }))
  const newer = keys.filter(({ accessKey }) => !known.has(accessKey)).map(key => newBar(key, versions))
  const isChanged = newer.length > 0 || older.some((bar, index) => bar !== before[index])
  return isChanged ? [...older, ...newer] : before
}

/** The access key of the version that is served; undefined when none is. */
export function servedKey(source: BarSource): string | undefined {
  const served = versionsOf(source).find(({ status }) => status === 'enabled')
  return served && keyNamedBy(served)
}

/** True while the secret waits for its deletion, or is gone. */
export function isSecretDeleted({ scaleway, secretId }: BarSource): boolean {
  const secret = scaleway.secrets.secrets().find(({ id }) => id === secretId)
  return secret === undefined || secret.deletionRequestedAt !== undefined
}

/** Newest first; none when the secret is gone. */
function versionsOf({ scaleway, secretId }: BarSource): readonly VersionRecord[] {
  const exists = scaleway.secrets.secrets().some(({ id }) => id === secretId)
  return exists ? scaleway.secrets.versions(secretId) : []
}

function keyNamedBy({ description = '' }: VersionRecord): string | undefined {
  return /\bSCW[A-Z0-9]{17}\b/.exec(description)?.[0]
}

function newBar(key: ApiKeyRecord, versions: readonly VersionRecord[]): Bar {
  const { accessKey, createdAt, expiresAt } = key
  const named = versions.find(version => keyNamedBy(version) === accessKey)
  return {
    accessKey,
    revision: named?.revision ?? null,
    createdAt: createdAt.getTime(),
    endedAt: null,
    endedBy: null,
    expiresAt: expiresAt?.getTime() ?? null,
    phases: [{ from: createdAt.getTime(), kind: phaseOf(named, versions, undefined) }],
  }
}

interface Now {
  readonly key: ApiKeyRecord | undefined
  readonly versions: readonly VersionRecord[]
  readonly source: BarSource
  readonly at: Moment
}

function laterBar(bar: Bar, { key, versions, source, at }: Now): Bar {
  if (bar.endedAt !== null) return bar
  if (bar.expiresAt !== null && bar.expiresAt <= at) return { ...bar, endedAt: bar.expiresAt, endedBy: 'expiry' }
  if (key === undefined) return { ...bar, endedAt: at, endedBy: whoDeleted(bar.accessKey, source) }
  const named = versions.find(version => keyNamedBy(version) === bar.accessKey)
  const revision = named?.revision ?? bar.revision
  const last = bar.phases.at(-1)
  const kind = phaseOf(named, versions, last)
  if (kind === last?.kind && revision === bar.revision) return bar
  return { ...bar, revision, phases: kind === last?.kind ? bar.phases : withPhase(bar.phases, { from: at, kind }) }
}

/** Of two phases that begin at one moment the later one counts: the other had no time. */
function withPhase(phases: readonly Phase[], phase: Phase): readonly Phase[] {
  const last = phases.at(-1)
  return last?.from === phase.from ? [...phases.slice(0, -1), phase] : [...phases, phase]
}

/** A deleted secret's versions can be restored: they count as what they were. */
function phaseOf(
  named: VersionRecord | undefined,
  versions: readonly VersionRecord[],
  before: Phase | undefined,
): PhaseKind {
  if (named === undefined) return before?.kind ?? 'unpublished'
  const served = versions.find(version => statusOf(version) === 'enabled')
  if (named.revision === served?.revision) return 'served'
  if (statusOf(named) === 'enabled') return 'overlap'
  return before?.kind === 'rolled-back' || named.revision > (served?.revision ?? 0) ? 'rolled-back' : 'disabled'
}

function statusOf({ status, statusBeforeDeletion }: VersionRecord): 'enabled' | 'disabled' {
  return status === 'scheduled_for_deletion' ? statusBeforeDeletion : status
}

/** A person deletes through the console, for which the local Scaleway has doors without a request. */
function whoDeleted(accessKey: string, { scaleway, rotatorId }: BarSource): 'function' | 'hand' {
  const asked = scaleway.log.entries.findLast(
    ({ operation, path }) => operation === 'iam.deleteApiKey' && path.endsWith(`/${accessKey}`),
  )
  return asked?.bearerId === rotatorId ? 'function' : 'hand'
}
