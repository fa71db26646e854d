import type { Identities } from '../../../scripts/local/identities.ts'
import type { FakeScaleway } from '../../fake-scaleway/index.ts'

/** What the output `policies` says right after an apply: all that these identities may do then. */
export function grantedPolicies({ iam, organizationId }: FakeScaleway, ids: Identities) {
  const named = {
    rotator: ids.rotator,
    reader: ids.reader,
    operator: ids.operator,
    'monitor-uptime': ids.monitor,
    ...Object.fromEntries(ids.keys.map(({ consumer }) => [`consumer-${consumer.name}`, consumer])),
  }
  const granted = ({ applicationId }: { applicationId: string }) => {
    const policy = iam
      .policies()
      .find(({ principal }) => 'applicationId' in principal && principal.applicationId === applicationId)
    const rules = policy?.rules.map(({ permissionSetNames, scope, condition }) => ({
      organization_id: 'organizationId' in scope ? scope.organizationId : null,
      project_ids: 'projectIds' in scope ? scope.projectIds : null,
      permission_set_names: permissionSetNames,
      condition,
    }))
    return { application_id: applicationId, policy_id: policy?.id, rules }
  }
  const applications = Object.fromEntries(Object.entries(named).map(([name, identity]) => [name, granted(identity)]))
  return { organization_id: organizationId, applications }
}
