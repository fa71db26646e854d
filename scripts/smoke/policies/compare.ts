import { printable } from '../../status/printable.ts'
import type { Granted, GrantedApplication, Rule } from './granted.ts'
import type { LivePolicy } from './live.ts'

/** Something that is live and not as granted: a sentence, and what to do about it. */
export interface Difference {
  readonly what: string
  readonly remedy: string
}

/** One permission set in one scope under one condition. */
interface Right {
  readonly set: string
  readonly scope: string
  readonly condition: string
}

/** Holds the policies that are live against what was granted: those that reach an application, also through a group. */
export function differences(granted: Granted, live: readonly LivePolicy[]): Difference[] {
  const applications = Object.entries(granted.applications)
  const ours = new Set(applications.map(([, { policyId }]) => policyId))
  const others = live.filter(({ id, rules }) => !ours.has(id) && rules.length > 0)
  return [
    ...applications.flatMap(([name, application]) => differencesOfOwn(name, application, live)),
    ...others.flatMap(policy => differenceOfOther(policy, applications)),
  ]
}

function differencesOfOwn(
  name: string,
  { applicationId, policyId, rules }: GrantedApplication,
  live: readonly LivePolicy[],
): Difference[] {
  const policy = live.find(({ id }) => id === policyId)
  if (policy === undefined || !('applicationId' in policy.holder) || policy.holder.applicationId !== applicationId) {
    return [{ what: `${name} has lost its policy`, remedy: 'Apply: that makes or attaches it again.' }]
  }
  const [intended, held] = [rightsOf(rules), rightsOf(policy.rules)]
  const missing = without(intended, held)
  const added = without(held, intended)
  const lost = without(missing, added, sameSet)
  const gained = without(added, missing, sameSet)
  const moved = without(without(missing, lost), added, sameButCondition)
  const changed = without(without(missing, lost), moved)
  const parts = [
    lost.length > 0 && `lacks ${inWords(lost)}`,
    gained.length > 0 && `has ${inWords(gained)} besides`,
    moved.length > 0 && `holds ${inWords(moved)} elsewhere than it should`,
    changed.length > 0 && `holds ${inWords(changed)} under another condition`,
  ].filter(part => part !== false)
  if (parts.length === 0) return []
  return [{ what: `the policy of ${name} ${parts.join(', and ')}`, remedy: 'Apply: that sets its rules again.' }]
}

function differenceOfOther(
  { name, holder, rules }: LivePolicy,
  applications: readonly (readonly [string, GrantedApplication])[],
): Difference[] {
  const policy = `the policy "${printable(name)}"`
  const rights = inWords(rightsOf(rules))
  if ('applicationId' in holder) {
    const [reached] = applications.find(([, { applicationId }]) => applicationId === holder.applicationId) ?? []
    if (reached === undefined) return []
    const remedy = reached.startsWith('bearer-')
      ? 'Delete it, or put its sets into permission_set_names or organization_permission_set_names.'
      : 'Delete it in IAM: no apply knows it.'
    return [{ what: `${policy}, which is not of this deployment, gives ${reached} ${rights}`, remedy }]
  }
  const { group } = holder
  if (group.isAllApplications) {
    return [
      {
        what: `${policy} of ${printable(group.name)} gives every identity of this deployment ${rights}`,
        remedy: 'Attach it to a group of those applications that need it, and delete it here.',
      },
    ]
  }
  const reached = applications.filter(([, { applicationId }]) => group.applicationIds.includes(applicationId))
  if (reached.length === 0) return []
  const names = listed(reached.map(([reachedName]) => reachedName))
  return [
    {
      what: `${policy} of the group "${printable(group.name)}" gives ${names} ${rights}`,
      remedy: 'Take them out of that group.',
    },
  ]
}

function rightsOf(rules: readonly Rule[]): Right[] {
  return rules.flatMap(({ permissionSetNames, organizationId, projectIds = [], condition }) => {
    const scopes = organizationId ? [organizationId] : projectIds
    return permissionSetNames.flatMap(set => scopes.map(scope => ({ set, scope, condition })))
  })
}

function without(rights: readonly Right[], others: readonly Right[], isSame = isEqual): Right[] {
  return rights.filter(right => !others.some(other => isSame(right, other)))
}

function isEqual(right: Right, other: Right): boolean {
  return sameButCondition(right, other) && right.condition === other.condition
}

function sameButCondition(right: Right, other: Right): boolean {
  return sameSet(right, other) && right.scope === other.scope
}

function sameSet({ set }: Right, other: Right): boolean {
  return set === other.set
}

function inWords(rights: readonly Right[]): string {
  return listed([...new Set(rights.map(({ set }) => printable(set)))].toSorted())
}

const mostNamed = 5

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ')
}
