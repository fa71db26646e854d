import { inOrder } from '../http/query.ts'
import type { ApplicationRecord } from '../records.ts'
import type { Call, Route } from '../router.ts'
import {
  applicationWire,
  createApplication,
  deleteApplication,
  getApplication,
  updateApplication,
} from './applications.ts'
import { DESCRIPTION, givenOrganization, IAM, NAME, TAG } from './arguments.ts'
import type { Target } from './authorization.ts'

const ORDERS = [
  'created_at_asc',
  'created_at_desc',
  'updated_at_asc',
  'updated_at_desc',
  'name_asc',
  'name_desc',
] as const

/** Applications of IAM v1alpha1 (docs/scaleway.md#applications). */
export const applicationRoutes: readonly Route[] = [
  { operation: 'iam.listApplications', method: 'GET', path: `${IAM}/applications`, handle: list },
  { operation: 'iam.createApplication', method: 'POST', path: `${IAM}/applications`, handle: create },
  { operation: 'iam.getApplication', method: 'GET', path: `${IAM}/applications/:id`, handle: get },
  { operation: 'iam.updateApplication', method: 'PATCH', path: `${IAM}/applications/:id`, handle: update },
  { operation: 'iam.deleteApplication', method: 'DELETE', path: `${IAM}/applications/:id`, handle: remove },
]

function list(call: Call): object {
  const { state, query } = call
  call.require('list application', { organizationId: givenOrganization(call) })
  const name = query.text('name')
  const ids = query.texts('application_ids')
  const tag = query.text('tag')
  const wanted = Array.from(state.applications.asOf(call.listedAtMilliseconds)).filter(
    application =>
      (name === undefined || application.name.includes(name)) &&
      (ids === undefined || ids.includes(application.id)) &&
      (tag === undefined || application.tags.includes(tag)),
  )
  const all = call.listed(inOrder(wanted, query.choice('order_by', ORDERS), orderValue), ({ id }) => id)
  return { applications: query.page(all).map(item => applicationWire(state, item)), total_count: all.length }
}

function create(call: Call): object {
  const { state, body } = call
  call.require('create application', { organizationId: givenOrganization(call) })
  const application = createApplication(state, {
    name: body.requiredText('name', NAME),
    description: body.text('description', DESCRIPTION) ?? '',
    tags: body.texts('tags', TAG) ?? [],
  })
  return applicationWire(state, application)
}

function get(call: Call): object {
  const application = getApplication(call.state, call.param('id'))
  call.require('read application', targetOf(application))
  return applicationWire(call.state, application)
}

function update(call: Call): object {
  const application = getApplication(call.state, call.param('id'))
  call.require('write application', targetOf(application))
  const { body } = call
  const changed = updateApplication(call.state, application.id, {
    name: body.text('name', NAME) ?? application.name,
    description: body.text('description', DESCRIPTION) ?? application.description,
    tags: body.texts('tags', TAG) ?? application.tags,
  })
  return applicationWire(call.state, changed)
}

function remove(call: Call): undefined {
  const application = getApplication(call.state, call.param('id'))
  call.require('delete application', targetOf(application))
  deleteApplication(call.state, application.id)
}

function targetOf({ id, name }: ApplicationRecord): Target {
  return { id, name }
}

function orderValue(application: ApplicationRecord, field: string): string | number {
  if (field === 'name') return application.name
  return (field === 'updated_at' ? application.updatedAt : application.createdAt).getTime()
}
