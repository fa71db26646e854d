import { notFound, permissionsDenied } from '../http/errors.ts'
import type { Call, Route } from '../router.ts'
import type { State } from '../state.ts'
import { givenOrganization, IAM } from './arguments.ts'
import { permissionSets } from './permission-sets.ts'

/** What IAM says about the organization as a whole (docs/scaleway.md#key-expiry, #iam-quotas, #permission-sets). */
export const organizationRoutes: readonly Route[] = [
  { operation: 'iam.listPermissionSets', method: 'GET', path: `${IAM}/permission-sets`, handle: listPermissionSets },
  { operation: 'iam.listQuota', method: 'GET', path: `${IAM}/quota`, handle: listQuota },
  { operation: 'iam.getQuotum', method: 'GET', path: `${IAM}/quota/:name`, handle: getQuotum },
  {
    operation: 'iam.getSecuritySettings',
    method: 'GET',
    path: `${IAM}/organizations/:id/security-settings`,
    handle: getSecuritySettings,
  },
]

function listPermissionSets(call: Call): object {
  call.require('list permission_set', { organizationId: givenOrganization(call) })
  const all = Array.from(permissionSets(), ([name, scopeType]) => ({ id: name, name, scope_type: scopeType }))
  return { permission_sets: call.query.page(all), total_count: all.length }
}

function listQuota(call: Call): object {
  call.require('read quota', { organizationId: givenOrganization(call) })
  const names = call.query.texts('quotum_names')
  const all = quota(call.state).filter(({ name }) => names === undefined || names.includes(name))
  return { quota: call.query.page(all), total_count: all.length }
}

function getQuotum(call: Call): object {
  call.require('read quota', { organizationId: givenOrganization(call) })
  const found = quota(call.state).find(({ name }) => name === call.param('name'))
  if (found === undefined) throw notFound('quotum', call.param('name'))
  return found
}

function getSecuritySettings(call: Call): object {
  const organizationId = call.param('id')
  if (organizationId !== call.state.organizationId) throw permissionsDenied('read', 'security_settings')
  call.require('read security_settings', { organizationId })
  return {
    enforce_password_renewal: false,
    grace_period_duration: null,
    login_attempts_before_locked: 0,
    max_api_key_expiration_duration: `${call.state.maxApiKeyExpirationSeconds}s`,
    max_login_session_duration: null,
  }
}

function quota({ quotas }: State) {
  return [
    quotum('iam_api_keys', quotas.apiKeys),
    quotum('iam_applications', quotas.applications),
    quotum('iam_policies', quotas.policies),
  ]
}

function quotum(name: string, limit: number) {
  return {
    name,
    limit,
    limits: [{ global: true, limit }],
    locality_type: 'global',
    pretty_name: name,
    unit: '',
    description: '',
  }
}
