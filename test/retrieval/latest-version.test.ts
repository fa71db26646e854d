import { randomUUID } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { latestEnabledVersion } from '../../functions/retrieval/scaleway/latest-version.ts'
import { Secret } from '../../functions/shared/secret.ts'
import { newPayload } from './deployment.ts'

const secretId = randomUUID()

/** Reads one canned body. */
function reading(fields: Record<string, unknown>, { contentType = 'application/json', status = 200 } = {}) {
  const payload = newPayload()
  const data = Buffer.from(payload).toString('base64')
  const body = { secret_id: secretId, revision: 7, data, data_crc32: crc32(payload), type: 'opaque', ...fields }
  const read = latestEnabledVersion({
    get: async () => ({ status, contentType, text: JSON.stringify(body) }),
    secret: { apiUrl: 'http://local', region: 'fr-par', secretId, key: new Secret('reader') },
  })
  return read({ timeoutMs: 1000 })
}

test('a body with the right checksum is accepted', async () => {
  expect(await reading({})).toMatchObject({ revision: 7 })
})

test.each([{ data_crc32: null }, { data_crc32: undefined }])(
  'a body without a checksum is accepted: %j',
  async fields => {
    expect(await reading(fields)).toMatchObject({ revision: 7 })
  },
)

test('a content type with parameters is accepted', async () => {
  expect(await reading({}, { contentType: 'Application/JSON; charset=utf-8' })).toMatchObject({ revision: 7 })
})

test.each([
  { why: 'the checksum is another', fields: { data_crc32: 1 }, seen: 'checksum' },
  { why: 'it is another secret', fields: { secret_id: randomUUID() }, seen: 'fields' },
  { why: 'the revision is a fraction', fields: { revision: 1.5 }, seen: 'fields' },
  { why: 'the revision is zero', fields: { revision: 0 }, seen: 'fields' },
  { why: 'the revision is text', fields: { revision: '7' }, seen: 'fields' },
  { why: 'there is no data', fields: { data: undefined }, seen: 'fields' },
])('a body is refused because $why', async ({ fields, seen }) => {
  await expect(reading(fields)).rejects.toMatchObject({ code: 'upstream-unreadable', seen, transient: false })
})

test('a body is refused because its content type only begins like JSON', async () => {
  await expect(reading({}, { contentType: 'application/jsonp' })).rejects.toMatchObject({
    code: 'upstream-unreadable',
    seen: 'content-type',
  })
})

test.each([
  { status: 201, code: 'upstream-unreadable' },
  { status: 203, code: 'upstream-unreadable' },
  { status: 302, code: 'upstream-refused' },
  { status: 409, code: 'upstream-refused' },
])('a body that comes with status $status is not read: $code', async ({ status, code }) => {
  await expect(reading({}, { status })).rejects.toMatchObject({ code, seen: status, transient: false })
})
