import { expect, test } from 'vitest'
import { ownerOf } from '../http/wire-client.ts'
import { createScaleway, type FakeScaleway, Refusal, SimulatedClock } from '../index.ts'

const KEYS = '/iam/v1alpha1/api-keys'

function setUp(options: Parameters<typeof createScaleway>[0] = {}) {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock, ...options })
  const application = scaleway.iam.createApplication({ name: 'bearer' })
  return { clock, scaleway, owner: ownerOf(scaleway), applicationId: application.id }
}

function inHours(scaleway: FakeScaleway, hours: number): Date {
  return new Date(scaleway.state.clock.now().getTime() + hours * 3_600_000)
}

async function listed(scaleway: FakeScaleway, query: string): Promise<unknown> {
  const { body } = await ownerOf(scaleway).call('GET', `${KEYS}?${query}`)
  const keys = Array.isArray(body?.api_keys) ? body.api_keys : []
  return keys.map(key => key.access_key)
}

test('a created key has every field of the platform and shows its secret key only then', async () => {
  const { owner, applicationId, clock, scaleway } = setUp()
  const expires_at = '2026-03-01T02:00:00+02:00'
  const fields = {
    application_id: applicationId,
    description: 'mine',
    expires_at,
    default_project_id: scaleway.projectId,
  }
  const created = await owner.call('POST', KEYS, fields)
  expect(created.status).toBe(200)
  const now = clock.now().toISOString()
  const wire = {
    access_key: expect.stringMatching(/^SCW[A-Z0-9]{17}$/),
    secret_key: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    application_id: applicationId,
    description: 'mine',
    created_at: now,
    updated_at: now,
    expires_at: '2026-03-01T00:00:00.000Z',
    default_project_id: scaleway.projectId,
    editable: true,
    deletable: true,
    managed: false,
    creation_ip: '127.0.0.1',
  }
  expect(created.body).toEqual(wire)
  const read = await owner.call('GET', `${KEYS}/${created.body?.access_key}`)
  expect(read.body).toEqual({ ...wire, secret_key: null })
  const list = await owner.call('GET', `${KEYS}?bearer_id=${applicationId}`)
  expect(list.body).toEqual({ api_keys: [{ ...wire, secret_key: null }], total_count: 1 })
})

test('a key without a default project gets the default project of the organization, not that of the deployment', async () => {
  const { owner, applicationId, scaleway } = setUp()
  const { body } = await owner.call('POST', KEYS, { application_id: applicationId })
  expect(body?.default_project_id).toBe(scaleway.organizationId)
  expect(body?.expires_at).toBeNull()
})

test('three creations with one description make three keys', async () => {
  const { owner, applicationId, scaleway } = setUp()
  for (const _ of [1, 2, 3]) await owner.call('POST', KEYS, { application_id: applicationId, description: 'same' })
  expect(scaleway.iam.apiKeys(applicationId)).toHaveLength(3)
})

test.each([
  ['no bearer', {}, 'application_id'],
  ['a description of 201 characters', { description: 'x'.repeat(201) }, 'description'],
  ['a description that is a number', { description: 5 }, 'description'],
  ['an expiry that is no time', { expires_at: 'tomorrow' }, 'expires_at'],
  ['an expiry in the past', { expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
])('a key with %s is refused with 400 naming the argument', async (what, fields, argument) => {
  const { owner, applicationId, scaleway } = setUp()
  const bearer = what === 'no bearer' ? {} : { application_id: applicationId }
  const answer = await owner.call('POST', KEYS, { ...bearer, ...fields })
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ type: 'invalid_arguments', details: [{ argument_name: argument }] })
  expect(scaleway.iam.apiKeys(applicationId)).toEqual([])
})

test('a key for an application that does not exist is refused with 404', async () => {
  const { owner } = setUp()
  const answer = await owner.call('POST', KEYS, { application_id: '11111111-2222-4333-8444-555555555555' })
  expect(answer.status).toBe(404)
  expect(answer.body).toMatchObject({ type: 'not_found', resource: 'application' })
})

