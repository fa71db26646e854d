import { expect, test } from 'vitest'
import { createKeyCache } from '../../functions/retrieval/key-cache.ts'
import type { KeyVersion } from '../../functions/retrieval/scaleway/latest-version.ts'
import { UpstreamError, type UpstreamErrorCode } from '../../functions/retrieval/scaleway/upstream-error.ts'
import { Secret } from '../../functions/shared/secret.ts'

interface PendingRead {
  answer(revision: number): void
  fail(code: UpstreamErrorCode, options?: { transient: boolean }): void
}

/** A cache whose reads end when the test says so. */
function memory({ cacheSeconds = 60, staleSeconds = 300 } = {}) {
  const reads: PendingRead[] = []
  const moment = { wallMs: 0, steadyMs: 0 }
  const read = () =>
    new Promise<KeyVersion>((resolve, reject) => {
      reads.push({
        answer: revision => resolve({ revision, credential: { accessKey: 'SCW', secretKey: new Secret('secret') } }),
        fail: (code, options) => reject(new UpstreamError(code, options)),
      })
    })
  const get = createKeyCache({ read, clock: { now: () => ({ ...moment }) }, cacheSeconds, staleSeconds })
  const begun = (index: number) => {
    const read = reads[index]
    if (read === undefined) throw new Error(`only ${reads.length} reads began`)
    return read
  }
  return { get, begun, moment, reads }
}

const ordinary = { bypass: false }
const bypassing = { bypass: true }

test('a bypass does not get the answer of a read that began before it', async () => {
  const { get, begun } = memory()
  const first = get(ordinary)
  const second = get(bypassing)
  begun(0).answer(1)
  begun(1).answer(2)
  expect([(await first).revision, (await second).revision]).toEqual([1, 2])
})

test('two bypasses do not share a read', async () => {
  const { get, begun } = memory()
  const first = get(bypassing)
  const second = get(bypassing)
  begun(0).answer(1)
  begun(1).answer(2)
  expect([(await first).revision, (await second).revision]).toEqual([1, 2])
})

test('a miss shares the read that began last', async () => {
  const { get, begun, reads } = memory()
  const early = get(ordinary)
  const bypass = get(bypassing)
  const late = get(ordinary)
  begun(0).answer(1)
  begun(1).answer(2)
  expect([(await early).revision, (await bypass).revision, (await late).revision]).toEqual([1, 2, 2])
  expect(reads).toHaveLength(2)
})

test('a miss shares the read that began last also when an older one has ended meanwhile', async () => {
  const { get, begun, reads } = memory()
  const early = get(ordinary)
  const bypass = get(bypassing)
  begun(0).fail('no-key-yet')
  await expect(early).rejects.toMatchObject({ code: 'no-key-yet' })
  const late = get(ordinary)
  begun(1).answer(2)
  expect([(await bypass).revision, (await late).revision]).toEqual([2, 2])
  expect(reads).toHaveLength(2)
})

test('an older answer that arrives later does not replace a newer one', async () => {
  const { get, begun } = memory()
  const older = get(ordinary)
  const newer = get(bypassing)
  begun(1).answer(2)
  await newer
  begun(0).answer(1)
  await older
  expect(await get(ordinary)).toMatchObject({ revision: 2, source: 'memory' })
})

test('an older answer that arrives later does not replace the newer answer that there is no key', async () => {
  const { get, begun } = memory()
  const older = get(ordinary)
  const newer = get(bypassing)
  begun(1).fail('no-key-yet')
  await expect(newer).rejects.toMatchObject({ code: 'no-key-yet' })
  begun(0).answer(1)
  await older
  const next = get(ordinary)
  begun(2).fail('upstream-error', { transient: true })
  await expect(next).rejects.toMatchObject({ code: 'upstream-error' })
})

test('an older refusal that arrives later does not discard a newer value', async () => {
  const { get, begun } = memory()
  const older = get(ordinary)
  const newer = get(bypassing)
  begun(1).answer(2)
  await newer
  begun(0).fail('upstream-refused')
  await expect(older).rejects.toMatchObject({ code: 'upstream-refused' })
  expect(await get(ordinary)).toMatchObject({ revision: 2, source: 'memory' })
})

test('a shared read that fails fails all who share it, and the next request reads again', async () => {
  const { get, begun } = memory()
  const both = Promise.allSettled([get(ordinary), get(ordinary)])
  begun(0).fail('upstream-timeout', { transient: true })
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const next = get(ordinary)
  begun(1).answer(1)
  expect(await next).toMatchObject({ revision: 1, source: 'upstream' })
})

test('the age of a value counts from when its read began, not from when it ended', async () => {
  const { get, begun, moment } = memory()
  const slow = get(ordinary)
  moment.wallMs = moment.steadyMs = 20_000
  begun(0).answer(1)
  await slow
  moment.wallMs = moment.steadyMs = 60_000
  const next = get(ordinary)
  begun(1).answer(2)
  expect(await next).toMatchObject({ revision: 2, source: 'upstream' })
})

test.each([
  { clock: 'the steady clock stood still (a frozen instance)', wallMs: 60_000, steadyMs: 0 },
  { clock: 'the wall clock was set back', wallMs: -3_600_000, steadyMs: 60_000 },
])('a value is requested again after the cache time although $clock', async ({ wallMs, steadyMs }) => {
  const { get, begun, moment } = memory()
  const first = get(ordinary)
  begun(0).answer(1)
  await first
  Object.assign(moment, { wallMs, steadyMs })
  const next = get(ordinary)
  begun(1).answer(2)
  expect(await next).toMatchObject({ revision: 2 })
})

test('an error of our own code is not covered by a stale value', async () => {
  const faults: Error[] = []
  const get = createKeyCache({
    read: async () => {
      const fault = faults.pop()
      if (fault !== undefined) throw fault
      return { revision: 1, credential: { accessKey: 'SCW', secretKey: new Secret('secret') } }
    },
    clock: { now: () => ({ wallMs: 0, steadyMs: 0 }) },
    cacheSeconds: 60,
    staleSeconds: 300,
  })
  await get(ordinary)
  faults.push(new TypeError('fault'))
  await expect(get(bypassing)).rejects.toThrow(TypeError)
})
