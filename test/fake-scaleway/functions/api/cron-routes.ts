import { invalidArgument } from '../../http/errors.ts'
import { inOrder } from '../../http/query.ts'
import type { Call, Route } from '../../router.ts'
import { nextSequence } from '../../state.ts'
import { type CronTrigger, startCron } from '../cron.ts'
import { FUNCTIONS, givenText, regionOf, targetIn } from './arguments.ts'
import { found, namespaceOf, type Product } from './product.ts'
import type { CronRecord, FunctionRecord } from './records.ts'
import { removeCron } from './removal.ts'
import { cronWire } from './wire.ts'

const orders = ['created_at_asc', 'created_at_desc'] as const

/** CRON triggers of Functions v1beta1 (docs/scaleway.md#cron-records). */
export function cronRoutes(product: Product): Route[] {
  const all = `${FUNCTIONS}/crons`
  const one = `${all}/:id`
  return [
    { operation: 'functions.listCrons', method: 'GET', path: all, handle: call => list(product, call) },
    { operation: 'functions.createCron', method: 'POST', path: all, handle: call => create(product, call) },
    { operation: 'functions.getCron', method: 'GET', path: one, handle: call => get(product, call) },
    { operation: 'functions.updateCron', method: 'PATCH', path: one, handle: call => update(product, call) },
    { operation: 'functions.deleteCron', method: 'DELETE', path: one, handle: call => remove(product, call) },
  ]
}

function list(product: Product, call: Call): object {
  const { query } = call
  const region = regionOf(call)
  const { id: functionId } = allowed(product, call, 'list', query.text('function_id'))
  const wanted = Array.from(product.crons.asOf(call.listedAtMilliseconds)).filter(
    cron => cron.region === region && cron.functionId === functionId,
  )
  const inTime = inOrder(wanted, query.choice('order_by', orders), ({ createdAt }) => createdAt.getTime())
  const listed = call.listed(inTime, ({ id }) => id)
  return { crons: query.page(listed).map(cronWire), total_count: listed.length }
}

function create(product: Product, call: Call): object {
  const { state, body, now } = call
  const { id: functionId, region } = allowed(product, call, 'create', body.text('function_id'))
  const id = state.random.uuid()
  const cron: CronRecord = {
    id,
    sequence: nextSequence(state),
    functionId,
    name: givenText(body, 'name') ?? `cron-${id.slice(0, 8)}`,
    schedule: body.requiredText('schedule'),
    args: body.object('args') ?? {},
    region,
    createdAt: now,
  }
  keep(product, cron, now)
  return { ...cronWire(cron), status: 'pending' }
}

function get(product: Product, call: Call): object {
  return cronWire(named(product, call, 'read'))
}

function update(product: Product, call: Call): object {
  const cron = named(product, call, 'write')
  const { body, now } = call
  const changed: CronRecord = {
    ...cron,
    functionId: allowed(product, call, 'write', givenText(body, 'function_id') ?? cron.functionId).id,
    name: givenText(body, 'name') ?? cron.name,
    schedule: givenText(body, 'schedule') ?? cron.schedule,
    args: body.object('args') ?? cron.args,
  }
  keep(product, changed, now)
  return cronWire(changed)
}

function remove(product: Product, call: Call): object {
  const cron = named(product, call, 'delete')
  removeCron(product, cron)
  return { ...cronWire(cron), status: 'deleting' }
}

function named(product: Product, call: Call, action: 'read' | 'write' | 'delete'): CronRecord {
  const cron = found(product.crons, call.param('id'), regionOf(call))
  allowed(product, call, action, cron.functionId)
  return cron
}

type Action = 'list' | 'read' | 'create' | 'write' | 'delete'

/** The function that a CRON calls, if the caller may do this in its project. Refuses with 400, 404 and 403. */
function allowed(product: Product, call: Call, action: Action, functionId: string | undefined): FunctionRecord {
  if (functionId === undefined || functionId === '') throw invalidArgument('function_id', 'required')
  const record = found(product.functions, functionId, regionOf(call))
  call.require(`${action} function_cron`, targetIn(namespaceOf(product, record).projectId))
  return record
}

function keep(product: Product, cron: CronRecord, now: Date): void {
  const trigger = started(product, cron)
  product.triggers.get(cron.id)?.stop()
  product.triggers.set(cron.id, trigger)
  product.crons.set(cron.id, cron, now.getTime())
}

function started(product: Product, { name, schedule, args, functionId }: CronRecord): CronTrigger {
  const gateway = product.hostings.get(functionId)?.gateway
  if (gateway === undefined) throw invalidArgument('function_id', 'constraint', 'the function has no address')
  const log = (line: string) => product.log(`cron       ${line}`)
  try {
    return startCron({
      name,
      schedule,
      args,
      gateway,
      log,
      scheduled: product.schedule,
      readings: product.state.readings,
      patienceMilliseconds: product.cronPatienceMilliseconds,
    })
  } catch {
    throw invalidArgument('schedule', 'format', 'must be a cron of five fields')
  }
}
