import { expect, test } from 'vitest'
import { ownerOf } from '../http/wire-client.ts'
import { createScaleway, SimulatedClock } from '../index.ts'

const IAM = '/iam/v1alpha1'

function setUp() {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock })
  const applicationId = scaleway.iam.createApplication({ name: 'a' }).id
  return { scaleway, clock, owner: ownerOf(scaleway), applicationId }
}

test('an application is created, read, changed and deleted as Terraform expects', async () => {
  const { owner, scaleway, clock } = setUp()
  const created = await owner.call('POST', `${IAM}/applications`, {
    name: 'rotator',
    description: '',
    organization_id: scaleway.organizationId,
    tags: [],
  })
  const wire = {
    id: expect.any(String),
    name: 'rotator',
    description: '',
    created_at: clock.now().toISOString(),
    updated_at: clock.now().toISOString(),
    organization_id: scaleway.organizationId,
    editable: true,
    deletable: true,
    managed: false,
    nb_api_keys: 0,
    tags: [],
  }
  expect(created).toMatchObject({ status: 200, body: wire })
  const path = `${IAM}/applications/${created.body?.id}`
  clock.advance({ minutes: 1 })
  await owner.call('PATCH', path, { name: 'renamed', tags: ['x'] })
  const changed = { ...wire, name: 'renamed', tags: ['x'], updated_at: clock.now().toISOString() }
  expect((await owner.call('GET', path)).body).toEqual(changed)
  const list = await owner.call('GET', `${IAM}/applications?name=renamed`)
  expect(list.body).toMatchObject({ applications: [{ name: 'renamed' }], total_count: 1 })
  expect((await owner.call('DELETE', path)).status).toBe(204)
  expect((await owner.call('GET', path)).status).toBe(404)
})

test.each(['cost:42', 'équipe', ''])('a tag that IAM does not take is refused with 400: "%s"', async tag => {
  const { owner, applicationId, scaleway } = setUp()
  const { id: policyId } = scaleway.iam.createPolicy({ applicationId, rules: [] })
  const refused = { status: 400, body: { type: 'invalid_arguments', details: [{ argument_name: 'tags' }] } }
  const asApplication = { name: 'b', tags: ['fine', tag] }
  const asPolicy = { ...asApplication, no_principal: true }
  expect(await owner.call('POST', `${IAM}/applications`, asApplication)).toMatchObject(refused)
  expect(await owner.call('PATCH', `${IAM}/applications/${applicationId}`, asApplication)).toMatchObject(refused)
  expect(await owner.call('POST', `${IAM}/policies`, asPolicy)).toMatchObject(refused)
  expect(await owner.call('PATCH', `${IAM}/policies/${policyId}`, { tags: [tag] })).toMatchObject(refused)
})

test('the bearer counts its keys', async () => {
  const { owner, scaleway, applicationId } = setUp()
  scaleway.iam.createApiKey({ applicationId })
  const { body } = await owner.call('GET', `${IAM}/applications/${applicationId}`)
  expect(body?.nb_api_keys).toBe(1)
})

test('a policy keeps the order of its rules, and each rule only its own scope', async () => {
  const { owner, scaleway, applicationId } = setUp()
  const projectRule = {
    permission_set_names: ['SecretManagerReadOnly', 'SecretManagerSecretWrite'],
    project_ids: [scaleway.projectId],
    condition: 'resource.id == "x"',
  }
  const organizationRule = {
    permission_set_names: ['IAMApplicationManager'],
    organization_id: scaleway.organizationId,
    condition: '',
  }
  const created = await owner.call('POST', `${IAM}/policies`, {
    name: 'rotator',
    description: 'd',
    organization_id: '',
    tags: null,
    application_id: applicationId,
    user_id: null,
    rules: [projectRule, organizationRule],
  })
  const counts = { nb_rules: 2, nb_scopes: 2, nb_permission_sets: 3 }
  const fields = { name: 'rotator', description: 'd', application_id: applicationId, tags: [], ...counts }
  expect(created).toMatchObject({ status: 200, body: fields })
  const rules = await owner.call('GET', `${IAM}/rules?policy_id=${created.body?.id}`)
  expect(rules.body).toEqual({
    rules: [
      { ...projectRule, id: expect.any(String), permission_sets_scope_type: 'projects' },
      { ...organizationRule, id: expect.any(String), permission_sets_scope_type: 'organization' },
    ],
    total_count: 2,
  })
  await owner.call('PUT', `${IAM}/rules`, { policy_id: created.body?.id, rules: [organizationRule] })
  const after = await owner.call('GET', `${IAM}/rules?policy_id=${created.body?.id}`)
  expect(after.body).toMatchObject({ rules: [organizationRule], total_count: 1 })
})

