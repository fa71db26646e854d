import { expect, test } from 'vitest'
import { ownerOf } from '../http/wire-client.ts'
import { createScaleway, SimulatedClock } from '../index.ts'

const SECRETS = '/secret-manager/v1beta1/regions/fr-par/secrets'

function setUp() {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock })
  return { clock, scaleway, owner: ownerOf(scaleway) }
}

test('a secret has every field of the platform', async () => {
  const { owner, scaleway, clock } = setUp()
  const created = await owner.call('POST', SECRETS, {
    project_id: scaleway.projectId,
    name: 'key',
    tags: ['a'],
    type: 'key_value',
    path: '/rotated/',
    protected: true,
    description: 'd',
    ephemeral_policy: null,
  })
  const now = clock.now().toISOString()
  const wire = {
    id: expect.any(String),
    project_id: scaleway.projectId,
    name: 'key',
    status: 'ready',
    created_at: now,
    updated_at: now,
    tags: ['a'],
    version_count: 0,
    description: 'd',
    managed: false,
    protected: true,
    type: 'key_value',
    path: '/rotated',
    ephemeral_policy: null,
    used_by: [],
    deletion_requested_at: null,
    key_id: null,
    region: 'fr-par',
  }
  expect(created).toMatchObject({ status: 200, body: wire })
  expect((await owner.call('GET', `${SECRETS}/${created.body?.id}`)).body).toEqual(wire)
})

test('a name that exists in the same path is refused with 400, in another path, project or region it is not', async () => {
  const { owner, scaleway } = setUp()
  const fields = { name: 'key', path: '/a', project_id: scaleway.projectId }
  expect((await owner.call('POST', SECRETS, fields)).status).toBe(200)
  const clash = await owner.call('POST', SECRETS, { ...fields, path: '/a/' })
  expect(clash.status).toBe(400)
  expect(clash.body).toMatchObject({
    type: 'invalid_arguments',
    details: [{ argument_name: 'name', reason: 'format', help_message: expect.stringContaining('same path') }],
  })
  expect((await owner.call('POST', SECRETS, { ...fields, path: '/' })).status).toBe(200)
  expect((await owner.call('POST', SECRETS, { ...fields, project_id: scaleway.organizationId })).status).toBe(200)
  expect((await owner.call('POST', SECRETS.replace('fr-par', 'nl-ams'), fields)).status).toBe(200)
})

test('a secret is not found in another region, and a region that does not exist is refused', async () => {
  const { owner, scaleway } = setUp()
  const { id } = scaleway.secrets.createSecret({ name: 'key' })
  expect((await owner.call('GET', `${SECRETS.replace('fr-par', 'pl-waw')}/${id}`)).status).toBe(404)
  expect((await owner.call('GET', `${SECRETS.replace('fr-par', 'us-east')}/${id}`)).status).toBe(400)
})

test('a protected secret cannot be deleted, its versions can', async () => {
  const { owner, scaleway } = setUp()
  const { id } = scaleway.secrets.createSecret({ name: 'key', protected: true })
  scaleway.secrets.addVersion(id, { data: 'x' })
  const refused = await owner.call('DELETE', `${SECRETS}/${id}`)
  expect(refused.status).toBe(412)
  expect(refused.body).toMatchObject({
    type: 'precondition_failed',
    precondition: 'protected_resource',
    help_message: expect.any(String),
  })
  expect((await owner.call('DELETE', `${SECRETS}/${id}/versions/1`)).status).toBe(204)
  expect((await owner.call('POST', `${SECRETS}/${id}/unprotect`, {})).body).toMatchObject({ protected: false })
  expect((await owner.call('DELETE', `${SECRETS}/${id}`)).status).toBe(204)
})

