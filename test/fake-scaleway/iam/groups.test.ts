import { createClient, Iamv1alpha1 } from '@scaleway/sdk'
import { expect, onTestFinished, test } from 'vitest'
import { ownerOf } from '../http/wire-client.ts'
import { createScaleway, serve } from '../index.ts'

const IAM = '/iam/v1alpha1'

/** An application with a key, and a rule that lets its bearer read IAM. */
function setUp() {
  const scaleway = createScaleway()
  const { iam, organizationId } = scaleway
  const applicationId = iam.createApplication({ name: 'a' }).id
  const { secretKey } = iam.createApiKey({ applicationId })
  const rules = [{ permissionSetNames: ['IAMReadOnly'], organizationId }]
  const mayReadIam = () => scaleway.authorize({ secretKey, permissionSet: 'IAMReadOnly', organizationId }) === 'allowed'
  return { scaleway, iam, owner: ownerOf(scaleway), applicationId, rules, mayReadIam }
}

test('a policy of a group reaches its members, and no other application', async () => {
  const { scaleway, owner, applicationId, rules, mayReadIam } = setUp()
  const server = await serve(scaleway)
  onTestFinished(server.close)
  const { accessKey, secretKey } = scaleway.owner
  const sdk = new Iamv1alpha1.API(createClient({ apiURL: server.url, accessKey, secretKey }))
  const { organizationId } = scaleway
  const group = await sdk.createGroup({ name: 'readers', description: '', organizationId })
  expect((await owner.call('POST', `${IAM}/policies`, { name: 'p', group_id: group.id, rules: [] })).status).toBe(200)
  scaleway.iam.createPolicy({ groupId: group.id, rules })
  expect(mayReadIam()).toBe(false)
  await sdk.addGroupMember({ groupId: group.id, applicationId })
  expect(mayReadIam()).toBe(true)
  expect((await sdk.listGroups({ organizationId, applicationIds: [applicationId] })).groups).toMatchObject([
    { id: group.id, name: 'readers', applicationIds: [applicationId], managed: false },
  ])
  await sdk.removeGroupMember({ groupId: group.id, applicationId })
  expect(mayReadIam()).toBe(false)
})

test('every organization has a group of all applications and one of all users, which nobody changes', async () => {
  const { scaleway, owner, applicationId } = setUp()
  const { body } = await owner.call('GET', `${IAM}/groups?organization_id=${scaleway.organizationId}`)
  const [applications, users, ...others] = scaleway.iam.groups()
  expect([body?.total_count, others]).toEqual([2, []])
  expect([applications?.name, users?.name]).toEqual(['All Applications', 'All Users'])
  const added = await owner.call('POST', `${IAM}/groups/${applications?.id}/add-member`, {
    application_id: applicationId,
  })
  expect(added.status).toBe(403)
})

test('a policy of all applications reaches each of them, one of all users none', () => {
  const { iam, rules, mayReadIam } = setUp()
  const [applications, users] = iam.groups()
  iam.createPolicy({ groupId: users?.id ?? '', rules })
  expect(mayReadIam()).toBe(false)
  iam.createPolicy({ groupId: applications?.id ?? '', rules })
  expect(mayReadIam()).toBe(true)
})
