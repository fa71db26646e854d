import type { Arguments } from '../http/arguments.ts'
import { invalidArgument } from '../http/errors.ts'
import type { RuleRecord, RuleScope } from '../records.ts'
import type { State } from '../state.ts'
import { compileCondition, MAX_CONDITION_LENGTH } from './conditions.ts'
import { type ScopeType, scopeTypeOf } from './permission-sets.ts'

/** What a rule is made from: sets of one scope type and, for sets of projects, the projects (or the whole organization). */
export interface NewRule {
  readonly permissionSetNames: readonly string[]
  readonly organizationId?: string | undefined
  readonly projectIds?: readonly string[] | undefined
  /** CEL; empty or left out: always. */
  readonly condition?: string | undefined
}

/** Takes a rule of a request body and gives what it is made from. */
export function readRule(body: Arguments): NewRule {
  return {
    permissionSetNames: body.texts('permission_set_names') ?? [],
    organizationId: body.text('organization_id') || undefined,
    projectIds: body.texts('project_ids'),
    condition: body.text('condition'),
  }
}

/**
 * Refuses unknown sets, sets of two scope types in one rule, a scope that does not fit (docs/scaleway.md#policies) and
 * a condition that is too long or not CEL (docs/scaleway.md#conditions).
 */
export function createRule(state: State, rule: NewRule): RuleRecord {
  const condition = rule.condition ?? ''
  if (condition.length > MAX_CONDITION_LENGTH) throw invalidArgument('condition', 'constraint')
  const holds = compileCondition(condition)
  if (holds === undefined) throw invalidArgument('condition', 'format', 'the condition is not valid CEL')
  return {
    id: state.random.uuid(),
    permissionSetNames: [...rule.permissionSetNames],
    scope: scopeOf(state, rule, scopeTypeOfAll(rule.permissionSetNames)),
    condition,
    holds,
  }
}

/** The rule on the wire: only the scope it has is present (docs/scaleway.md#policies). */
export function ruleWire(rule: RuleRecord): object {
  return {
    id: rule.id,
    permission_set_names: rule.permissionSetNames,
    permission_sets_scope_type: scopeTypeOfAll(rule.permissionSetNames),
    condition: rule.condition,
    ...('organizationId' in rule.scope
      ? { organization_id: rule.scope.organizationId }
      : { project_ids: rule.scope.projectIds }),
  }
}

function scopeTypeOfAll(names: readonly string[]): ScopeType {
  const [first, ...others] = names.map(name => {
    const scopeType = scopeTypeOf(name)
    if (scopeType === undefined) throw invalidArgument('permission_set_names', 'constraint', `unknown: ${name}`)
    return scopeType
  })
  if (first === undefined) throw invalidArgument('permission_set_names', 'required')
  if (others.some(other => other !== first)) {
    throw invalidArgument(
      'permission_set_names',
      'constraint',
      'permission sets of one rule must have the same scope type',
    )
  }
  return first
}

function scopeOf(state: State, { organizationId, projectIds = [] }: NewRule, scopeType: ScopeType): RuleScope {
  if (organizationId !== undefined && projectIds.length > 0) {
    throw invalidArgument('project_ids', 'constraint', 'exactly one of project_ids and organization_id')
  }
  if (organizationId !== undefined && organizationId !== state.organizationId) {
    throw invalidArgument('organization_id', 'constraint', 'a rule is scoped to its own Organization')
  }
  if (organizationId !== undefined) return { organizationId }
  if (scopeType === 'organization') {
    throw invalidArgument('organization_id', 'required', 'these permission sets are scoped by Organization')
  }
  if (projectIds.length === 0) throw invalidArgument('project_ids', 'required')
  return { projectIds: [...projectIds] }
}
