import type { Arguments } from '../http/arguments.ts'
import { invalidArgument } from '../http/errors.ts'
import { inOrder } from '../http/query.ts'
import type { PolicyRecord, Principal } from '../records.ts'
import type { Call, Route } from '../router.ts'
import { DESCRIPTION, givenOrganization, IAM, NAME, TAG } from './arguments.ts'
import { createPolicy, deletePolicy, getPolicy, policyWire, setRules, updatePolicy } from './policies.ts'
import { readRule, ruleWire } from './rules.ts'

const ORDERS = ['created_at_asc', 'created_at_desc', 'policy_name_asc', 'policy_name_desc'] as const
/** Terraform reads all rules with one call without a page size (docs/scaleway.md#policies). */
const RULES_PAGE_SIZE = 100

/** Policies and their rules of IAM v1alpha1 (docs/scaleway.md#policies). */
export const policyRoutes: readonly Route[] = [
  { operation: 'iam.listPolicies', method: 'GET', path: `${IAM}/policies`, handle: list },
  { operation: 'iam.createPolicy', method: 'POST', path: `${IAM}/policies`, handle: create },
  { operation: 'iam.getPolicy', method: 'GET', path: `${IAM}/policies/:id`, handle: get },
  { operation: 'iam.updatePolicy', method: 'PATCH', path: `${IAM}/policies/:id`, handle: update },
  { operation: 'iam.deletePolicy', method: 'DELETE', path: `${IAM}/policies/:id`, handle: remove },
  { operation: 'iam.listRules', method: 'GET', path: `${IAM}/rules`, handle: listRules },
  { operation: 'iam.setRules', method: 'PUT', path: `${IAM}/rules`, handle: replaceRules },
]

function list(call: Call): object {
  const { state, query } = call
  call.require('list policy', { organizationId: givenOrganization(call) })
  const name = query.text('policy_name')
  const ids = query.texts('policy_ids')
  // `application_ids` filters; the singular is ignored by the platform (docs/scaleway.md#key-calls).
  const applications = query.texts('application_ids')
  const wanted = Array.from(state.policies.asOf(call.listedAtMilliseconds)).filter(
    policy =>
      (name === undefined || policy.name.includes(name)) &&
      (ids === undefined || ids.includes(policy.id)) &&
      (applications === undefined ||
        ('applicationId' in policy.principal && applications.includes(policy.principal.applicationId))),
  )
  const all = call.listed(inOrder(wanted, query.choice('order_by', ORDERS), orderValue), ({ id }) => id)
  return { policies: query.page(all).map(policy => policyWire(state, policy)), total_count: all.length }
}

function create(call: Call): object {
  const { state, body } = call
  call.require('create policy', { organizationId: givenOrganization(call) })
  const fields = {
    name: body.requiredText('name', NAME),
    description: body.text('description', DESCRIPTION) ?? '',
    tags: body.texts('tags', TAG) ?? [],
    principal: requiredPrincipal(body),
  }
  const rules = (body.objects('rules') ?? []).map(readRule)
  return policyWire(state, createPolicy(state, fields, rules))
}

function get(call: Call): object {
  return policyWire(call.state, allowedPolicy(call, call.param('id'), 'read'))
}

function update(call: Call): object {
  const policy = allowedPolicy(call, call.param('id'), 'write')
  const { body } = call
  const changed = updatePolicy(call.state, policy.id, {
    name: body.text('name', NAME) ?? policy.name,
    description: body.text('description', DESCRIPTION) ?? policy.description,
    tags: body.texts('tags', TAG) ?? policy.tags,
    principal: givenPrincipal(body) ?? policy.principal,
  })
  return policyWire(call.state, changed)
}

function remove(call: Call): undefined {
  deletePolicy(call.state, allowedPolicy(call, call.param('id'), 'delete').id)
}

function listRules(call: Call): object {
  const id = call.query.text('policy_id')
  if (id === undefined) throw invalidArgument('policy_id', 'required')
  const { rules } = allowedPolicy(call, id, 'read')
  return { rules: call.query.page(rules, RULES_PAGE_SIZE).map(ruleWire), total_count: rules.length }
}

function replaceRules(call: Call): object {
  const { id } = allowedPolicy(call, call.body.requiredText('policy_id'), 'write')
  const { rules } = setRules(call.state, id, (call.body.objects('rules') ?? []).map(readRule))
  return { rules: rules.map(ruleWire) }
}

function allowedPolicy(call: Call, id: string, action: 'read' | 'write' | 'delete'): PolicyRecord {
  const policy = getPolicy(call.state, id)
  call.require(`${action} policy`, { id, name: policy.name })
  return policy
}

function requiredPrincipal(body: Arguments): Principal {
  const principal = givenPrincipal(body)
  if (principal === undefined) throw invalidArgument('application_id', 'required', 'exactly one principal')
  return principal
}

/** Empty ids count as not given: Terraform sends them together with the one that is meant. */
function givenPrincipal(body: Arguments): Principal | undefined {
  const applicationId = body.text('application_id')
  const userId = body.text('user_id')
  const groupId = body.text('group_id')
  const given: Principal[] = []
  if (applicationId) given.push({ applicationId })
  if (userId) given.push({ userId })
  if (groupId) given.push({ groupId })
  if (body.flag('no_principal')) given.push({ noPrincipal: true })
  if (given.length > 1) throw invalidArgument('application_id', 'constraint', 'exactly one principal')
  return given[0]
}

function orderValue(policy: PolicyRecord, field: string): string | number {
  return field === 'policy_name' ? policy.name : policy.createdAt.getTime()
}
