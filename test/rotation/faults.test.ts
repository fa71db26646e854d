import { afterEach, describe, expect, test } from 'vitest'
import type { Fault } from '../fake-scaleway/index.ts'
import { type Deployment, deploy } from '../support/rotation.ts'
import { expectNoSecret } from '../support/secrets.ts'

const faults = {
  'lost before': { kind: 'lost-before' },
  'lost after': { kind: 'lost-after' },
  'answered 500, done': { kind: 'status', status: 500, done: true },
  'rate-limited': { kind: 'rate-limited' },
  'refused by a flapping 403': { kind: 'forbidden' },
  'answered with HTML': { kind: 'malformed', how: 'html' },
} as const satisfies Record<string, Fault>

let deployment: Deployment
afterEach(() => {
  expectNoSecret([...deployment.lines, ...deployment.answers], deployment.secrets())
})

/** Checks what must hold after every step: no consumer holds a refused key, and there are few keys and versions. */
function expectServed(fetched: Map<string, Date>): void {
  const { cloud, clock, served, keys, versions } = deployment
  const current = served()
  if (current !== undefined) fetched.set(current.secretKey, clock.now())
  for (const [secretKey, at] of fetched) {
    const sinceMs = clock.now().getTime() - at.getTime()
    if (sinceMs <= 120 * 3_600_000)
      expect(cloud.authenticates(secretKey), 'a key fetched within the overlap').toBe(true)
  }
  expect(keys().length).toBeLessThanOrEqual(4)
  expect(versions().length).toBeLessThanOrEqual(6)
}

/** Runs without faults for 12 days: a rotation that was cut off is made up for at the maximum age, and its overlap ends. */
async function runWithoutFaults(fetched: Map<string, Date>): Promise<void> {
  const { rotation, clock } = deployment
  for (let run = 0; run < 22; run++) {
    clock.advance({ hours: run < 6 ? 1 : 17 })
    const { status } = await rotation.post({ action: 'tend' })
    expect(status).toBe(200)
    expectServed(fetched)
  }
}

async function expectSettled(): Promise<void> {
  const { rotation, keys, served } = deployment
  expect(keys().map(({ accessKey }) => accessKey)).toEqual([served()?.accessKey])
  expect((await rotation.status()).status).toBe(200)
}

describe('a publication that succeeds, but whose answer is a 4xx of a gateway', () => {
  test.each([400, 403, 404, 408, 412, 499])('%i: its key is kept, because a consumer may hold it', async refused => {
    deployment = deploy()
    const { cloud } = deployment
    const fetch = async (request: Request, init?: RequestInit) => {
      const response = await cloud.fetch(request, init)
      const isPublication = request.method === 'POST' && request.url.endsWith('/versions')
      const page = () => new Response('<h1>Error</h1>', { status: refused, headers: { 'content-type': 'text/html' } })
      return isPublication ? page() : response
    }
    const { status, body } = await deployment.instance({ fetch }).post()
    expect([status, body.error]).toEqual([502, 'upstream-refused'])
    const fetched = new Map<string, Date>()
    expectServed(fetched)
    expect(fetched.size).toBe(1)
    await runWithoutFaults(fetched)
    await expectSettled()
  })
})

/** The calls of a rotation of a key that is 30 days old. */
const callsOfARotation = [
  'secrets.listVersions',
  'iam.listApiKeys',
  'iam.createApiKey',
  'iam.getApiKey',
  'secrets.getSecret',
  'iam.getApiKey',
  'secrets.listVersions',
  'secrets.getVersion',
  'secrets.createVersion',
  'secrets.listVersions',
  'iam.listApiKeys',
]

const unreadable = ['html', 'truncated-json', 'wrong-types', 'missing-fields', 'wrong-content-type'] as const

// The proof `single-faults` has every other fault of each call. What follows from an answer that cannot be read does not
// depend on how it is wrong, so each read meets one kind; a write, whose work is done by then, meets all of them.
const malformedAnswers = callsOfARotation.flatMap((operation, index) => {
  const isWrite = operation.includes('.create')
  const kinds = unreadable.filter((_, kind) => isWrite || kind === index % unreadable.length)
  return kinds.map(how => ({ nth: index + 1, operation, how }))
})

