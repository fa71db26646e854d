import { Agent } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Fetch } from '../../functions/rotation/fetch.ts'
import { createFetch } from '../../functions/rotation/fetch.ts'
import { calling } from '../../functions/rotation/scaleway/api-error.ts'
import { boundedBy, connect } from '../../functions/rotation/scaleway/client.ts'
import { type Keys, keysOf } from '../../functions/rotation/scaleway/keys.ts'
import { type Versions, versionsOf } from '../../functions/rotation/scaleway/versions.ts'
import { Secret } from '../../functions/shared/secret.ts'
import { createIdentities, type Identities } from '../../scripts/local/identities.ts'
import { createScaleway, type FakeScaleway, type ServedScaleway, serve } from '../fake-scaleway/index.ts'
import { answering } from '../support/answering.ts'

let cloud: FakeScaleway
let server: ServedScaleway
let ids: Identities
let agent: Agent
let keys: Keys
let versions: Versions

beforeEach(async () => {
  cloud = createScaleway({ seed: 1 })
  server = await serve(cloud)
  ids = createIdentities(cloud)
  agent = new Agent({ headersTimeout: 300, bodyTimeout: 300, maxResponseSize: 1024 * 1024 })
  const { keys: k, versions: v } = callsThrough(createFetch(agent))
  keys = k
  versions = v
})

afterEach(async () => {
  await agent.destroy()
  await server.close()
})

function callsThrough(fetch: Fetch, apiUrl = server.url) {
  const credential = { accessKey: ids.rotator.accessKey, secretKey: new Secret(ids.rotator.secretKey) }
  const scaleway = connect({ apiUrl, region: cloud.region, credential, fetch })
  const { applicationId, secretId } = ids
  return {
    keys: keysOf({ scaleway, applicationId, secretId, defaultProjectId: cloud.projectId }),
    versions: versionsOf({ scaleway, secretId }),
  }
}

const creates = () => cloud.log.entries.filter(({ operation }) => operation === 'iam.createApiKey').length
const wanted = { description: 'a key', expiresAt: null }
const listed = () => cloud.iam.apiKeys(ids.applicationId)

describe('a read', () => {
  test.each([
    { kind: 'rate-limited' },
    { kind: 'status', status: 503 },
    { kind: 'lost-before' },
    { kind: 'lost-after' },
  ] as const)('is repeated after %j', async fault => {
    cloud.faults.add({ times: 2, fault })
    expect(await versions.list()).toEqual([])
  })

  test('is repeated twice and no more', async () => {
    cloud.faults.add({ times: 3, fault: { kind: 'status', status: 503 } })
    await expect(versions.list()).rejects.toMatchObject({ code: 'upstream-error', status: 503 })
  })

  test('that is refused is not repeated', async () => {
    cloud.faults.add({ fault: { kind: 'forbidden' } })
    await expect(versions.list()).rejects.toMatchObject({ code: 'upstream-refused', status: 403 })
  })
})

describe('a delete', () => {
  test('whose answer was lost is repeated, and the 404 of the second counts as done', async () => {
    const { key } = await keys.create(wanted)
    cloud.faults.add({ operation: 'iam.deleteApiKey', fault: { kind: 'lost-after' } })
    await keys.remove(key.accessKey)
    expect(listed()).toEqual([])
  })
})