test('a deleted key is 404 for every later read and delete', async () => {
  const { owner, applicationId, scaleway } = setUp()
  const { accessKey } = scaleway.iam.createApiKey({ applicationId })
  const deleted = await owner.call('DELETE', `${KEYS}/${accessKey}`)
  expect(deleted).toEqual({ status: 204, body: undefined, text: '', contentType: null })
  for (const method of ['GET', 'DELETE', 'PATCH']) {
    const answer = await owner.call(method, `${KEYS}/${accessKey}`, method === 'PATCH' ? {} : undefined)
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({
      message: 'resource is not found',
      resource: 'access_key',
      resource_id: accessKey,
      type: 'not_found',
    })
  }
})

test('a list can be filtered by everything that the platform filters by', async () => {
  const { applicationId, scaleway, clock } = setUp()
  const other = scaleway.iam.createApplication({ name: 'other' }).id
  const short = scaleway.iam.createApiKey({ applicationId, description: 'red one', expiresAt: inHours(scaleway, 1) })
  const long = scaleway.iam.createApiKey({ applicationId, description: 'red' })
  const ofOther = scaleway.iam.createApiKey({ applicationId: other, description: 'blue' })
  clock.advance({ hours: 2 })
  const bearer = `bearer_id=${applicationId}`
  expect(await listed(scaleway, bearer)).toEqual([short.accessKey, long.accessKey])
  expect(await listed(scaleway, `application_id=${other}`)).toEqual([ofOther.accessKey])
  expect(await listed(scaleway, 'bearer_type=user')).toEqual([scaleway.owner.accessKey])
  expect(await listed(scaleway, 'bearer_type=application&description=red')).toEqual([short.accessKey, long.accessKey])
  expect(await listed(scaleway, 'expired=true')).toEqual([short.accessKey])
  expect(await listed(scaleway, `${bearer}&expired=false`)).toEqual([long.accessKey])
  expect(await listed(scaleway, 'editable=false')).toEqual([])
  const both = `access_keys=${long.accessKey}&access_keys=${ofOther.accessKey}`
  expect(await listed(scaleway, both)).toEqual([long.accessKey, ofOther.accessKey])
})

test('a list comes in pages and in the requested order, with the count of all', async () => {
  const { owner, applicationId, scaleway, clock } = setUp()
  const keys: string[] = []
  for (const _ of [1, 2, 3]) {
    keys.push(scaleway.iam.createApiKey({ applicationId }).accessKey)
    clock.advance({ seconds: 1 })
  }
  const query = `bearer_id=${applicationId}&page_size=2`
  const second = await owner.call('GET', `${KEYS}?${query}&page=2`)
  expect(second.body).toMatchObject({ api_keys: [{ access_key: keys[2] }], total_count: 3 })
  expect(await listed(scaleway, `${query}&order_by=created_at_desc`)).toEqual([keys[2], keys[1]])
  expect(await listed(scaleway, `${query}&page=3`)).toEqual([])
  expect(await listed(scaleway, `bearer_id=${applicationId}&order_by=access_key_asc`)).toEqual([...keys].sort())
})

test('keys of the same millisecond keep their order of creation', async () => {
  const { applicationId, scaleway } = setUp()
  const keys = [1, 2, 3].map(() => scaleway.iam.createApiKey({ applicationId }).accessKey)
  expect(await listed(scaleway, `bearer_id=${applicationId}`)).toEqual(keys)
})

test.each(['page_size=0', 'page_size=101', 'page=0', 'page=10001', 'order_by=size', 'expired=maybe'])(
  'a list with %s is refused with 400',
  async query => {
    const answer = await setUp().owner.call('GET', `${KEYS}?${query}`)
    expect(answer.status).toBe(400)
  },
)

test('the organization holds 50 keys, of which the owner has one', async () => {
  const { owner, applicationId, scaleway } = setUp()
  for (let count = 1; count < 50; count++) scaleway.iam.createApiKey({ applicationId })
  const answer = await owner.call('POST', KEYS, { application_id: applicationId })
  expect(answer.status).toBe(403)
  expect(answer.body).toMatchObject({
    type: 'quotas_exceeded',
    details: [{ resource: 'iam_api_keys', quota: 50, current: 50 }],
  })
})

