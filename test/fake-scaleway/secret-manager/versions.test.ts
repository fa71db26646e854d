import { expect, test } from 'vitest'
import { ownerOf } from '../http/wire-client.ts'
import { createScaleway, SimulatedClock } from '../index.ts'

function setUp(versions: readonly string[] = []) {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock })
  const { id } = scaleway.secrets.createSecret({ name: 'key' })
  for (const data of versions) scaleway.secrets.addVersion(id, { data })
  const path = `/secret-manager/v1beta1/regions/fr-par/secrets/${id}/versions`
  const owner = ownerOf(scaleway)
  const call = (method: string, rest = '', body?: object) => owner.call(method, `${path}${rest}`, body)
  const statuses = () => scaleway.secrets.versions(id).map(({ revision, status }) => `${revision} ${status}`)
  return { clock, scaleway, id, call, statuses }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a new version is enabled at once and has every field of the platform', async () => {
  const { call, clock, id } = setUp()
  const created = await call('POST', '', { data: base64('x'), description: 'd' })
  const now = clock.now().toISOString()
  const wire = {
    revision: 1,
    secret_id: id,
    status: 'enabled',
    created_at: now,
    updated_at: now,
    deleted_at: null,
    description: 'd',
    latest: true,
    ephemeral_properties: null,
    deletion_requested_at: null,
    region: 'fr-par',
  }
  expect(created).toMatchObject({ status: 200, body: wire })
  expect((await call('GET', '/1')).body).toEqual(wire)
  expect((await call('GET')).body).toEqual({ versions: [wire], total_count: 1 })
})

test('versions are listed newest first, in pages, filtered by any of several statuses', async () => {
  const { call, scaleway, id } = setUp(['1', '2', '3', '4'])
  scaleway.secrets.disableVersion(id, 2)
  scaleway.secrets.deleteVersion(id, 1)
  const revisions = async (query: string) => {
    const { body } = await call('GET', query)
    return [Array.isArray(body?.versions) && body.versions.map(({ revision }) => revision), body?.total_count]
  }
  expect(await revisions('')).toEqual([[4, 3, 2, 1], 4])
  expect(await revisions('?page_size=3&page=2')).toEqual([[1], 4])
  expect(await revisions('?status=unknown_status')).toEqual([[4, 3, 2, 1], 4])
  expect(await revisions('?status=disabled&status=scheduled_for_deletion')).toEqual([[2, 1], 2])
})

test('revisions grow by one and are never reused', async () => {
  const { call, clock } = setUp(['1'])
  await call('DELETE', '/1')
  expect((await call('POST', '', { data: base64('x') })).body?.revision).toBe(2)
  clock.advance({ days: 8 })
  await call('DELETE', '/2')
  clock.advance({ days: 8 })
  expect((await call('POST', '', { data: base64('x') })).body?.revision).toBe(3)
})

test('a deleted version is listed as scheduled for seven days and then no longer', async () => {
  const { call, clock, statuses } = setUp(['1', '2'])
  expect((await call('DELETE', '/1')).status).toBe(204)
  expect((await call('GET', '/1')).body).toMatchObject({
    status: 'scheduled_for_deletion',
    deletion_requested_at: clock.now().toISOString(),
    updated_at: clock.now().toISOString(),
  })
  clock.advance({ days: 7, milliseconds: -1 })
  expect(statuses()).toEqual(['2 enabled', '1 scheduled_for_deletion'])
  clock.advance({ milliseconds: 1 })
  expect(statuses()).toEqual(['2 enabled'])
  expect((await call('GET', '/1')).status).toBe(404)
})

test('scheduled versions count in version_count and in the quota of 20, until the seven days are over', async () => {
  const { call, clock, scaleway, id } = setUp(Array.from({ length: 20 }, String))
  await call('DELETE', '/1')
  const refused = await call('POST', '', { data: base64('x') })
  expect(refused.status).toBe(403)
  expect(refused.body).toMatchObject({ type: 'quotas_exceeded', details: [{ quota: 20, current: 20 }] })
  const secret = `/secret-manager/v1beta1/regions/fr-par/secrets/${id}`
  expect((await ownerOf(scaleway).call('GET', secret)).body?.version_count).toBe(20)
  clock.advance({ days: 7 })
  expect((await call('POST', '', { data: base64('x') })).body?.revision).toBe(21)
})

