import type { PolicyRecord, RuleRecord } from '../records.ts'
import type { State } from '../state.ts'
import type { Caller } from './authentication.ts'
import { isMember } from './groups.ts'

/** What a call acts on, as far as scopes and conditions can see it. Absent on calls that name no single resource. */
export interface Target {
  /** Left out: the organization itself, which no project rule reaches. */
  readonly projectId?: string
  readonly organizationId?: string
  readonly id?: string
  /** For a secret: its path and name (docs/scaleway.md#conditions). */
  readonly name?: string
  readonly locality?: string
}

/** Where a call comes from. */
interface Origin {
  readonly ip: string
  readonly userAgent: string
}

/** The platform cuts the user agent before a condition sees it (docs/scaleway.md#conditions). */
const USER_AGENT_LENGTH = 255

/**
 * True when any rule of any policy of the caller allows one of these permission sets on the target.
 * Rules only ever allow; a refusing condition in one policy does not outweigh another policy
 * (docs/scaleway.md#policies).
 */
export function isAllowed(question: {
  state: State
  caller: Caller
  permissionSets: readonly string[]
  target: Target
  origin: Origin
}): boolean {
  const { state, caller, target } = question
  if (target.organizationId !== undefined && target.organizationId !== state.organizationId) return false
  if (caller.isOwner) return true
  for (const policy of state.policies.values()) {
    if (isAttachedTo(policy, question) && policy.rules.some(rule => allows(rule, question))) return true
  }
  return false
}

function isAttachedTo({ principal }: PolicyRecord, { state, caller }: Parameters<typeof isAllowed>[0]): boolean {
  if ('applicationId' in principal) return principal.applicationId === caller.bearerId
  if ('groupId' in principal) return isMember(state, principal.groupId, caller)
  return 'userId' in principal && principal.userId === caller.bearerId
}

function allows(rule: RuleRecord, question: Parameters<typeof isAllowed>[0]): boolean {
  const { state, permissionSets, target, origin } = question
  if (!rule.permissionSetNames.some(name => permissionSets.includes(name)) || !covers(rule, target)) return false
  if (rule.condition === '') return true
  const { id, name, locality } = target
  return rule.holds({
    request: { ip: origin.ip, user_agent: origin.userAgent.slice(0, USER_AGENT_LENGTH), time: state.clock.now() },
    resource: {
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...(locality !== undefined && { locality }),
    },
  })
}

function covers(rule: RuleRecord, target: Target): boolean {
  if ('organizationId' in rule.scope) return true
  return target.projectId !== undefined && rule.scope.projectIds.includes(target.projectId)
}
