import { invalidArgument, notFound, quotasExceeded } from '../http/errors.ts'
import type { ApiKeyRecord } from '../records.ts'
import { nextSequence, type State } from '../state.ts'

/** What a new key is made from; exactly one bearer. */
export interface NewApiKey {
  readonly applicationId?: string | undefined
  readonly userId?: string | undefined
  readonly description?: string | undefined
  readonly expiresAt?: Date | undefined
  readonly defaultProjectId?: string | undefined
  readonly creationIp?: string | undefined
}

/** Gives the key, expired or not; refuses with 404. */
export function getApiKey(state: State, accessKey: string): ApiKeyRecord {
  const key = state.apiKeys.get(accessKey)
  // The resource is called access_key in recorded traffic (docs/scaleway.md#key-deletion).
  if (key === undefined) throw notFound('access_key', accessKey)
  return key
}

/**
 * Makes a key and gives it with its secret key (a UUID), which no later call shows again. Refuses an unknown bearer, a full
 * quota (expired keys count, the harder reading: docs/scaleway.md#key-expiry), and an expiry in the past or past the
 * maximum.
 */
export function createApiKey(state: State, input: NewApiKey): { key: ApiKeyRecord; secretKey: string } {
  checkBearer(state, input)
  checkExpiry(state, input.expiresAt)
  const { size } = state.apiKeys
  if (size >= state.quotas.apiKeys) throw quotasExceeded('iam_api_keys', state.quotas.apiKeys, size)
  const now = state.clock.now()
  const key: ApiKeyRecord = {
    accessKey: state.random.accessKey(),
    sequence: nextSequence(state),
    applicationId: input.applicationId,
    userId: input.userId,
    description: input.description ?? '',
    createdAt: now,
    updatedAt: now,
    expiresAt: input.expiresAt,
    // The default Project of an organization has the organization's id: not the Project of any deployment, so that
    // a caller that forgets to copy it is found out (docs/scaleway.md#key-creation).
    defaultProjectId: input.defaultProjectId || state.organizationId,
    creationIp: input.creationIp ?? '127.0.0.1',
  }
  const secretKey = state.random.uuid()
  state.apiKeys.set(key.accessKey, key, now.getTime())
  state.secretKeys.set(secretKey, key.accessKey)
  return { key, secretKey }
}

/** What may change on a key. */
interface ApiKeyChange {
  readonly description?: string | undefined
  readonly defaultProjectId?: string | undefined
  readonly expiresAt?: Date | undefined
}

/** Changes what is given. An expiry can be added, never moved: the harder reading (docs/scaleway.md#key-expiry). */
export function updateApiKey(state: State, accessKey: string, change: ApiKeyChange): ApiKeyRecord {
  const key = getApiKey(state, accessKey)
  if (change.expiresAt !== undefined && change.expiresAt.getTime() !== key.expiresAt?.getTime()) {
    if (key.expiresAt !== undefined)
      throw invalidArgument('expires_at', 'constraint', 'an existing expiry cannot change')
    checkExpiry(state, change.expiresAt)
  }
  const now = state.clock.now()
  const changed: ApiKeyRecord = {
    ...key,
    description: change.description ?? key.description,
    defaultProjectId: change.defaultProjectId || key.defaultProjectId,
    expiresAt: change.expiresAt ?? key.expiresAt,
    updatedAt: now,
  }
  state.apiKeys.set(accessKey, changed, now.getTime())
  return changed
}

/** The key stops working at once. Refuses with 404. */
export function deleteApiKey(state: State, accessKey: string): void {
  getApiKey(state, accessKey)
  state.apiKeys.delete(accessKey, state.clock.now().getTime())
  for (const [secretKey, owner] of state.secretKeys) if (owner === accessKey) state.secretKeys.delete(secretKey)
}

/**
 * The key on the wire (docs/scaleway.md#key-fields); `secretKey` only in the answer that creates it, null afterwards.
 */
export function apiKeyWire(key: ApiKeyRecord, secretKey: string | null = null): object {
  return {
    access_key: key.accessKey,
    secret_key: secretKey,
    ...(key.applicationId !== undefined && { application_id: key.applicationId }),
    ...(key.userId !== undefined && { user_id: key.userId }),
    description: key.description,
    created_at: key.createdAt,
    updated_at: key.updatedAt,
    expires_at: key.expiresAt ?? null,
    default_project_id: key.defaultProjectId,
    editable: true,
    deletable: true,
    managed: false,
    creation_ip: key.creationIp,
  }
}

function checkBearer(state: State, { applicationId, userId }: NewApiKey): void {
  if ((applicationId === undefined) === (userId === undefined)) {
    throw invalidArgument('application_id', 'required', 'exactly one of application_id and user_id')
  }
  if (applicationId !== undefined && !state.applications.has(applicationId)) {
    throw notFound('application', applicationId)
  }
  if (userId !== undefined && userId !== state.ownerUserId) throw notFound('user', userId)
}

/** With a maximum, a missing or later expiry is an error, not clamped (docs/scaleway.md#key-expiry). */
function checkExpiry(state: State, expiresAt: Date | undefined): void {
  const maximum = state.maxApiKeyExpirationSeconds
  if (expiresAt === undefined) {
    if (maximum > 0) throw invalidArgument('expires_at', 'constraint', 'the Organization sets a maximum duration')
    return
  }
  const lifeSeconds = (expiresAt.getTime() - state.clock.now().getTime()) / 1000
  if (lifeSeconds <= 0) throw invalidArgument('expires_at', 'constraint', 'must be in the future')
  if (maximum > 0 && lifeSeconds > maximum) {
    throw invalidArgument('expires_at', 'constraint', `must be within ${maximum} seconds`)
  }
}
