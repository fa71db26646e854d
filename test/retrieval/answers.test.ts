import { expect, test } from 'vitest'
import { deploy } from './deployment.ts'

test('a consumer gets exactly the stored JSON of the newest enabled version', async () => {
  const { ask, publish } = await deploy()
  publish()
  const { payload } = publish()
  expect(await ask()).toMatchObject({ statusCode: 200, body: payload })
})

test('an answer names its key and its revision and must not be stored by any cache', async () => {
  const { ask, publish, secretId } = await deploy()
  publish()
  publish()
  const { headers } = await ask()
  expect(headers).toMatchObject({
    ETag: `"${secretId}.2"`,
    'X-Key-Name': 'default',
    'X-Key-Revision': '2',
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json',
  })
  expect(headers['Access-Control-Allow-Origin']).not.toBe('*')
  expect(headers).not.toHaveProperty('Warning')
})

test('an answer and its log line carry the request id that the platform gave', async () => {
  const { ask, publish, log } = await deploy()
  publish()
  const { headers } = await ask({ headers: { 'X-Request-Id': 'platform-id-1' } })
  expect(headers['X-Request-Id']).toBe('platform-id-1')
  expect(log()).toMatchObject([{ request_id: 'platform-id-1' }])
})

test('HEAD gives the headers of GET without the key', async () => {
  const { ask, publish } = await deploy()
  publish()
  const { headers } = await ask()
  expect(await ask({ method: 'HEAD', headers: { 'X-Request-Id': headers['X-Request-Id'] ?? '' } })).toEqual({
    statusCode: 200,
    headers,
    body: '',
  })
})

test.each(['"ID.2"', 'W/"ID.2"', '"ID.1", "ID.2"', 'W/"ID.1",W/"ID.2"', '*', ' * '])(
  'a caller that holds the revision (If-None-Match: %s) gets 304 with the headers and no body',
  async etags => {
    const { ask, publish, secretId } = await deploy()
    publish()
    publish()
    const held = { 'If-None-Match': etags.replaceAll('ID', secretId) }
    const { statusCode, headers, body } = await ask({ headers: held })
    expect({ statusCode, body }).toEqual({ statusCode: 304, body: '' })
    expect(headers).toMatchObject({
      ETag: `"${secretId}.2"`,
      'X-Key-Name': 'default',
      'X-Key-Revision': '2',
      'Cache-Control': 'no-store',
    })
  },
)

test.each(['"ID.1"', '"ID.22"', '"ID.02"', 'ID.2', '"2"', 'W/"2"', '".2"', '"ID"', '', '"ID.1, ID.2"'])(
  'a caller that holds another revision, or its number alone (If-None-Match: %s), gets the key',
  async etags => {
    const { ask, publish, secretId } = await deploy()
    publish()
    const { payload } = publish()
    const held = { 'If-None-Match': etags.replaceAll('ID', secretId) }
    expect(await ask({ headers: held })).toMatchObject({ statusCode: 200, body: payload })
  },
)

test('the key of the version before is given once the newest is disabled', async () => {
  const { ask, publish, scaleway, secretId } = await deploy()
  const { payload } = publish()
  publish()
  scaleway.secrets.disableVersion(secretId, 2)
  expect(await ask()).toMatchObject({ statusCode: 200, body: payload, headers: { 'X-Key-Revision': '1' } })
})

test('before the first key the answer is 404 and says which call makes it', async () => {
  const { ask } = await deploy()
  const { statusCode, body } = await ask()
  expect(statusCode).toBe(404)
  expect(JSON.parse(body)).toMatchObject({ error: 'no-key-yet', message: expect.stringContaining('POST /') })
})

test.each([
  '/a/b',
  '/default/',
  '//',
  '/..',
  '/index.html',
  '/Default',
  '/constructor',
  '/__proto__',
  '/-',
  '/%64efault',
])('the path %s, which can be no name, is answered 404', async path => {
  const { ask, publish } = await deploy()
  publish()
  const { statusCode, body } = await ask({ path })
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 404, error: 'unknown-path' })
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', ''])('method "%s" is refused', async method => {
  const { ask, publish } = await deploy()
  publish()
  const { statusCode, headers, body } = await ask({ method })
  expect({ statusCode, error: JSON.parse(body).error }).toEqual({ statusCode: 405, error: 'method-not-allowed' })
  expect(headers.Allow).toBe('GET, HEAD')
})

test('a setting that is missing is named in the answer and in the log', async () => {
  const { ask, log } = await deploy({ env: { READER_SECRET_KEY: '' } })
  const { statusCode, body } = await ask()
  expect({ statusCode, ...JSON.parse(body) }).toMatchObject({ statusCode: 500, error: 'misconfigured' })
  expect(log()).toMatchObject([{ level: 50, code: 'misconfigured', variable: 'READER_SECRET_KEY' }])
})
