import { invalidArgument } from '../../http/errors.ts'
import { inOrder } from '../../http/query.ts'
import type { Call, Route } from '../../router.ts'
import { nextSequence } from '../../state.ts'
import { FUNCTIONS, givenText, regionOf, targetIn } from './arguments.ts'
import { change, deploy, redeploy, settled } from './deployments.ts'
import { checkCount } from './environment.ts'
import { changedSettings, newSettings } from './function-settings.ts'
import { type Hosting, openHosting } from './hosting.ts'
import { found, namespaceOf, nameTaken, type Product } from './product.ts'
import type { FunctionRecord, FunctionSettings, NamespaceRecord } from './records.ts'
import { removeFunction } from './removal.ts'
import { functionWire } from './wire.ts'

const orders = ['created_at_asc', 'created_at_desc', 'name_asc', 'name_desc'] as const
// 1–34 characters (docs/scaleway.md#function-records), and a part of a domain name, which takes no others.
const namePattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
const longestName = 34

/** Functions of Functions v1beta1 without their code (docs/scaleway.md#function-records). */
export function functionRoutes(product: Product): Route[] {
  const all = `${FUNCTIONS}/functions`
  const one = `${all}/:id`
  return [
    { operation: 'functions.listFunctions', method: 'GET', path: all, handle: call => list(product, call) },
    { operation: 'functions.createFunction', method: 'POST', path: all, handle: call => create(product, call) },
    { operation: 'functions.getFunction', method: 'GET', path: one, handle: call => get(product, call) },
    { operation: 'functions.updateFunction', method: 'PATCH', path: one, handle: call => update(product, call) },
    { operation: 'functions.deleteFunction', method: 'DELETE', path: one, handle: call => remove(product, call) },
    {
      operation: 'functions.deployFunction',
      method: 'POST',
      path: `${one}/deploy`,
      handle: call => deployOne(product, call),
    },
  ]
}

/** The function that the path names. Refuses with 404, and with 403 unless the caller may do this in its project. */
export function namedFunction(
  product: Product,
  call: Call,
  action: 'read' | 'write' | 'delete' | 'deploy',
): FunctionRecord {
  const record = found(product.functions, call.param('id'), regionOf(call))
  call.require(`${action} function`, targetIn(namespaceOf(product, record).projectId))
  return record
}

function list(product: Product, call: Call): object {
  const { query, state } = call
  const region = regionOf(call)
  const name = query.text('name')
  const namespaceId = query.text('namespace_id')
  const projectOf = (record: FunctionRecord) => product.namespaces.get(record.namespaceId)?.projectId
  const projectId = product.namespaces.get(namespaceId ?? '')?.projectId ?? query.text('project_id')
  call.require('list function', {
    ...targetIn(projectId),
    organizationId: query.text('organization_id') ?? state.organizationId,
  })
  const wanted = Array.from(product.functions.asOf(call.listedAtMilliseconds)).filter(
    record =>
      record.region === region &&
      (namespaceId === undefined || record.namespaceId === namespaceId) &&
      (projectId === undefined || projectOf(record) === projectId) &&
      (name === undefined || record.name === name),
  )
  const all = call.listed(inOrder(wanted, query.choice('order_by', orders), orderValue), ({ id }) => id)
  return { functions: query.page(all).map(functionWire), total_count: all.length }
}

async function create(product: Product, call: Call): Promise<object> {
  const region = regionOf(call)
  const readNamespace = () => found(product.namespaces, call.body.requiredText('namespace_id'), region)
  const namespace = readNamespace()
  call.require('create function', targetIn(namespace.projectId))
  const name = call.body.requiredText('name', { maxLength: longestName, pattern: namePattern })
  const settings = newSettings(call.body, call.state.readings)
  checkCount(namespace.environment, settings.environment)
  refuseTaken(product, namespace, name)
  const { authority, state, sleep } = product
  const hosting = await openHosting({ ...settings, authority, state, sleep, projectId: namespace.projectId })
  try {
    // Another create, or the deletion of the namespace, may have come while the address was opened.
    refuseTaken(product, readNamespace(), name)
    return functionWire(add(product, call, { namespace, name, settings, hosting }))
  } catch (error) {
    await hosting.end()
    throw error
  }
}

interface NewFunction {
  readonly namespace: NamespaceRecord
  readonly name: string
  readonly settings: FunctionSettings
  readonly hosting: Hosting
}

function add(
  product: Product,
  { state, now }: Call,
  { namespace, name, settings, hosting }: NewFunction,
): FunctionRecord {
  const record: FunctionRecord = {
    ...settings,
    id: state.random.uuid(),
    sequence: nextSequence(state),
    namespaceId: namespace.id,
    name,
    region: namespace.region,
    domainName: `127.0.0.1:${hosting.gateway.port}`,
    status: 'created',
    errorMessage: undefined,
    createdAt: now,
    updatedAt: now,
    readyAt: undefined,
  }
  product.functions.set(record.id, record, now.getTime())
  product.hostings.set(record.id, hosting)
  return record
}

function refuseTaken(product: Product, namespace: NamespaceRecord, name: string): void {
  const isTaken = [...product.functions.values()].some(
    other => other.name === name && other.namespaceId === namespace.id,
  )
  if (isTaken) throw nameTaken('function', name)
}

async function get(product: Product, call: Call): Promise<object> {
  const { id } = namedFunction(product, call, 'read')
  await settled(product, id)
  return functionWire(namedFunction(product, call, 'read'))
}

/** Deploys again unless the request says otherwise (docs/scaleway.md#deployments). */
function update(product: Product, call: Call): object {
  const record = namedFunction(product, call, 'write')
  const { body } = call
  if (givenText(body, 'name') !== undefined && body.text('name') !== record.name) {
    throw invalidArgument('name', 'constraint', 'cannot be changed')
  }
  const settings = changedSettings(body, record, call.state.readings)
  checkCount(namespaceOf(product, record).environment, settings.environment)
  const changed = change(product, record, settings)
  return functionWire((body.flag('redeploy') ?? true) ? redeploy(product, changed) : changed)
}

function deployOne(product: Product, call: Call): object {
  return functionWire(deploy(product, namedFunction(product, call, 'deploy')))
}

async function remove(product: Product, call: Call): Promise<object> {
  const record = namedFunction(product, call, 'delete')
  await removeFunction(product, record)
  return { ...functionWire(record), status: 'deleting' }
}

function orderValue(record: FunctionRecord, field: string): string | number {
  return field === 'name' ? record.name : record.createdAt.getTime()
}
