import * as v from 'valibot'
import { output } from '../../deployment/outputs.ts'

/** A rule of a policy: permission sets in one scope, under a condition (empty: always). */
export interface Rule {
  readonly permissionSetNames: readonly string[]
  /** One of both; the organization includes all its projects. */
  readonly organizationId?: string | undefined
  readonly projectIds?: readonly string[] | undefined
  readonly condition: string
}

/** What an apply granted: of each application that it made, by name, its policy with all its rules. */
export interface Granted {
  readonly organizationId: string
  readonly applications: Readonly<Record<string, GrantedApplication>>
}

/** An application that Terraform made, and the one policy that it gave it. */
export interface GrantedApplication {
  readonly applicationId: string
  readonly policyId: string
  readonly rules: readonly Rule[]
}

const rule = v.pipe(
  v.object({
    organization_id: v.nullish(v.string()),
    project_ids: v.nullish(v.array(v.string())),
    permission_set_names: v.array(v.string()),
    condition: v.string(),
  }),
  v.transform(
    (given): Rule => ({
      permissionSetNames: given.permission_set_names,
      organizationId: given.organization_id ?? undefined,
      projectIds: given.project_ids ?? undefined,
      condition: given.condition,
    }),
  ),
)

const application = v.pipe(
  v.object({ application_id: v.string(), policy_id: v.string(), rules: v.array(rule) }),
  v.transform(({ application_id: applicationId, policy_id: policyId, rules }) => ({ applicationId, policyId, rules })),
)

const granted = v.pipe(
  v.object({ organization_id: v.string(), applications: v.record(v.string(), application) }),
  v.transform(({ organization_id: organizationId, applications }): Granted => ({ organizationId, applications })),
)

/** The form of the policies among the outputs. A state that is older than this output lacks it. */
export const policiesOutput = v.optional(output(v.nullable(granted)))