test('a policy can be found by name and by application, renamed and deleted', async () => {
  const { owner, scaleway, applicationId } = setUp()
  const rules = [{ permissionSetNames: ['IAMReadOnly'], organizationId: scaleway.organizationId }]
  const { id } = scaleway.iam.createPolicy({ name: 'reader', applicationId, rules })
  for (const query of ['policy_name=reader', `application_ids=${applicationId}`, `policy_ids=${id}`]) {
    const list = await owner.call('GET', `${IAM}/policies?${query}`)
    expect(list.body).toMatchObject({ policies: [{ id }], total_count: 1 })
  }
  const renamed = await owner.call('PATCH', `${IAM}/policies/${id}`, { name: 'renamed' })
  expect(renamed.body).toMatchObject({ name: 'renamed', application_id: applicationId, nb_rules: 1 })
  expect((await owner.call('DELETE', `${IAM}/policies/${id}`)).status).toBe(204)
  expect((await owner.call('GET', `${IAM}/rules?policy_id=${id}`)).status).toBe(404)
})

const MIXED = ['IAMReadOnly', 'SecretManagerReadOnly']
const PROJECTS = { project_ids: ['11111111-2222-4333-8444-555555555555'] }

test.each<[string, string[], object, { argument_name: string; reason: string }]>([
  ['that mixes scope types', MIXED, PROJECTS, { argument_name: 'permission_set_names', reason: 'constraint' }],
  ['with an unknown set', ['SecretAcces'], PROJECTS, { argument_name: 'permission_set_names', reason: 'constraint' }],
  ['without a set', [], PROJECTS, { argument_name: 'permission_set_names', reason: 'required' }],
  ['for projects, without one', ['SecretManagerReadOnly'], {}, { argument_name: 'project_ids', reason: 'required' }],
  ['for the organization, without it', ['IAMReadOnly'], {}, { argument_name: 'organization_id', reason: 'required' }],
  [
    'for the organization, with projects',
    ['IAMReadOnly'],
    PROJECTS,
    { argument_name: 'organization_id', reason: 'required' },
  ],
])('a rule %s is refused with 400', async (_, permission_set_names, scope, detail) => {
  const { owner, scaleway, applicationId } = setUp()
  const rules = [{ permission_set_names, ...scope }]
  const answer = await owner.call('POST', `${IAM}/policies`, { name: 'p', application_id: applicationId, rules })
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ type: 'invalid_arguments', details: [detail] })
  expect(scaleway.iam.policies()).toEqual([])
})

test.each(['resource.id ==', 'x'.repeat(2049)])('a rule with a bad condition is refused with 400', async condition => {
  const { owner, scaleway, applicationId } = setUp()
  const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: scaleway.organizationId, condition }]
  const answer = await owner.call('POST', `${IAM}/policies`, { name: 'p', application_id: applicationId, rules })
  expect(answer.body).toMatchObject({ type: 'invalid_arguments', details: [{ argument_name: 'condition' }] })
})

test('a policy needs exactly one principal', async () => {
  const { owner, scaleway, applicationId } = setUp()
  const none = await owner.call('POST', `${IAM}/policies`, { name: 'p', rules: [] })
  const two = { name: 'p', rules: [], application_id: applicationId, user_id: scaleway.state.ownerUserId }
  expect(none.status).toBe(400)
  expect((await owner.call('POST', `${IAM}/policies`, two)).status).toBe(400)
})

test('the 51st policy and the 101st application are refused as quotas_exceeded', () => {
  const { scaleway, applicationId } = setUp()
  for (let count = 0; count < 50; count++) scaleway.iam.createPolicy({ applicationId, rules: [] })
  expect(() => scaleway.iam.createPolicy({ applicationId, rules: [] })).toThrow('quota')
  for (let count = 1; count < 100; count++) scaleway.iam.createApplication({ name: 'x' })
  expect(() => scaleway.iam.createApplication({ name: 'x' })).toThrow('quota')
})

test('the permission sets can be listed with their scope', async () => {
  const { body } = await setUp().owner.call('GET', `${IAM}/permission-sets?page_size=100`)
  expect(body?.permission_sets).toContainEqual({
    id: 'IAMApplicationManager',
    name: 'IAMApplicationManager',
    scope_type: 'organization',
  })
})
