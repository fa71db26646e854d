import * as v from 'valibot'
import { beforeEach, expect, test } from 'vitest'
import { CannotProceedError } from '../../../scripts/cli/cannot-proceed.ts'
import { createIdentities, type Identities } from '../../../scripts/local/identities.ts'
import { createChecker } from '../../../scripts/smoke/check.ts'
import { checkPolicies } from '../../../scripts/smoke/policies/check.ts'
import { policiesOutput } from '../../../scripts/smoke/policies/granted.ts'
import { type IamAccess, iamAccess } from '../../../scripts/smoke/policies/iam-access.ts'
import { createScaleway, type FakeScaleway, type NewRule, serve } from '../../fake-scaleway/index.ts'
import { expectNoSecret } from '../../support/secrets.ts'
import { grantedPolicies } from './granted-policies.ts'

let cloud: FakeScaleway
let ids: Identities
let apiUrl: string
/** The output `policies` after the apply. */
let policies: ReturnType<typeof grantedPolicies>
beforeEach(async () => {
  cloud = createScaleway()
  ids = createIdentities(cloud)
  policies = grantedPolicies(cloud, ids)
  const { url, close } = await serve(cloud)
  apiUrl = url
  return close
})

const allIsWell = ['ok    5 applications may do what was granted to them, and nothing else']

test('what was granted, and nothing else, is one line', async () => {
  expect(await lookedAt()).toEqual(allIsWell)
})

test('a right that a person took from the rotator is named, and an apply gives it back', async () => {
  cloud.iam.removePermissionSet(policyOf('rotator'), 'SecretManagerSecretDelete')
  expect(await lookedAt()).toEqual([
    'FAIL  the policy of rotator lacks SecretManagerSecretDelete',
    '      Apply: that sets its rules again.',
  ])
})

test('a condition that a person removed is named, and so is a right that was added', async () => {
  const projectIds = [cloud.projectId]
  cloud.iam.updatePolicy(policyOf('reader'), {
    rules: [{ permissionSetNames: ['SecretManagerSecretAccess'], projectIds }],
  })
  cloud.iam.updatePolicy(policyOf('operator'), {
    rules: [{ permissionSetNames: ['FunctionsPrivateAccess', 'FunctionsFullAccess'], projectIds }],
  })
  expect(await lookedAt()).toEqual([
    'FAIL  the policy of reader holds SecretManagerSecretAccess under another condition',
    '      Apply: that sets its rules again.',
    'FAIL  the policy of operator has FunctionsFullAccess besides',
    '      Apply: that sets its rules again.',
  ])
})

test('the same right in another project is not the one that was granted', async () => {
  const rules = [{ permissionSetNames: ['FunctionsPrivateAccess'], projectIds: [cloud.organizationId] }]
  cloud.iam.updatePolicy(policyOf('monitor-uptime'), { rules })
  expect(await lookedAt()).toEqual([
    'FAIL  the policy of monitor-uptime holds FunctionsPrivateAccess elsewhere than it should',
    '      Apply: that sets its rules again.',
  ])
})

test('what is different while lists lag behind an apply is looked at once more', async () => {
  const projectIds = [cloud.projectId]
  const rules = cloud.state.policies.get(policyOf('operator'))?.rules ?? []
  cloud.iam.updatePolicy(policyOf('operator'), { rules: [{ permissionSetNames: ['FunctionsReadOnly'], projectIds }] })
  const isSettled = setTimeout(() => {
    const stored = cloud.state.policies.get(policyOf('operator'))
    if (stored) cloud.state.policies.set(stored.id, { ...stored, rules }, 0)
  }, 500)
  expect(await lookedAt({}, { waitSeconds: 1 })).toEqual(allIsWell)
  clearTimeout(isSettled)
})

test('a policy that is gone is named', async () => {
  cloud.iam.deletePolicy(policyOf('consumer-app'))
  expect(await lookedAt()).toEqual([
    'FAIL  consumer-app has lost its policy',
    '      Apply: that makes or attaches it again.',
  ])
})

test('a second policy of an identity is named with what it gives, and its name controls no terminal', async () => {
  const name = 'mine'
  const { id } = cloud.iam.createPolicy({ name, applicationId: ids.reader.applicationId, rules: mayDoAll() })
  const stored = cloud.state.policies.get(id)
  if (stored) cloud.state.policies.set(id, { ...stored, name: 'mi\u001bne' }, 0)
  expect(await lookedAt()).toEqual([
    'FAIL  the policy "mi?ne", which is not of this deployment, gives reader AllProductsFullAccess',
    '      Delete it in IAM: no apply knows it.',
  ])
})

test('a policy of a group is named with the identities that it reaches, and one of another group is not', async () => {
  const { applicationId } = ids.operator
  const stranger = cloud.iam.createApplication({ name: 'another' }).id
  for (const [name, applicationIds] of [
    ['admins', [applicationId, stranger, ids.monitor.applicationId]],
    ['others', [stranger]],
  ] as const) {
    cloud.iam.createPolicy({ name, groupId: cloud.iam.createGroup({ name, applicationIds }).id, rules: mayDoAll() })
  }
  cloud.iam.createPolicy({ name: 'theirs', applicationId: stranger, rules: mayDoAll() })
  expect(await lookedAt()).toEqual([
    'FAIL  the policy "admins" of the group "admins" gives operator, monitor-uptime AllProductsFullAccess',
    '      Take them out of that group.',
  ])
})

