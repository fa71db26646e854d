import { notFound, preconditionFailed, quotasExceeded } from '../http/errors.ts'
import type { Payload, VersionRecord } from '../records.ts'
import type { State } from '../state.ts'
import { getSecret, shelfOf } from './lookup.ts'
import { isGone, refuseScheduled } from './scheduled-deletion.ts'

/** Lagging lists look at most this far back, so versions that were deleted before that can be dropped. */
const KEPT_AFTER_END_MILLISECONDS = 3_600_000

const BEHIND_MILLISECONDS = 60_000

/** The versions of a secret, newest first, scheduled ones included (docs/scaleway.md#version-calls), as of a moment. */
export function listVersions(state: State, secretId: string, atMilliseconds?: number): VersionRecord[] {
  const now = state.clock.now().getTime()
  const moment = atMilliseconds ?? now
  const { versions, payloads } = shelfOf(state, secretId)
  const found: VersionRecord[] = []
  for (const version of atMilliseconds === undefined ? versions.values() : versions.asOf(atMilliseconds)) {
    if (!isGone(version, moment)) found.push(version)
    else if (isGone(version, now - KEPT_AFTER_END_MILLISECONDS)) {
      versions.forget(version.revision)
      payloads.delete(version.revision)
    }
  }
  return found.sort((a, b) => b.revision - a.revision)
}

/**
 * Gives a version by number, `latest` (the highest revision, whatever its status) or `latest_enabled`; refuses with 404, also
 * when no version is enabled (the status is unknown: docs/scaleway.md#latest-enabled).
 */
export function getVersion(state: State, secretId: string, revision: string | number): VersionRecord {
  const versions = listVersions(state, secretId)
  const found = versions.find(version =>
    revision === 'latest_enabled'
      ? version.status === 'enabled'
      : revision === 'latest' || String(version.revision) === String(revision),
  )
  if (found === undefined) throw notFound('secret_version', `${secretId}/${revision}`)
  return found
}

/** The same for a reader, to whom `latest_enabled` may show what was there 60 s ago (docs/scaleway.md#latest-enabled). */
export function readVersion(state: State, secretId: string, revision: string | number): VersionRecord {
  if (revision !== 'latest_enabled' || state.readings.latestEnabled === 'current') {
    return getVersion(state, secretId, revision)
  }
  const then = listVersions(state, secretId, state.clock.now().getTime() - BEHIND_MILLISECONDS)
  const found = then.find(({ status }) => status === 'enabled')
  if (found === undefined) throw notFound('secret_version', `${secretId}/${revision}`)
  return found
}

/**
 * Adds an enabled version. Refuses with quotas_exceeded at 20; scheduled ones count unless the reading says otherwise
 * (docs/scaleway.md#version-quota). With `disablePrevious` the highest older version is disabled, if it is enabled.
 */
export function addVersion(
  state: State,
  secretId: string,
  input: { payload: Payload; description: string | undefined; disablePrevious: boolean },
): VersionRecord {
  refuseScheduled(getSecret(state, secretId))
  const older = listVersions(state, secretId)
  const { versionsPerSecret } = state.quotas
  const isCounted = ({ status }: VersionRecord) =>
    state.readings.scheduledVersions === 'count' || status !== 'scheduled_for_deletion'
  const counted = older.filter(isCounted).length
  if (counted >= versionsPerSecret) throw quotasExceeded('secret_versions', versionsPerSecret, counted)
  const [previous] = older
  if (input.disablePrevious && previous?.status === 'enabled') setEnabled(state, secretId, previous.revision, false)
  const shelf = shelfOf(state, secretId)
  shelf.lastRevision += 1
  const now = state.clock.now()
  const version: VersionRecord = {
    secretId,
    revision: shelf.lastRevision,
    status: 'enabled',
    statusBeforeDeletion: 'enabled',
    description: input.description,
    createdAt: now,
    updatedAt: now,
    deletionRequestedAt: undefined,
  }
  shelf.versions.set(version.revision, version, now.getTime())
  shelf.payloads.set(version.revision, input.payload)
  return version
}

/** Enables or disables; nothing changes when it already is so. Refuses a scheduled version with 412. */
export function setEnabled(state: State, secretId: string, revision: string | number, enabled: boolean): VersionRecord {
  const version = getVersion(state, secretId, revision)
  refuseScheduled(version)
  const status = enabled ? 'enabled' : 'disabled'
  return version.status === status ? version : replace(state, { ...version, status, statusBeforeDeletion: status })
}

/** Changes the description. Refuses a scheduled version with 412. */
export function describeVersion(
  state: State,
  secretId: string,
  revision: string | number,
  description: string | undefined,
): VersionRecord {
  const version = getVersion(state, secretId, revision)
  refuseScheduled(version)
  return replace(state, { ...version, description })
}

/**
 * Schedules the deletion in 7 days. Allowed in a protected secret (docs/scaleway.md#protected-secrets); refuses a
 * scheduled version with 412.
 */
export function scheduleVersion(state: State, secretId: string, revision: string | number): VersionRecord {
  const version = getVersion(state, secretId, revision)
  refuseScheduled(version)
  return replace(state, { ...version, status: 'scheduled_for_deletion', deletionRequestedAt: state.clock.now() })
}

/** Gives a scheduled version its former status back (docs/scaleway.md#soft-deletion). Refuses any other with 412. */
export function restoreVersion(state: State, secretId: string, revision: string | number): VersionRecord {
  const version = getVersion(state, secretId, revision)
  if (version.status !== 'scheduled_for_deletion') {
    throw preconditionFailed('resource_not_usable', 'the version is not scheduled for deletion')
  }
  return replace(state, { ...version, status: version.statusBeforeDeletion, deletionRequestedAt: undefined })
}

/** The payload of an enabled version; 404 for every other one (a guess: docs/scaleway.md#latest-enabled). */
export function accessVersion(
  state: State,
  secretId: string,
  revision: string | number,
): { version: VersionRecord; payload: Payload } {
  const version = readVersion(state, secretId, revision)
  const payload = shelfOf(state, secretId).payloads.get(version.revision)
  if (version.status !== 'enabled' || payload === undefined) {
    throw notFound('secret_version', `${secretId}/${revision}`)
  }
  return { version, payload }
}

/** The version on the wire (docs/scaleway.md#versions); `latestRevision` is the highest one of its list. */
export function versionWire(version: VersionRecord, region: string, latestRevision: number): object {
  return {
    revision: version.revision,
    secret_id: version.secretId,
    status: version.status,
    created_at: version.createdAt,
    updated_at: version.updatedAt,
    deleted_at: null,
    description: version.description ?? null,
    latest: version.revision === latestRevision,
    ephemeral_properties: null,
    deletion_requested_at: version.deletionRequestedAt ?? null,
    region,
  }
}

function replace(state: State, version: VersionRecord): VersionRecord {
  const now = state.clock.now()
  const changed = { ...version, updatedAt: now }
  shelfOf(state, version.secretId).versions.set(version.revision, changed, now.getTime())
  return changed
}
