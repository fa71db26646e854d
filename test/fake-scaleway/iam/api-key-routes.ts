import { inOrder } from '../http/query.ts'
import type { ApiKeyRecord } from '../records.ts'
import type { Call, Route } from '../router.ts'
import { apiKeyWire, createApiKey, deleteApiKey, getApiKey, updateApiKey } from './api-keys.ts'
import { DESCRIPTION, givenOrganization, IAM } from './arguments.ts'
import { isExpired } from './authentication.ts'
import type { Permission } from './permissions.ts'

const ORDERS = [
  'created_at_asc',
  'created_at_desc',
  'updated_at_asc',
  'updated_at_desc',
  'expires_at_asc',
  'expires_at_desc',
  'access_key_asc',
  'access_key_desc',
] as const

/** API keys of IAM v1alpha1 (docs/scaleway.md#key-calls). */
export const apiKeyRoutes: readonly Route[] = [
  { operation: 'iam.listApiKeys', method: 'GET', path: `${IAM}/api-keys`, handle: list },
  { operation: 'iam.createApiKey', method: 'POST', path: `${IAM}/api-keys`, handle: create },
  { operation: 'iam.getApiKey', method: 'GET', path: `${IAM}/api-keys/:accessKey`, handle: get },
  { operation: 'iam.updateApiKey', method: 'PATCH', path: `${IAM}/api-keys/:accessKey`, handle: update },
  { operation: 'iam.deleteApiKey', method: 'DELETE', path: `${IAM}/api-keys/:accessKey`, handle: remove },
]

function list(call: Call): object {
  const organizationId = givenOrganization(call)
  const { listKeys } = call.state.readings
  call.require(listKeys === 'application-manager' ? 'list api_key' : 'enumerate api_key', { organizationId })
  const seesUsers = call.may('list user_api_key', { organizationId })
  const isWanted = filterOf(call)
  const wanted = Array.from(call.state.apiKeys.asOf(call.listedAtMilliseconds)).filter(
    key => (seesUsers || key.userId === undefined) && isWanted(key),
  )
  const order = call.query.choice('order_by', ORDERS)
  const all = call.listed(inOrder(wanted, order, orderValue), ({ accessKey }) => accessKey)
  return { api_keys: call.query.page(all).map(key => apiKeyWire(key)), total_count: all.length }
}

/**
 * `description` matches by substring, the harder reading (docs/scaleway.md#key-calls): a caller that relies on an
 * exact match must notice.
 */
function filterOf({ query, listedAtMilliseconds }: Call): (key: ApiKeyRecord) => boolean {
  const bearer = query.text('bearer_id')
  const type = query.choice('bearer_type', ['unknown_bearer_type', 'user', 'application'])
  const applicationId = query.text('application_id')
  const userId = query.text('user_id')
  const description = query.text('description')
  const editable = query.flag('editable')
  const expired = query.flag('expired')
  const accessKeys = query.texts('access_keys') ?? query.texts('access_key')
  return key =>
    (bearer === undefined || bearer === (key.applicationId ?? key.userId)) &&
    (type === 'unknown_bearer_type' || (type === 'user') === (key.userId !== undefined)) &&
    (applicationId === undefined || applicationId === key.applicationId) &&
    (userId === undefined || userId === key.userId) &&
    (description === undefined || key.description.includes(description)) &&
    editable !== false &&
    (expired === undefined || expired === isExpired(key, listedAtMilliseconds)) &&
    (accessKeys === undefined || accessKeys.includes(key.accessKey))
}

/** A condition sees no resource id here: there is no key yet (docs/scaleway.md#conditions). */
function create(call: Call): object {
  const { state, body } = call
  const userId = body.text('user_id') || undefined
  call.require(userId === undefined ? 'create api_key' : 'create user_api_key', {})
  const { key, secretKey } = createApiKey(state, {
    applicationId: body.text('application_id') || undefined,
    userId,
    description: body.text('description', DESCRIPTION),
    expiresAt: body.time('expires_at'),
    defaultProjectId: body.text('default_project_id'),
    creationIp: call.ip,
  })
  return apiKeyWire(key, secretKey)
}

/**
 * An unknown access key is a 404 even for a caller without rights; a known one a 403 (docs/scaleway.md#proving-a-key).
 */
function get(call: Call): object {
  return apiKeyWire(allowedKey(call, 'read'))
}

function update(call: Call): object {
  const key = allowedKey(call, 'write')
  const { body } = call
  const changed = updateApiKey(call.state, key.accessKey, {
    description: body.text('description', DESCRIPTION),
    defaultProjectId: body.text('default_project_id'),
    expiresAt: body.time('expires_at'),
  })
  return apiKeyWire(changed)
}

function remove(call: Call): undefined {
  deleteApiKey(call.state, allowedKey(call, 'delete').accessKey)
}

function allowedKey(call: Call, action: 'read' | 'write' | 'delete'): ApiKeyRecord {
  const key = getApiKey(call.state, call.param('accessKey'))
  const permission: Permission = key.userId === undefined ? `${action} api_key` : `${action} user_api_key`
  call.require(permission, { id: key.accessKey })
  return key
}

function orderValue(key: ApiKeyRecord, field: string): string | number | undefined {
  if (field === 'access_key') return key.accessKey
  if (field === 'expires_at') return key.expiresAt?.getTime()
  return (field === 'updated_at' ? key.updatedAt : key.createdAt).getTime()
}