test('a policy of All Applications is named, although that group lists nobody, and one of All Users is not', async () => {
  const { iam, organizationId } = cloud
  const [applications, users] = iam.groups()
  const rules = [{ permissionSetNames: ['IAMReadOnly', 'BillingReadOnly'], organizationId }]
  iam.createPolicy({ name: 'everybody reads', groupId: applications?.id ?? '', rules })
  iam.createPolicy({ name: 'people', groupId: users?.id ?? '', rules })
  expect(await lookedAt()).toEqual([
    'FAIL  the policy "everybody reads" of All Applications gives every identity of this deployment BillingReadOnly, IAMReadOnly',
    '      Attach it to a group of those applications that need it, and delete it here.',
  ])
})

test('more policies than a page holds are all read', async () => {
  Object.assign(cloud.state.quotas, { policies: 200 })
  const stranger = cloud.iam.createApplication({ name: 'another' }).id
  for (let count = 0; count < 120; count++) cloud.iam.createPolicy({ applicationId: stranger, rules: mayDoAll() })
  cloud.iam.createPolicy({ name: 'the last', applicationId: ids.rotator.applicationId, rules: mayDoAll() })
  expect(await lookedAt()).toContain(
    'FAIL  the policy "the last", which is not of this deployment, gives rotator AllProductsFullAccess',
  )
})

test.each([
  ['may list nothing', [], /may not list policies: it needs IAMReadOnly$/],
  ['is unknown', undefined, /^skip .*: IAM does not know the key in SCW_SECRET_KEY, or it has expired$/],
] as const)('a key that %s is told so, which is no failure', async (_, sets, expected) => {
  const access = sets === undefined ? { secretKey: crypto.randomUUID() } : reading(sets)
  expect(await lookedAt(access)).toEqual([expect.stringMatching(expected)])
})

test('a key that is unknown is no key that lacks rights, also where the platform answers both with 403', async () => {
  Object.assign(cloud.state, { readings: { ...cloud.state.readings, refusedKey: '403' } })
  expect(await lookedAt({ secretKey: crypto.randomUUID() })).toEqual([expect.stringMatching(/does not know the key/)])
})

test('a key that may list policies and no groups compares the former, and says that it cannot the latter', async () => {
  expect(await lookedAt(reading(['IAMPolicyReadOnly']))).toEqual([
    ...allIsWell,
    expect.stringMatching(/^skip {2}policies of groups, All Applications among them, are not looked at/),
  ])
  expect(await lookedAt(reading(['IAMReadOnly']))).toEqual(allIsWell)
})

test('an IAM that cannot be reached, or a key of no form, is told, and no key is printed', async () => {
  const [secretKey, accessKey] = ['not-a-key-but-secret', 'neither']
  const lines = [...(await lookedAt({ apiUrl: 'http://127.0.0.1:1' })), ...(await lookedAt({ secretKey, accessKey }))]
  expect(lines).toEqual(Array(2).fill(expect.stringMatching(/^skip .*: IAM gave no answer that could be read/)))
  expectNoSecret(lines, [secretKey, accessKey, cloud.owner.secretKey])
})

test('a state without the output is told to apply, and a run without a key of its own what it lacks', async () => {
  expect(await lookedAt({}, { value: null })).toEqual([expect.stringMatching(/^skip .* which an apply adds$/)])
  expect(iamAccess({ SCW_ACCESS_KEY: 'SCW00000000000000000', SCW_SECRET_KEY: '' })).toBeUndefined()
})

test('the key is sent to the API of the environment, over TLS or to loopback alone', () => {
  const key = { SCW_ACCESS_KEY: 'SCW00000000000000000', SCW_SECRET_KEY: crypto.randomUUID() }
  expect(iamAccess(key)?.apiUrl).toBe('https://api.scaleway.com')
  expect(iamAccess({ ...key, SCW_API_URL: 'http://127.0.0.1:8080' })?.apiUrl).toBe('http://127.0.0.1:8080')
  expect(() => iamAccess({ ...key, SCW_API_URL: 'http://api.test' })).toThrow(CannotProceedError)
})

function mayDoAll(): NewRule[] {
  return [{ permissionSetNames: ['AllProductsFullAccess'], projectIds: [cloud.projectId] }]
}

/** The key of a person's application with these sets of the organization. */
function reading(sets: readonly string[]): Pick<IamAccess, 'accessKey' | 'secretKey'> {
  const { iam, organizationId } = cloud
  const applicationId = iam.createApplication({ name: 'a person' }).id
  if (sets.length > 0) iam.createPolicy({ applicationId, rules: [{ permissionSetNames: sets, organizationId }] })
  return iam.createApiKey({ applicationId })
}

/** The lines that the comparison prints, looking with the owner's key unless another is given. */
async function lookedAt(
  access: Partial<IamAccess> = {},
  { value = policies, waitSeconds = 0 }: { value?: typeof policies | null; waitSeconds?: number } = {},
): Promise<string[]> {
  const lines: string[] = []
  const send = () => {
    throw new Error('no function is called')
  }
  const checker = createChecker({ send, print: line => lines.push(line) })
  const granted = v.parse(policiesOutput, { value }) ?? undefined
  const key = { apiUrl, ...cloud.owner, ...access }
  await checkPolicies({ granted, access: key, waitSeconds }, checker)
  expect(checker.counts.failed).toBe(lines.filter(line => line.startsWith('FAIL')).length)
  return lines
}

/** The id of the policy that an apply made for an identity. */
function policyOf(name: string): string {
  return policies.applications[name]?.policy_id ?? ''
}
