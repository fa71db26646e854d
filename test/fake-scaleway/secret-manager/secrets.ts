import { invalidArgument, preconditionFailed, quotasExceeded } from '../http/errors.ts'
import type { SecretRecord, SecretType } from '../records.ts'
import { nextSequence, type State } from '../state.ts'
import { Table } from '../table.ts'
import { getSecret, liveSecrets } from './lookup.ts'
import { refuseScheduled } from './scheduled-deletion.ts'
import { listVersions, restoreVersion, scheduleVersion } from './versions.ts'

/** What a new secret is made from. */
interface NewSecret {
  readonly name: string
  readonly projectId: string
  readonly region: string
  readonly type: SecretType
  readonly path: string
  readonly description: string | undefined
  readonly tags: readonly string[]
  readonly protected: boolean
}

/**
 * Refuses a name that exists in the same path of the same Project and region with 400, not 409. A secret that is
 * scheduled for deletion keeps its place in the quota, the harder reading, and its name unless the reading says otherwise
 * (docs/scaleway.md#secret-names).
 */
export function createSecret(state: State, input: NewSecret): SecretRecord {
  const now = state.clock.now()
  const path = normalPath(input.path)
  checkName(state, { ...input, path })
  const others = liveSecrets(state).length
  if (others >= state.quotas.secrets) throw quotasExceeded('secrets', state.quotas.secrets, others)
  const secret: SecretRecord = {
    ...input,
    path,
    id: state.random.uuid(),
    sequence: nextSequence(state),
    createdAt: now,
    updatedAt: now,
    deletionRequestedAt: undefined,
  }
  state.secrets.set(secret.id, secret, now.getTime())
  state.shelves.set(secret.id, { lastRevision: 0, versions: new Table(), payloads: new Map() })
  return secret
}

/** Changes what is given. Refuses with 412 while the secret is scheduled for deletion. */
export function updateSecret(
  state: State,
  id: string,
  change: Partial<Pick<SecretRecord, 'name' | 'path' | 'description' | 'tags' | 'protected'>>,
): SecretRecord {
  const secret = getSecret(state, id)
  refuseScheduled(secret)
  const changed = { ...secret, ...change, path: normalPath(change.path ?? secret.path) }
  checkName(state, changed)
  return replace(state, changed)
}

/** Schedules the secret and all its versions (docs/scaleway.md#soft-deletion). Refuses a protected one with 412. */
export function deleteSecret(state: State, id: string): void {
  const secret = getSecret(state, id)
  refuseScheduled(secret)
  if (secret.protected) throw preconditionFailed('protected_resource', 'the secret is protected')
  for (const version of listVersions(state, id)) {
    if (version.status !== 'scheduled_for_deletion') scheduleVersion(state, id, version.revision)
  }
  replace(state, { ...secret, deletionRequestedAt: state.clock.now() })
}

/**
 * Brings back the secret and all its scheduled versions (docs/scaleway.md#soft-deletion). Refuses one that is not
 * scheduled with 412, and one whose name another has taken meanwhile with 400.
 */
export function restoreSecret(state: State, id: string): SecretRecord {
  const secret = getSecret(state, id)
  if (secret.deletionRequestedAt === undefined) {
    throw preconditionFailed('resource_not_usable', 'the secret is not scheduled for deletion')
  }
  checkName(state, secret)
  const restored = replace(state, { ...secret, deletionRequestedAt: undefined })
  for (const version of listVersions(state, id)) {
    if (version.status === 'scheduled_for_deletion') restoreVersion(state, id, version.revision)
  }
  return restored
}

/** The secret on the wire (docs/scaleway.md#secrets). */
export function secretWire(state: State, secret: SecretRecord): object {
  return {
    id: secret.id,
    project_id: secret.projectId,
    name: secret.name,
    status: 'ready',
    created_at: secret.createdAt,
    updated_at: secret.updatedAt,
    tags: secret.tags,
    version_count: listVersions(state, secret.id).length,
    description: secret.description ?? null,
    managed: false,
    protected: secret.protected,
    type: secret.type,
    path: secret.path,
    ephemeral_policy: null,
    used_by: [],
    deletion_requested_at: secret.deletionRequestedAt ?? null,
    key_id: null,
    region: secret.region,
  }
}

/** Stored paths begin with a slash and have none at the end (docs/scaleway.md#secret-names). */
export function normalPath(path: string): string {
  if (!path.startsWith('/')) throw invalidArgument('path', 'format', 'must begin with /')
  return `/${path.split('/').filter(Boolean).join('/')}`
}

function replace(state: State, secret: SecretRecord): SecretRecord {
  const now = state.clock.now()
  const changed = { ...secret, updatedAt: now }
  state.secrets.set(secret.id, changed, now.getTime())
  return changed
}

function checkName(
  state: State,
  secret: Pick<SecretRecord, 'name' | 'path' | 'projectId' | 'region'> & { id?: string },
): void {
  const keepsName = ({ deletionRequestedAt }: SecretRecord) =>
    deletionRequestedAt === undefined || state.readings.deletedSecretName === 'taken'
  const clash = liveSecrets(state).some(
    other =>
      keepsName(other) &&
      other.id !== secret.id &&
      other.name === secret.name &&
      other.path === secret.path &&
      other.projectId === secret.projectId &&
      other.region === secret.region,
  )
  if (clash) throw invalidArgument('name', 'format', 'cannot have same secret name in same path')
}
