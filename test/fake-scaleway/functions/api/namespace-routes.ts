import { inOrder } from '../../http/query.ts'
import type { Call, Route } from '../../router.ts'
import { nextSequence } from '../../state.ts'
import { FUNCTIONS, regionOf, targetIn } from './arguments.ts'
import { redeploy } from './deployments.ts'
import { checkCount, noEnvironment, readEnvironment } from './environment.ts'
import { found, nameTaken, type Product } from './product.ts'
import type { Environment, NamespaceRecord } from './records.ts'
import { removeNamespace } from './removal.ts'
import { namespaceWire } from './wire.ts'

const NAMESPACES = `${FUNCTIONS}/namespaces`
const orders = ['created_at_asc', 'created_at_desc', 'name_asc', 'name_desc'] as const
// Scaleway's guide "create a functions namespace"; its longest length is not documented.
const namePattern = /^[A-Za-z][A-Za-z0-9-]*$/

/** Namespaces of Functions v1beta1 (docs/scaleway.md#namespace-records). */
export function namespaceRoutes(product: Product): Route[] {
  const one = `${NAMESPACES}/:id`
  return [
    { operation: 'functions.listNamespaces', method: 'GET', path: NAMESPACES, handle: call => list(product, call) },
    { operation: 'functions.createNamespace', method: 'POST', path: NAMESPACES, handle: call => create(product, call) },
    { operation: 'functions.getNamespace', method: 'GET', path: one, handle: call => get(product, call) },
    { operation: 'functions.updateNamespace', method: 'PATCH', path: one, handle: call => update(product, call) },
    { operation: 'functions.deleteNamespace', method: 'DELETE', path: one, handle: call => remove(product, call) },
  ]
}

function list({ namespaces }: Product, call: Call): object {
  const { query, state } = call
  const region = regionOf(call)
  const name = query.text('name')
  const projectId = query.text('project_id')
  const organizationId = query.text('organization_id') ?? state.organizationId
  call.require('list function_namespace', { ...targetIn(projectId), organizationId })
  const wanted = Array.from(namespaces.asOf(call.listedAtMilliseconds)).filter(
    namespace =>
      namespace.region === region &&
      (projectId === undefined || namespace.projectId === projectId) &&
      (name === undefined || namespace.name === name),
  )
  const all = call.listed(inOrder(wanted, query.choice('order_by', orders), orderValue), ({ id }) => id)
  return { namespaces: query.page(all).map(item => namespaceWire(item, organizationId)), total_count: all.length }
}

function create(product: Product, call: Call): object {
  const { state, body } = call
  const projectId = body.text('project_id') || state.projectId
  call.require('create function_namespace', targetIn(projectId))
  const region = regionOf(call)
  const name = body.requiredText('name', { pattern: namePattern })
  const isTaken = [...product.namespaces.values()].some(
    other => other.name === name && other.projectId === projectId && other.region === region,
  )
  if (isTaken) throw nameTaken('namespace', name)
  const namespace: NamespaceRecord = {
    id: state.random.uuid(),
    sequence: nextSequence(state),
    name,
    description: body.text('description') ?? '',
    tags: body.texts('tags') ?? [],
    environment: readEnvironment(body, noEnvironment, state.readings),
    projectId,
    region,
    registryNamespaceId: state.random.uuid(),
    createdAt: call.now,
    updatedAt: call.now,
  }
  checkCount(namespace.environment, noEnvironment)
  product.namespaces.set(namespace.id, namespace, call.now.getTime())
  return { ...namespaceWire(namespace, state.organizationId), status: 'pending' }
}

function get(product: Product, call: Call): object {
  const namespace = found(product.namespaces, call.param('id'), regionOf(call))
  call.require('read function_namespace', targetIn(namespace.projectId))
  return namespaceWire(namespace, call.state.organizationId)
}

/** New variables reach every function in it: the ready ones are deployed again (docs/scaleway.md#namespace-records). */
function update(product: Product, call: Call): object {
  const namespace = found(product.namespaces, call.param('id'), regionOf(call))
  call.require('write function_namespace', targetIn(namespace.projectId))
  const { body } = call
  const changed: NamespaceRecord = {
    ...namespace,
    description: body.text('description') ?? namespace.description,
    tags: body.texts('tags') ?? namespace.tags,
    environment: readEnvironment(body, namespace.environment, call.state.readings),
    updatedAt: call.now,
  }
  const functions = [...product.functions.values()].filter(({ namespaceId }) => namespaceId === namespace.id)
  checkCount(changed.environment, noEnvironment)
  for (const { environment } of functions) checkCount(changed.environment, environment)
  product.namespaces.set(namespace.id, changed, call.now.getTime())
  if (!isSame(changed.environment, namespace.environment)) {
    for (const record of functions) if (record.status === 'ready') redeploy(product, record)
  }
  return namespaceWire(changed, call.state.organizationId)
}

async function remove(product: Product, call: Call): Promise<object> {
  const namespace = found(product.namespaces, call.param('id'), regionOf(call))
  call.require('delete function_namespace', targetIn(namespace.projectId))
  await removeNamespace(product, namespace)
  return { ...namespaceWire(namespace, call.state.organizationId), status: 'deleting' }
}

function isSame(one: Environment, other: Environment): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function orderValue(namespace: NamespaceRecord, field: string): string | number {
  return field === 'name' ? namespace.name : namespace.createdAt.getTime()
}