describe('an answer of a rotation that cannot be read: no consumer is refused, and the hourly runs leave one key', () => {
  test.each(malformedAnswers)('call $nth, $operation: $how', async ({ nth, how }) => {
    deployment = deploy({ seed: nth })
    const { rotation, clock, cloud } = deployment
    const fetched = new Map<string, Date>()
    await rotation.post()
    expectServed(fetched)
    clock.advance({ days: 30 })
    expectServed(fetched)
    cloud.faults.add({ nth, fault: { kind: 'malformed', how } })
    const { status, body } = await rotation.post({ action: 'rotate', source: 'cron' })
    cloud.faults.clear()
    expect([200, 409, 502, 504]).toContain(status)
    if (status !== 200) expect(body).toMatchObject({ error: expect.any(String), message: expect.any(String) })
    expectServed(fetched)
    await runWithoutFaults(fetched)
    await expectSettled()
  })
})

test('a rotation has the calls whose answers are malformed here', async () => {
  deployment = deploy()
  await deployment.rotation.post()
  deployment.clock.advance({ days: 30 })
  const before = deployment.cloud.log.entries.length
  await deployment.rotation.post()
  expect(deployment.cloud.log.entries.slice(before).map(({ operation }) => operation)).toEqual(callsOfARotation)
})

describe('a publication whose answer is doubtful', () => {
  test.each([
    ['lost after', true],
    ['answered 500, done', true],
    ['answered with HTML', true],
    ['lost before', false],
  ] as const)('%s: the new key is kept, because a consumer may hold it', async (name, published) => {
    deployment = deploy()
    const { rotation, cloud, keys, versions } = deployment
    cloud.faults.add({ operation: 'secrets.createVersion', fault: faults[name] })
    const { status, body } = await rotation.post()
    expect([status, body.error]).not.toContain(200)
    expect(keys()).toHaveLength(1)
    expect(versions()).toHaveLength(published ? 1 : 0)
  })

  test('the next request finds the version whose answer was lost, and makes no second key', async () => {
    deployment = deploy()
    const { rotation, cloud, keys, clock } = deployment
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'lost-after' } })
    expect((await rotation.post()).status).toBe(502)
    clock.advance({ minutes: 1 })
    expect((await rotation.post()).body).toMatchObject({ rotated: false, reason: 'recent', revision: 1 })
    expect(keys()).toHaveLength(1)
  })

  test.each(['rate-limited', 'refused by a flapping 403'] as const)(
    '%s: nothing was published, so the new key is deleted at once',
    async name => {
      deployment = deploy()
      const { rotation, cloud, keys, versions } = deployment
      cloud.faults.add({ operation: 'secrets.createVersion', fault: faults[name] })
      expect((await rotation.post()).status).toBe(502)
      expect([keys().length, versions().length]).toEqual([0, 0])
    },
  )
})

describe('a creation whose answer is lost', () => {
  test('is not repeated; the key that no version names is deleted after the settle time', async () => {
    deployment = deploy()
    const { rotation, cloud, keys, clock } = deployment
    cloud.faults.add({ operation: 'iam.createApiKey', fault: { kind: 'lost-after' } })
    expect((await rotation.post()).body.error).toBe('upstream-unreachable')
    expect(keys()).toHaveLength(1)
    expect((await rotation.post()).body.error).toBe('in-flight')
    clock.advance({ minutes: 11 })
    expect((await rotation.post({ action: 'tend' })).body.rotated).toBe(true)
    clock.advance({ hours: 1 })
    expect((await rotation.post({ action: 'tend' })).body.actions).toMatchObject([{ kind: 'revoke', reason: 'orphan' }])
    expect(keys()).toHaveLength(1)
  })
})