describe('a write', () => {
  test.each([
    [{ kind: 'lost-after' }, 'upstream-unreachable', 1],
    [{ kind: 'lost-before' }, 'upstream-unreachable', 0],
    [{ kind: 'status', status: 503 }, 'upstream-error', 0],
    [{ kind: 'malformed', how: 'html' }, 'upstream-unreadable', 1],
    [{ kind: 'malformed', how: 'wrong-content-type' }, 'upstream-unreadable', 1],
  ] as const)('is never repeated: %j', async (fault, code, made) => {
    cloud.faults.add({ operation: 'iam.createApiKey', fault })
    await expect(keys.create(wanted)).rejects.toMatchObject({ code, operation: 'create key' })
    expect(listed()).toHaveLength(made)
    expect(creates()).toBe(1)
  })

  test.each([1, 2])('that was rate-limited %i times is repeated, because it was certainly not done', async times => {
    cloud.faults.add({ operation: 'iam.createApiKey', times, fault: { kind: 'rate-limited' } })
    const { key } = await keys.create(wanted)
    expect(listed().map(({ accessKey }) => accessKey)).toEqual([key.accessKey])
    expect(creates()).toBe(times + 1)
  })

  test('that is always rate-limited is repeated twice and no more, and the error says that it is not done', async () => {
    cloud.faults.add({ operation: 'iam.createApiKey', times: 9, fault: { kind: 'rate-limited' } })
    const failure = { code: 'upstream-error', status: 429, isNotDone: true }
    await expect(keys.create(wanted)).rejects.toMatchObject(failure)
    expect([listed().length, creates()]).toEqual([0, 3])
  })

  test('that a 429 with a body answers is not repeated, because a proxy may say so after the work', async () => {
    let requests = 0
    const url = await answering(response => {
      requests += 1
      response.writeHead(429, { 'Content-Type': 'text/html' }).end('<html>Too many</html>')
    })
    const { keys: answered } = callsThrough(createFetch(agent), new URL(url).origin)
    const failure = { code: 'upstream-error', status: 429, isNotDone: false }
    await expect(answered.create(wanted)).rejects.toMatchObject(failure)
    expect(requests).toBe(1)
  })

  test('whose answer is lost after a 429 is not repeated any more', async () => {
    cloud.faults.add({ operation: 'iam.createApiKey', fault: { kind: 'rate-limited' } })
    cloud.faults.add({ operation: 'iam.createApiKey', nth: 2, fault: { kind: 'lost-after' } })
    await expect(keys.create(wanted)).rejects.toMatchObject({ code: 'upstream-unreachable', isNotDone: false })
    expect([listed().length, creates()]).toEqual([1, 2])
  })

  test('waits no longer than it has time left', async () => {
    let requests = 0
    const url = await answering(response => {
      requests += 1
      response.writeHead(429, { 'Retry-After': 3600 }).end()
    })
    const beganMs = performance.now()
    const sent = boundedBy(() => 250, createFetch(agent))(new Request(url, { method: 'POST', body: '{}' }))
    await expect(calling('create key', () => sent)).rejects.toMatchObject({ code: 'upstream-timeout' })
    expect(requests).toBe(1)
    expect(performance.now() - beganMs).toBeLessThan(2_000)
  })

  test('waits as long as the answer asks for, but 3 seconds at most', async () => {
    const statuses = [429, 200]
    const url = await answering(response => response.writeHead(statuses.shift() ?? 500, { 'Retry-After': 3600 }).end())
    const beganMs = performance.now()
    const { status } = await createFetch(agent)(new Request(url, { method: 'POST', body: '{}' }))
    expect([status, Math.round((performance.now() - beganMs) / 1000)]).toEqual([200, 3])
  })
})

describe('an answer that is not complete', () => {
  test('one that never comes is a time-out', async () => {
    cloud.faults.add({ times: 9, fault: { kind: 'hang' } })
    await expect(versions.list()).rejects.toMatchObject({ code: 'upstream-timeout' })
  })

  test('one without an end is cut off at the size limit', async () => {
    cloud.faults.add({ times: 9, fault: { kind: 'malformed', how: 'endless' } })
    await expect(versions.list()).rejects.toMatchObject({ code: 'upstream-unreadable' })
  })

  test('one that trickles is cut off when no time is left', async () => {
    const { keys: hurried } = callsThrough(boundedBy(() => 250, createFetch(agent)))
    cloud.faults.add({ times: 9, fault: { kind: 'slow', bytesPerSecond: 20 } })
    await expect(hurried.list()).rejects.toMatchObject({ code: 'upstream-timeout' })
  })

  test('a call may use the last fraction of a millisecond that is left', async () => {
    const { keys: hurried } = callsThrough(boundedBy(() => 1_999.75, createFetch(agent)))
    expect(await hurried.list()).toEqual([])
  })

  test('a redirect is not followed, because the credential would be sent with it', async () => {
    let followed = false
    const url = await answering((response, request) => {
      followed ||= request.url === '/stolen'
      response.writeHead(307, { Location: '/stolen' }).end()
    })
    const request = new Request(url, { headers: { 'X-Auth-Token': 'token' } })
    await expect(createFetch(agent)(request)).rejects.toThrow()
    expect(followed).toBe(false)
  })

  test('a port without a server is unreachable', async () => {
    await server.close()
    await expect(versions.list()).rejects.toMatchObject({ code: 'upstream-unreachable' })
    server = await serve(cloud)
  })
})

test('no error quotes the answer that caused it', async () => {
  const planted = 'planted-in-an-upstream-body'
  const body = { type: planted, message: planted, details: [{ argument_name: planted, help_message: planted }] }
  cloud.faults.add({ operation: 'iam.createApiKey', fault: { kind: 'json', status: 400, body } })
  const error: unknown = await keys.create(wanted).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'upstream-refused', status: 400 })
  expect(`${String(error)} ${JSON.stringify(error)} ${Object.values(error ?? {})}`).not.toContain(planted)
  expect(error).not.toHaveProperty('cause')
})