test('expired keys stay listed and count in the quota', async () => {
  const { applicationId, scaleway, clock } = setUp({ apiKeyQuota: 2 })
  const { accessKey } = scaleway.iam.createApiKey({ applicationId, expiresAt: inHours(scaleway, 1) })
  clock.advance({ days: 30 })
  expect(await listed(scaleway, `bearer_id=${applicationId}`)).toEqual([accessKey])
  expect(() => scaleway.iam.createApiKey({ applicationId })).toThrow(Refusal)
  scaleway.iam.deleteApiKey(accessKey)
  expect(() => scaleway.iam.createApiKey({ applicationId })).not.toThrow()
})

test('with a maximum duration a key needs an expiry within it', async () => {
  const { owner, applicationId, scaleway } = setUp({ maxApiKeyExpirationSeconds: 7200 })
  const create = (expiresAt?: Date) =>
    owner.call('POST', KEYS, { application_id: applicationId, ...(expiresAt && { expires_at: expiresAt }) })
  for (const refused of [await create(), await create(inHours(scaleway, 3))]) {
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      type: 'invalid_arguments',
      details: [{ argument_name: 'expires_at', reason: 'constraint' }],
    })
  }
  expect((await create(inHours(scaleway, 2))).status).toBe(200)
  const settings = `/iam/v1alpha1/organizations/${scaleway.organizationId}/security-settings`
  expect((await owner.call('GET', settings)).body).toMatchObject({ max_api_key_expiration_duration: '7200s' })
})

test('an update changes description and project and moves updated_at', async () => {
  const { owner, applicationId, scaleway, clock } = setUp()
  const { accessKey } = scaleway.iam.createApiKey({ applicationId, description: 'old' })
  clock.advance({ hours: 1 })
  const change = { description: 'new', default_project_id: scaleway.projectId }
  const { body } = await owner.call('PATCH', `${KEYS}/${accessKey}`, change)
  expect(body).toMatchObject({ ...change, secret_key: null, updated_at: clock.now().toISOString() })
})

test('an expiry can be added to a key that has none, and not moved afterwards', async () => {
  const { owner, applicationId, scaleway } = setUp()
  const { accessKey } = scaleway.iam.createApiKey({ applicationId })
  const expire = (hours: number) =>
    owner.call('PATCH', `${KEYS}/${accessKey}`, { expires_at: inHours(scaleway, hours) })
  expect((await expire(5)).status).toBe(200)
  expect((await expire(4)).status).toBe(400)
  expect((await expire(5)).status).toBe(200)
})

test('deleting an application deletes its keys and detaches its policies', async () => {
  const { owner, applicationId, scaleway } = setUp()
  const rules = [{ permissionSetNames: ['IAMReadOnly'], organizationId: scaleway.organizationId }]
  const { id: policyId } = scaleway.iam.createPolicy({ applicationId, rules })
  const { secretKey } = scaleway.iam.createApiKey({ applicationId })
  expect((await owner.call('DELETE', `/iam/v1alpha1/applications/${applicationId}`)).status).toBe(204)
  expect(scaleway.authenticates(secretKey)).toBe(false)
  expect(await listed(scaleway, '')).toEqual([scaleway.owner.accessKey])
  const policy = await owner.call('GET', `/iam/v1alpha1/policies/${policyId}`)
  expect(policy.body).toMatchObject({ no_principal: true })
  expect(policy.body).not.toHaveProperty('application_id')
})

test('the quota can be read', async () => {
  const { owner } = setUp({ apiKeyQuota: 77 })
  const { body } = await owner.call('GET', '/iam/v1alpha1/quota?quotum_names=iam_api_keys')
  expect(body).toMatchObject({ quota: [{ name: 'iam_api_keys', limit: 77 }], total_count: 1 })
})
