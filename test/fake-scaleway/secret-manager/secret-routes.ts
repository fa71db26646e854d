import { inOrder } from '../http/query.ts'
import type { SecretRecord } from '../records.ts'
import type { Call, Route } from '../router.ts'
import { listTarget, namedSecret, readType, refuseUnmodelled, regionOf, SECRET_MANAGER, targetOf } from './arguments.ts'
import { liveSecrets } from './lookup.ts'
import { createSecret, deleteSecret, normalPath, restoreSecret, secretWire, updateSecret } from './secrets.ts'

const ORDERS = [
  'name_asc',
  'name_desc',
  'created_at_asc',
  'created_at_desc',
  'updated_at_asc',
  'updated_at_desc',
] as const
const SECRETS = `${SECRET_MANAGER}/secrets`

/** Secrets of Secret Manager v1beta1 (docs/scaleway.md#secrets). */
export const secretRoutes: readonly Route[] = [
  { operation: 'secrets.listSecrets', method: 'GET', path: SECRETS, handle: list },
  { operation: 'secrets.createSecret', method: 'POST', path: SECRETS, handle: create },
  { operation: 'secrets.getSecret', method: 'GET', path: `${SECRETS}/:secretId`, handle: get },
  { operation: 'secrets.updateSecret', method: 'PATCH', path: `${SECRETS}/:secretId`, handle: update },
  { operation: 'secrets.deleteSecret', method: 'DELETE', path: `${SECRETS}/:secretId`, handle: remove },
  { operation: 'secrets.restoreSecret', method: 'POST', path: `${SECRETS}/:secretId/restore`, handle: restore },
  { operation: 'secrets.protectSecret', method: 'POST', path: `${SECRETS}/:secretId/protect`, handle: protect(true) },
  {
    operation: 'secrets.unprotectSecret',
    method: 'POST',
    path: `${SECRETS}/:secretId/unprotect`,
    handle: protect(false),
  },
]

function list(call: Call): object {
  const { state, query } = call
  const projectId = query.text('project_id')
  call.require('list secret', {
    ...listTarget({ projectId }),
    organizationId: query.text('organization_id') ?? state.organizationId,
  })
  const isWanted = filterOf(call, projectId)
  const wanted = liveSecrets(state, call.listedAtMilliseconds).filter(isWanted)
  const all = call.listed(inOrder(wanted, query.choice('order_by', ORDERS), orderValue), ({ id }) => id)
  return { secrets: query.page(all).map(secret => secretWire(state, secret)), total_count: all.length }
}

function filterOf(call: Call, projectId: string | undefined): (secret: SecretRecord) => boolean {
  const { query } = call
  const region = regionOf(call)
  const name = query.text('name')
  const path = query.text('path')
  const tags = query.texts('tags')
  const typeText = query.text('type')
  const type = typeText === undefined || typeText === 'unknown_type' ? undefined : readType(typeText)
  const scheduled = query.flag('scheduled_for_deletion') ?? false
  return secret =>
    secret.region === region &&
    (projectId === undefined || secret.projectId === projectId) &&
    (name === undefined || secret.name === name) &&
    (path === undefined || secret.path === normalPath(path)) &&
    (tags === undefined || tags.every(tag => secret.tags.includes(tag))) &&
    (type === undefined || secret.type === type) &&
    (secret.deletionRequestedAt !== undefined) === scheduled
}

function create(call: Call): object {
  const { state, body } = call
  const projectId = body.text('project_id') || state.projectId
  call.require('create secret', listTarget({ projectId }))
  refuseUnmodelled(body)
  const secret = createSecret(state, {
    name: body.requiredText('name'),
    projectId,
    region: regionOf(call),
    type: readType(body.text('type')),
    path: body.text('path') || '/',
    description: body.text('description'),
    tags: body.texts('tags') ?? [],
    protected: body.flag('protected') ?? false,
  })
  return secretWire(state, secret)
}

function get(call: Call): object {
  const secret = namedSecret(call)
  call.require('read secret', targetOf(secret))
  return secretWire(call.state, secret)
}

function update(call: Call): object {
  const secret = namedSecret(call)
  call.require('write secret', targetOf(secret))
  const { body } = call
  refuseUnmodelled(body)
  const changed = updateSecret(call.state, secret.id, {
    name: body.text('name') || secret.name,
    path: body.text('path') || secret.path,
    description: body.text('description') ?? secret.description,
    tags: body.texts('tags') ?? secret.tags,
  })
  return secretWire(call.state, changed)
}

function remove(call: Call): undefined {
  const secret = namedSecret(call)
  call.require('delete secret', targetOf(secret))
  deleteSecret(call.state, secret.id)
}

function restore(call: Call): object {
  const secret = namedSecret(call)
  call.require('restore secret', targetOf(secret))
  return secretWire(call.state, restoreSecret(call.state, secret.id))
}

function protect(isProtected: boolean): (call: Call) => object {
  return call => {
    const secret = namedSecret(call)
    call.require('write secret', targetOf(secret))
    return secretWire(call.state, updateSecret(call.state, secret.id, { protected: isProtected }))
  }
}

function orderValue(secret: SecretRecord, field: string): string | number {
  if (field === 'name') return secret.name
  return (field === 'updated_at' ? secret.updatedAt : secret.createdAt).getTime()
}
