import { createAdvancedClient, Iamv1alpha1 } from '@scaleway/sdk'
import { Errors, withHTTPClient, withProfile, withUserAgentSuffix } from '@scaleway/sdk-client'
import type { Granted, Rule } from './granted.ts'
import type { IamAccess } from './iam-access.ts'

/** A policy as IAM has it, attached to an application or to a group. */
export interface LivePolicy {
  readonly id: string
  readonly name: string
  readonly holder: { readonly applicationId: string } | { readonly group: LiveGroup }
  readonly rules: readonly Rule[]
}

/** The group that a policy is attached to. */
export interface LiveGroup {
  readonly name: string
  /** Scaleway's own group of all applications, which need not list them (docs/scaleway.md#groups). */
  readonly isAllApplications: boolean
  readonly applicationIds: readonly string[]
}

/** What IAM showed, or what kept it from being seen, as the end of a sentence. */
export type Look =
  | { readonly policies: readonly LivePolicy[]; readonly groups: 'seen' | 'refused' }
  | { readonly unseen: string }

// Of the 50 requests a second that Scaleway allows one caller (docs/scaleway.md#rate-limits).
const callsAtOnce = 8
const callLimitMs = 20_000

/** Reads every policy of the organization that is attached to one of the applications or to a group. Never throws. */
export async function lookAtPolicies(access: IamAccess, { organizationId, applications }: Granted): Promise<Look> {
  const ours = new Set(Object.values(applications).map(({ applicationId }) => applicationId))
  try {
    const iam = connect(access)
    const [policies, groups] = await Promise.all([
      iam.listPolicies({ organizationId, pageSize: 100 }).all(),
      groupsOf(iam, organizationId),
    ])
    const live = policies.flatMap(policy => {
      const holder = holderOf(policy, groups)
      if (holder === undefined || ('applicationId' in holder && !ours.has(holder.applicationId))) return []
      return [{ id: policy.id, name: policy.name, holder }]
    })
    const read: LivePolicy[] = []
    for (let first = 0; first < live.length; first += callsAtOnce) {
      const part = live.slice(first, first + callsAtOnce)
      read.push(...(await Promise.all(part.map(async policy => ({ ...policy, rules: await rulesOf(iam, policy.id) })))))
    }
    return { policies: read, groups: groups === undefined ? 'refused' : 'seen' }
  } catch (error) {
    return { unseen: whyUnseen(error) }
  }
}

function connect({ apiUrl, accessKey, secretKey }: IamAccess): Iamv1alpha1.API {
  const client = createAdvancedClient(
    withProfile({ apiURL: apiUrl, accessKey, secretKey }),
    withHTTPClient((input, init) =>
      fetch(input, { ...init, redirect: 'error', signal: AbortSignal.timeout(callLimitMs) }),
    ),
    withUserAgentSuffix('scaleway-api-key-rotation'),
  )
  return new Iamv1alpha1.API(client)
}

/** Undefined where this key may not list groups. */
async function groupsOf(iam: Iamv1alpha1.API, organizationId: string): Promise<Iamv1alpha1.Group[] | undefined> {
  try {
    return await iam.listGroups({ organizationId, pageSize: 100 }).all()
  } catch (error) {
    if (statusOf(error) === 403) return undefined
    throw error
  }
}

function holderOf(
  { applicationId, groupId }: Iamv1alpha1.Policy,
  groups: readonly Iamv1alpha1.Group[] | undefined,
): LivePolicy['holder'] | undefined {
  if (applicationId) return { applicationId }
  const group = groups?.find(({ id }) => id === groupId)
  if (group === undefined) return undefined
  const { name, managed, applicationIds } = group
  return { group: { name, applicationIds, isAllApplications: managed && /application/i.test(name) } }
}

async function rulesOf(iam: Iamv1alpha1.API, policyId: string): Promise<Rule[]> {
  const rules = await iam.listRules({ policyId, pageSize: 100 }).all()
  return rules.map(({ permissionSetNames = [], organizationId, projectIds, condition }) => ({
    permissionSetNames,
    organizationId,
    projectIds,
    condition: condition ?? '',
  }))
}

/** Never quotes an answer. */
function whyUnseen(error: unknown): string {
  const status = statusOf(error)
  // Which status a refused key has is not known (docs/real-account.md).
  if (status === 401 || error instanceof Errors.DeniedAuthenticationError)
    return 'IAM does not know the key in SCW_SECRET_KEY, or it has expired'
  if (status === 403) return 'the key in SCW_SECRET_KEY may not list policies: it needs IAMReadOnly'
  if (status !== undefined) return `IAM answered with status ${status}`
  return 'IAM gave no answer that could be read, or SCW_ACCESS_KEY and SCW_SECRET_KEY have not the form of a key'
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}
