import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { ownerOf } from '../http/wire-client.ts'
import { createScaleway, type SecretType } from '../index.ts'

function setUp(type: SecretType) {
  const scaleway = createScaleway()
  const { id } = scaleway.secrets.createSecret({ name: 'key', type })
  const path = `/secret-manager/v1beta1/regions/fr-par/secrets/${id}/versions`
  const owner = ownerOf(scaleway)
  return {
    scaleway,
    id,
    write: (fields: object) => owner.call('POST', path, fields),
    access: () => owner.call('GET', `${path}/latest_enabled/access`),
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a payload comes back as it was written, with its checksum only if one was given', async () => {
  const { write, access, id } = setUp('key_value')
  const text = '{"API_KEY":"a","SECRET_KEY":"b"}'
  await write({ data: base64(text) })
  const plain = { secret_id: id, revision: 1, data: base64(text), data_crc32: null, type: 'key_value' }
  expect((await access()).body).toEqual(plain)
  await write({ data: base64(text), data_crc32: crc32(text) })
  expect((await access()).body).toEqual({ ...plain, revision: 2, data_crc32: crc32(text) })
})

test.each<[string, SecretType, object, string]>([
  ['a checksum that does not match', 'opaque', { data: base64('x'), data_crc32: 1 }, 'data_crc32'],
  ['a checksum that is no number', 'opaque', { data: base64('x'), data_crc32: '1' }, 'data_crc32'],
  ['no data', 'opaque', {}, 'data'],
  ['empty data', 'opaque', { data: '' }, 'data'],
  ['data that is not base64', 'opaque', { data: 'not base64!' }, 'data'],
  ['64 KiB and one byte', 'opaque', { data: base64('x'.repeat(65_537)) }, 'data'],
  ['a nested object as key_value', 'key_value', { data: base64('{"a":{"b":"c"}}') }, 'data'],
  ['a number as key_value', 'key_value', { data: base64('{"a":1}') }, 'data'],
  ['a list as key_value', 'key_value', { data: base64('["a"]') }, 'data'],
  ['text as key_value', 'key_value', { data: base64('hello') }, 'data'],
  ['credentials without a password', 'basic_credentials', { data: base64('{"username":"a"}') }, 'data'],
])('%s is refused with 400 and leaves no version', async (_, type, fields, argument) => {
  const { write, scaleway, id } = setUp(type)
  const refused = await write(fields)
  expect(refused.status).toBe(400)
  expect(refused.body).toMatchObject({ type: 'invalid_arguments', details: [{ argument_name: argument }] })
  expect(scaleway.secrets.versions(id)).toEqual([])
})

test('a payload of exactly 64 KiB is accepted', async () => {
  expect((await setUp('opaque').write({ data: base64('x'.repeat(65_536)) })).status).toBe(200)
})

test('a payload can be read by path and name', async () => {
  const scaleway = createScaleway()
  const { id } = scaleway.secrets.createSecret({ name: 'key', path: '/rotated' })
  scaleway.secrets.addVersion(id, { data: new Uint8Array([1, 2, 3]) })
  const path = '/secret-manager/v1beta1/regions/fr-par/secrets-by-path/versions/latest_enabled/access'
  const query = `project_id=${scaleway.projectId}&secret_path=%2Frotated&secret_name=key`
  const answer = await ownerOf(scaleway).call('GET', `${path}?${query}`)
  expect(answer.body).toMatchObject({ secret_id: id, revision: 1, data: 'AQID' })
  expect((await ownerOf(scaleway).call('GET', `${path}?${query}x`)).status).toBe(404)
})
