import type { FakeScaleway, NewRule } from '../fake-scaleway/index.ts'

/** The ids that a rule of an applied policy may name. */
export interface Ids {
  readonly organizationId: string
  readonly projectId: string
  readonly secretId: string
}

/** Gives the rules of the policies that Terraform attached to an application, found by the end of its name. */
export function appliedRules(scaleway: FakeScaleway, role: string): NewRule[] {
  return policiesOf(scaleway, role).flatMap(({ rules }) =>
    rules.map(({ permissionSetNames, scope, condition }) => ({ permissionSetNames, condition, ...scope })),
  )
}

/** Gives the policies of an application that Terraform made, found by the end of its name. */
export function policiesOf(scaleway: FakeScaleway, role: string) {
  const application = scaleway.iam.applications().find(({ name }) => name === role || name.endsWith(`-${role}`))
  if (application === undefined) throw new Error(`Terraform made no application for ${role}`)
  return scaleway.iam
    .policies()
    .filter(({ principal }) => 'applicationId' in principal && principal.applicationId === application.id)
}

/** Gives the same rules for another secret, project and organization. */
export function transplant(rules: readonly NewRule[], from: Ids, to: Ids): NewRule[] {
  const ids = new Map([
    [from.organizationId, to.organizationId],
    [from.projectId, to.projectId],
  ])
  const moved = (id: string) => ids.get(id) ?? id
  return rules.map(({ permissionSetNames, organizationId, projectIds, condition }) => ({
    permissionSetNames,
    organizationId: organizationId && moved(organizationId),
    projectIds: projectIds?.map(moved),
    condition: condition?.replaceAll(from.secretId, to.secretId),
  }))
}

/** Removes one set from the rules, and a rule that held nothing else. */
export function without(rules: readonly NewRule[], permissionSet: string): NewRule[] {
  return rules
    .map(rule => ({ ...rule, permissionSetNames: rule.permissionSetNames.filter(name => name !== permissionSet) }))
    .filter(({ permissionSetNames }) => permissionSetNames.length > 0)
}