test('latest is the highest revision whatever its status, latest_enabled the highest enabled one', async () => {
  const { call, scaleway, id } = setUp(['one', 'two', 'three'])
  scaleway.secrets.disableVersion(id, 3)
  expect((await call('GET', '/latest')).body).toMatchObject({ revision: 3, latest: true })
  expect((await call('GET', '/latest_enabled')).body).toMatchObject({ revision: 2, latest: false })
  expect((await call('GET', '/latest/access')).status).toBe(404)
  expect((await call('GET', '/latest_enabled/access')).body).toMatchObject({ revision: 2, data: base64('two') })
  scaleway.secrets.deleteVersion(id, 2)
  expect((await call('GET', '/latest_enabled/access')).body).toMatchObject({ revision: 1 })
  scaleway.secrets.disableVersion(id, 1)
  const none = await call('GET', '/latest_enabled/access')
  expect(none.status).toBe(404)
  expect(none.body).toMatchObject({ type: 'not_found', resource: 'secret_version' })
})

test('the payload of a disabled or scheduled version is 404, of an enabled one again readable', async () => {
  const { call } = setUp(['x'])
  await call('POST', '/1/disable', {})
  expect((await call('GET', '/1/access')).status).toBe(404)
  await call('POST', '/1/enable', {})
  expect((await call('GET', '/1/access')).body).toMatchObject({ data: base64('x') })
  await call('DELETE', '/1')
  expect((await call('GET', '/1/access')).status).toBe(404)
})

test('a restored version has its former status; only a scheduled one can be restored', async () => {
  const { call } = setUp(['x'])
  await call('POST', '/1/disable', {})
  expect((await call('POST', '/1/restore', {})).status).toBe(412)
  await call('DELETE', '/1')
  const restored = await call('POST', '/1/restore', {})
  expect(restored.body).toMatchObject({ status: 'disabled', deletion_requested_at: null })
})

test.each([
  ['POST', '/1/enable'],
  ['POST', '/1/disable'],
  ['PATCH', '/1'],
  ['DELETE', '/1'],
])('%s %s of a scheduled version is refused with 412', async (method, rest) => {
  const { call, statuses } = setUp(['x'])
  await call('DELETE', '/1')
  const refused = await call(method, rest, { description: 'new' })
  expect(refused.status).toBe(412)
  expect(refused.body).toMatchObject({ type: 'precondition_failed', help_message: expect.any(String) })
  expect(statuses()).toEqual(['1 scheduled_for_deletion'])
})

test('every change moves updated_at; enabling an enabled version is no change', async () => {
  const { call, clock } = setUp(['x'])
  const updatedAfter = async (method: string, rest: string, body: object = {}) => {
    clock.advance({ minutes: 1 })
    await call(method, rest, body)
    const { body: version } = await call('GET', '/1')
    return version?.updated_at === clock.now().toISOString()
  }
  expect(await updatedAfter('POST', '/1/enable')).toBe(false)
  expect(await updatedAfter('POST', '/1/disable')).toBe(true)
  expect(await updatedAfter('POST', '/1/enable')).toBe(true)
  expect(await updatedAfter('PATCH', '/1', { description: 'new' })).toBe(true)
  expect(await updatedAfter('DELETE', '/1')).toBe(true)
  expect(await updatedAfter('POST', '/1/restore')).toBe(true)
})

test('disable_previous disables the version before, and only that one', async () => {
  const { call, statuses } = setUp(['1', '2'])
  await call('POST', '', { data: base64('3'), disable_previous: true })
  expect(statuses()).toEqual(['3 enabled', '2 disabled', '1 enabled'])
  await call('DELETE', '/3')
  await call('POST', '', { data: base64('4'), disable_previous: true })
  expect(statuses()).toEqual(['4 enabled', '3 scheduled_for_deletion', '2 disabled', '1 enabled'])
})

test('a version that does not exist is 404', async () => {
  const { call } = setUp(['x'])
  for (const revision of ['2', '0', 'newest', '1.0']) expect((await call('GET', `/${revision}`)).status).toBe(404)
})

test('direct access reads payloads and changes versions, as a person would manually', () => {
  const { scaleway, id } = setUp(['one', 'two'])
  scaleway.secrets.describeVersion(id, 1, 'manual')
  scaleway.secrets.disableVersion(id, 1)
  scaleway.secrets.enableVersion(id, 1)
  scaleway.secrets.deleteVersion(id, 2)
  scaleway.secrets.restoreVersion(id, 2)
  expect(scaleway.secrets.payload(id, 1)).toBe('one')
  expect(scaleway.secrets.versions(id)).toMatchObject([
    { revision: 2, status: 'enabled', description: undefined },
    { revision: 1, status: 'enabled', description: 'manual' },
  ])
})