describe('a key that cannot be proven', () => {
  test('is deleted, and nothing is published', async () => {
    deployment = deploy()
    const { rotation, cloud, keys, versions } = deployment
    cloud.faults.add({ operation: 'iam.getApiKey', times: Number.POSITIVE_INFINITY, fault: { kind: 'unauthorized' } })
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([502, 'not-proven'])
    expect([keys().length, versions().length]).toEqual([0, 0])
  })

  test.each([
    { refused: [], answers: 3 },
    { refused: [1], answers: 1 + 11 },
    { refused: [2, 4, 9], answers: 9 + 11 },
  ])(
    'needs three successes in a row, and those of ten seconds after a refusal: refused are $refused',
    async ({ refused, answers }) => {
      deployment = deploy()
      const { rotation, cloud, keys, served } = deployment
      const isProof = ({ operation }: { operation: string }) =>
        keys().length === 1 && ['iam.getApiKey', 'secrets.getSecret'].includes(operation)
      for (const nth of refused) cloud.faults.add({ match: isProof, nth, fault: { kind: 'unauthorized' } })
      expect((await rotation.post()).status).toBe(200)
      const operations = cloud.log.entries.map(({ operation }) => operation)
      const proofs = cloud.log.entries
        .slice(operations.indexOf('iam.createApiKey'), operations.indexOf('secrets.createVersion'))
        .filter(isProof)
      expect(proofs.map(({ fault }) => fault !== undefined)).toEqual(
        Array.from({ length: answers }, (_, index) => refused.includes(index + 1)),
      )
      expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
    },
  )

  test('a 403 that is not about permissions does not prove the key', async () => {
    deployment = deploy()
    const { rotation, cloud, keys } = deployment
    const body = { type: 'quotas_exceeded', message: 'quota', details: [] }
    cloud.faults.add({ operation: 'iam.getApiKey', times: 500, fault: { kind: 'json', status: 403, body } })
    expect((await rotation.post()).body.error).toBe('not-proven')
    expect(keys()).toEqual([])
  })
})

describe('a clean-up that fails', () => {
  test('does not hold up the rest, is reported, and is done by the next hourly run', async () => {
    deployment = deploy()
    const { rotation, cloud, clock, keys, ids } = deployment
    await rotation.post()
    clock.advance({ days: 30 })
    await rotation.post()
    cloud.iam.createApiKey({ applicationId: ids.applicationId, description: orphanOf(ids.secretId) })
    clock.advance({ days: 6 })
    cloud.faults.add({ operation: 'secrets.disableVersion', fault: { kind: 'status', status: 503 } })
    const { status, body } = await rotation.post({ action: 'tend' })
    expect([status, body.error]).toEqual([502, 'upstream-error'])
    expect(body.actions).toMatchObject([{ kind: 'revoke', reason: 'orphan' }])
    expect((await rotation.post({ action: 'tend' })).body.actions).toMatchObject([{ kind: 'retire', revision: 1 }])
    expect(keys()).toHaveLength(2)
  })

  test('after a successful rotation is listed in `unfinished`, and the answer is still 200', async () => {
    deployment = deploy()
    const { rotation, cloud, clock } = deployment
    await rotation.post()
    clock.advance({ days: 6 })
    await rotation.post()
    clock.advance({ days: 6 })
    cloud.faults.add({ operation: 'secrets.disableVersion', fault: { kind: 'status', status: 503 } })
    const { status, body } = await rotation.post()
    expect(status).toBe(200)
    expect(body).toMatchObject({ rotated: true, revision: 3, unfinished: { error: 'upstream-error' } })
  })

  test('of a key that is deleted already counts as done', async () => {
    deployment = deploy()
    const { rotation, cloud, clock, ids } = deployment
    await rotation.post()
    cloud.iam.createApiKey({ applicationId: ids.applicationId, description: orphanOf(ids.secretId) })
    clock.advance({ hours: 2 })
    cloud.faults.add({ operation: 'iam.deleteApiKey', fault: { kind: 'not-found' } })
    const { status, body } = await rotation.post({ action: 'tend' })
    expect([status, body.actions]).toMatchObject([200, [{ kind: 'revoke', reason: 'orphan' }]])
  })
})

function orphanOf(secretId: string): string {
  return `api-key-rotation v1 secret=${secretId} run=00000000-0000-4000-8000-000000000000 on=2026-03-01`
}
