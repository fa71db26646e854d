import { inOrder } from '../http/query.ts'
import type { GroupRecord } from '../records.ts'
import type { Call, Route } from '../router.ts'
import { DESCRIPTION, givenOrganization, IAM, NAME, TAG } from './arguments.ts'
import { createGroup, getGroup, groupWire, setMembers } from './groups.ts'

const ORDERS = ['created_at_asc', 'created_at_desc', 'name_asc', 'name_desc'] as const

/** Groups of IAM v1alpha1, with applications as members (docs/scaleway.md#groups). */
export const groupRoutes: readonly Route[] = [
  { operation: 'iam.listGroups', method: 'GET', path: `${IAM}/groups`, handle: list },
  { operation: 'iam.createGroup', method: 'POST', path: `${IAM}/groups`, handle: create },
  { operation: 'iam.getGroup', method: 'GET', path: `${IAM}/groups/:id`, handle: get },
  { operation: 'iam.addGroupMember', method: 'POST', path: `${IAM}/groups/:id/add-member`, handle: addMember },
  { operation: 'iam.removeGroupMember', method: 'POST', path: `${IAM}/groups/:id/remove-member`, handle: removeMember },
]

function list(call: Call): object {
  const { state, query } = call
  call.require('list group', { organizationId: givenOrganization(call) })
  const name = query.text('name')
  const applications = query.texts('application_ids')
  const wanted = Array.from(state.groups.asOf(call.listedAtMilliseconds)).filter(
    group =>
      (name === undefined || group.name === name) &&
      (applications === undefined || applications.some(id => group.applicationIds.includes(id))),
  )
  const all = call.listed(inOrder(wanted, query.choice('order_by', ORDERS), orderValue), ({ id }) => id)
  return { groups: query.page(all).map(group => groupWire(state, group)), total_count: all.length }
}

function create(call: Call): object {
  const { state, body } = call
  call.require('create group', { organizationId: givenOrganization(call) })
  const group = createGroup(state, {
    name: body.requiredText('name', NAME),
    description: body.text('description', DESCRIPTION) ?? '',
    tags: body.texts('tags', TAG) ?? [],
  })
  return groupWire(state, group)
}

function get(call: Call): object {
  return groupWire(call.state, allowedGroup(call, 'read'))
}

function addMember(call: Call): object {
  const { id, applicationIds } = allowedGroup(call, 'write')
  const added = call.body.requiredText('application_id')
  return groupWire(call.state, setMembers(call.state, id, [...applicationIds, added]))
}

function removeMember(call: Call): object {
  const { id, applicationIds } = allowedGroup(call, 'write')
  const removed = call.body.requiredText('application_id')
  const others = applicationIds.filter(member => member !== removed)
  return groupWire(call.state, setMembers(call.state, id, others))
}

function allowedGroup(call: Call, action: 'read' | 'write'): GroupRecord {
  const group = getGroup(call.state, call.param('id'))
  call.require(`${action} group`, { id: group.id, name: group.name })
  return group
}

function orderValue({ name, createdAt }: GroupRecord, field: string): string | number {
  return field === 'name' ? name : createdAt.getTime()
}
