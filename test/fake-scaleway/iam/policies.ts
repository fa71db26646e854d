import { notFound, quotasExceeded } from '../http/errors.ts'
import type { PolicyRecord, Principal, RuleRecord } from '../records.ts'
import { nextSequence, type State } from '../state.ts'
import { getGroup } from './groups.ts'
import { createRule, type NewRule } from './rules.ts'

/** What a person or a call may set on a policy, apart from its rules. */
interface PolicyFields {
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly principal: Principal
}

/** Gives the policy, or refuses with 404. */
export function getPolicy(state: State, id: string): PolicyRecord {
  const policy = state.policies.get(id)
  if (policy === undefined) throw notFound('policy', id)
  return policy
}

/** Refuses an unknown principal, a bad rule, and more than 50 policies (docs/scaleway.md#iam-quotas). */
export function createPolicy(state: State, fields: PolicyFields, rules: readonly NewRule[]): PolicyRecord {
  checkPrincipal(state, fields.principal)
  const made = rules.map(rule => createRule(state, rule))
  const { size } = state.policies
  if (size >= state.quotas.policies) throw quotasExceeded('iam_policies', state.quotas.policies, size)
  const now = state.clock.now()
  const id = state.random.uuid()
  const policy = { id, sequence: nextSequence(state), ...fields, rules: made, createdAt: now, updatedAt: now }
  state.policies.set(id, policy, now.getTime())
  return policy
}

/** Changes what is given; the rules stay. */
export function updatePolicy(state: State, id: string, fields: Partial<PolicyFields>): PolicyRecord {
  if (fields.principal !== undefined) checkPrincipal(state, fields.principal)
  return replace(state, { ...getPolicy(state, id), ...fields })
}

/** Replaces all rules, in the given order. */
export function setRules(state: State, id: string, rules: readonly NewRule[]): PolicyRecord {
  const policy = getPolicy(state, id)
  return replace(state, { ...policy, rules: rules.map(rule => createRule(state, rule)) })
}

/** Removes one permission set from every rule; a rule that is left without any is removed too. */
export function removePermissionSet(state: State, id: string, permissionSet: string): PolicyRecord {
  const policy = getPolicy(state, id)
  const without = (rule: RuleRecord) => rule.permissionSetNames.filter(name => name !== permissionSet)
  const rules = policy.rules.map(rule => ({ ...rule, permissionSetNames: without(rule) }))
  return replace(state, { ...policy, rules: rules.filter(rule => rule.permissionSetNames.length > 0) })
}

/**
 * Takes effect at once: the platform's minute of propagation (docs/scaleway.md#propagation) is a fault to inject, not a
 * delay built in.
 */
export function deletePolicy(state: State, id: string): void {
  getPolicy(state, id)
  state.policies.delete(id, state.clock.now().getTime())
}

/** The policy on the wire, without its rules (docs/scaleway.md#policies). */
export function policyWire(state: State, policy: PolicyRecord): object {
  return {
    id: policy.id,
    name: policy.name,
    description: policy.description,
    organization_id: state.organizationId,
    created_at: policy.createdAt,
    updated_at: policy.updatedAt,
    editable: true,
    deletable: true,
    managed: false,
    nb_rules: policy.rules.length,
    nb_scopes: policy.rules.reduce((sum, { scope }) => sum + ('projectIds' in scope ? scope.projectIds.length : 1), 0),
    nb_permission_sets: policy.rules.reduce((sum, rule) => sum + rule.permissionSetNames.length, 0),
    tags: policy.tags,
    ...principalWire(policy.principal),
  }
}

function replace(state: State, policy: PolicyRecord): PolicyRecord {
  const now = state.clock.now()
  const changed = { ...policy, updatedAt: now }
  state.policies.set(policy.id, changed, now.getTime())
  return changed
}

function checkPrincipal(state: State, principal: Principal): void {
  if ('applicationId' in principal && !state.applications.has(principal.applicationId)) {
    throw notFound('application', principal.applicationId)
  }
  if ('userId' in principal && principal.userId !== state.ownerUserId) throw notFound('user', principal.userId)
  if ('groupId' in principal) getGroup(state, principal.groupId)
}

function principalWire(principal: Principal): object {
  if ('applicationId' in principal) return { application_id: principal.applicationId }
  if ('userId' in principal) return { user_id: principal.userId }
  return 'groupId' in principal ? { group_id: principal.groupId } : { no_principal: true }
}