test('a deleted secret can be read for seven days, keeps its name, gives no payload, and then no longer exists', async () => {
  const { owner, scaleway, clock } = setUp()
  const { id } = scaleway.secrets.createSecret({ name: 'key' })
  scaleway.secrets.addVersion(id, { data: 'x' })
  expect((await owner.call('DELETE', `${SECRETS}/${id}`)).status).toBe(204)
  const deletedAt = clock.now().toISOString()
  clock.advance({ days: 7, milliseconds: -1 })
  const read = await owner.call('GET', `${SECRETS}/${id}`)
  expect(read.body).toMatchObject({ status: 'ready', deletion_requested_at: deletedAt, version_count: 1 })
  expect((await owner.call('GET', `${SECRETS}/${id}/versions/latest_enabled/access`)).status).toBe(404)
  expect((await owner.call('POST', `${SECRETS}/${id}/versions`, { data: 'eA==' })).status).toBe(412)
  expect((await owner.call('POST', SECRETS, { name: 'key' })).status).toBe(400)
  clock.advance({ milliseconds: 1 })
  expect((await owner.call('GET', `${SECRETS}/${id}`)).status).toBe(404)
  expect((await owner.call('POST', SECRETS, { name: 'key' })).status).toBe(200)
})

test('a restored secret has its versions back, each with its former status', async () => {
  const { owner, scaleway } = setUp()
  const { id } = scaleway.secrets.createSecret({ name: 'key' })
  for (const data of ['one', 'two']) scaleway.secrets.addVersion(id, { data })
  scaleway.secrets.disableVersion(id, 1)
  scaleway.secrets.deleteSecret(id)
  expect(scaleway.secrets.versions(id).map(({ status }) => status)).toEqual([
    'scheduled_for_deletion',
    'scheduled_for_deletion',
  ])
  const restored = await owner.call('POST', `${SECRETS}/${id}/restore`, {})
  expect(restored.body).toMatchObject({ id, deletion_requested_at: null })
  expect(scaleway.secrets.versions(id).map(({ status }) => status)).toEqual(['enabled', 'disabled'])
  expect((await owner.call('POST', `${SECRETS}/${id}/restore`, {})).status).toBe(412)
})

test('a list shows the secrets that are not scheduled, unless the others are requested', async () => {
  const { owner, scaleway } = setUp()
  const kept = scaleway.secrets.createSecret({ name: 'b', type: 'key_value' }).id
  const deleted = scaleway.secrets.createSecret({ name: 'a', path: '/x' }).id
  scaleway.secrets.deleteSecret(deleted)
  const list = async (query: string) =>
    (await owner.call('GET', `${SECRETS}?project_id=${scaleway.projectId}&${query}`)).body
  expect(await list('')).toMatchObject({ secrets: [{ id: kept }], total_count: 1 })
  expect(await list('scheduled_for_deletion=true')).toMatchObject({ secrets: [{ id: deleted }], total_count: 1 })
  expect(await list('name=b&type=unknown_type&scheduled_for_deletion=false')).toMatchObject({ secrets: [{ id: kept }] })
  expect(await list('type=opaque')).toMatchObject({ secrets: [], total_count: 0 })
  expect(await list('path=/x&scheduled_for_deletion=true')).toMatchObject({ secrets: [{ id: deleted }] })
})

test('an update changes what is given and moves updated_at', async () => {
  const { owner, scaleway, clock } = setUp()
  const { id } = scaleway.secrets.createSecret({ name: 'key' })
  clock.advance({ hours: 1 })
  const change = { name: 'renamed', tags: ['x'], path: '/there', description: 'd' }
  const { body } = await owner.call('PATCH', `${SECRETS}/${id}`, change)
  expect(body).toMatchObject({ ...change, updated_at: clock.now().toISOString() })
})

test('the 101st secret is refused as quotas_exceeded', async () => {
  const { owner, scaleway } = setUp()
  for (let count = 0; count < 100; count++) scaleway.secrets.createSecret({ name: `key-${count}` })
  const refused = await owner.call('POST', SECRETS, { name: 'one-more' })
  expect(refused.body).toMatchObject({ type: 'quotas_exceeded', details: [{ quota: 100, current: 100 }] })
})

test.each([{ ephemeral_policy: { action: 'delete' } }, { key_id: '11111111-2222-4333-8444-555555555555' }])(
  'a secret with %j is refused with 501 instead of being made without it',
  async field => {
    const { owner, scaleway } = setUp()
    expect((await owner.call('POST', SECRETS, { name: 'key', ...field })).status).toBe(501)
    expect(scaleway.secrets.secrets()).toEqual([])
  },
)
