import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { composeRotation } from '../../functions/rotation/compose.ts'
import { createLog } from '../../functions/rotation/log.ts'
import { cronToken, sha256 } from '../../scripts/local/identities.ts'
import { deploy, rotationEnv, simulated } from '../support/rotation.ts'

/** A deployment whose function is called with whole events, as the platform calls it. */
function handler(env: Record<string, string> = {}) {
  const deployment = deploy()
  const { cloud, ids, clock, lines } = deployment
  const handle = composeRotation({
    env: { ...rotationEnv(cloud, ids), ...env },
    log: level => createLog({ level, destination: { write: line => lines.push(line) } }),
    clock: simulated(clock),
    fetch: () => cloud.fetch,
    receiverFetch: () => cloud.fetch,
  })
  const call = async (event: Record<string, unknown>) => {
    const { statusCode, body } = await handle({ path: '/', ...event })
    return `${statusCode} ${JSON.parse(body).error ?? 'done'}`
  }
  const refusals = () => lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'refused')
  return { ...deployment, call, refusals }
}

const keyOf = (secretKey: string) => ({ 'X-Auth-Token': secretKey, Authorization: `Bearer ${secretKey}` })
const everything = [
  { httpMethod: 'GET' },
  { httpMethod: 'GET', path: '/other' },
  { httpMethod: 'PUT' },
  { httpMethod: 'POST', body: '' },
  { httpMethod: 'POST', body: '{' },
  { httpMethod: 'POST', body: '{"action":"tend"}' },
  { httpMethod: 'POST', body: '{"action":"rollback","revision":1}' },
  { httpMethod: 'POST', body: '{"action":"revoke","dry_run":true}' },
  { httpMethod: 'POST', body: 'x'.repeat(70_000) },
]

describe('who is not recognised gets 403, whatever is asked, and causes no call', () => {
  test.each([
    ['no credential', undefined, 'no-credential'],
    ['a key that is on no list', keyOf(randomUUID()), 'unknown-caller'],
    ['an empty header', { 'X-Auth-Token': '' }, 'unknown-caller'],
    ['another scheme', { Authorization: 'Basic dXNlcg==' }, 'unknown-caller'],
  ])('with %s', async (_, headers, code) => {
    const { call, cloud, refusals } = handler()
    for (const event of everything) expect(await call({ ...event, headers })).toBe(`403 ${code}`)
    expect(cloud.log.entries).toEqual([])
    expect(refusals()).toHaveLength(everything.length)
  })

  test('with two credentials that contradict each other', async () => {
    const { call, ids } = handler()
    const headers = { ...keyOf(ids.operator.secretKey), Authorization: `Bearer ${ids.monitor.secretKey}` }
    for (const event of everything) expect(await call({ ...event, headers })).toBe('403 unknown-caller')
  })
})

describe('a consumer has no business at rotation', () => {
  test('and gets 403 for everything', async () => {
    const { call, ids, cloud } = handler()
    for (const event of everything) {
      expect(await call({ ...event, headers: keyOf(ids.consumer.secretKey) })).toBe('403 operator-only')
    }
    expect(cloud.log.entries).toEqual([])
  })
})

describe('a monitor reads the status', () => {
  test('and can do nothing else', async () => {
    const { call, ids, cloud } = handler()
    const headers = keyOf(ids.monitor.secretKey)
    const posts = ['', '{"action":"tend"}', '{"action":"rotate","dry_run":true}', '{"action":"revoke"}']
    for (const body of posts) expect(await call({ httpMethod: 'POST', body, headers })).toBe('403 operator-only')
    expect(cloud.log.entries).toEqual([])
    expect(await call({ httpMethod: 'GET', headers })).toBe('503 done')
  })
})

describe('a caller of two generations', () => {
  const keys = [randomUUID(), randomUUID()]
  const operator = (hashes: readonly string[]) => JSON.stringify({ name: 'operator', role: 'operator', sha256: hashes })

  test('may do the same with both of its keys, and its earlier key is unknown', async () => {
    const { call, ids } = handler({ CALLER_OPERATOR: operator(keys.map(sha256)) })
    const tend = { httpMethod: 'POST', body: '{"action":"tend"}' }
    for (const key of keys) expect(await call({ ...tend, headers: keyOf(key) })).toBe('200 done')
    expect(await call({ ...tend, headers: keyOf(ids.operator.secretKey) })).toBe('403 unknown-caller')
  })

  test('is misconfigured when both of its hashes are the same', async () => {
    const { call, cloud } = handler({ CALLER_OPERATOR: operator(keys.map(() => sha256('one'))) })
    expect(await call({ httpMethod: 'GET' })).toBe('500 misconfigured')
    expect(cloud.log.entries).toEqual([])
  })
})

describe('the CRON proves itself by the token in its args', () => {
  test.each([
    ['no header', () => ({})],
    ['a credential of the platform that nobody here knows', () => keyOf(randomUUID())],
    ['an empty one', () => ({ 'X-Auth-Token': '' })],
  ])('whatever the platform sends beside it: %s', async (_, headers) => {
    const { call, ids } = handler()
    const args = { action: 'rotate', source: 'cron', token: cronToken(ids) }
    expect(await call({ httpMethod: 'POST', body: JSON.stringify(args), headers: headers() })).toBe('200 done')
  })

  test('and may rotate and clean up, without force', async () => {
    const { rotation } = deploy()
    expect((await rotation.post({ action: 'rotate' })).body.rotated).toBe(true)
    expect((await rotation.post({ action: 'tend' })).status).toBe(200)
    for (const body of [{ force: true }, { action: 'rollback', revision: 1 }, { action: 'revoke' }]) {
      expect((await rotation.post(body)).body.error).toBe('operator-only')
    }
  })

  test('and no other token does, not even beside the key of an operator', async () => {
    const { call, ids, cloud } = handler()
    const wrong = ['', 'x', randomUUID(), sha256(ids.rotator.secretKey), cronToken(ids).toUpperCase().slice(1)]
    for (const token of [...wrong, 1, null, {}, [cronToken(ids)]]) {
      const body = JSON.stringify({ action: 'tend', token })
      for (const headers of [{}, keyOf(ids.operator.secretKey)]) {
        expect(await call({ httpMethod: 'POST', body, headers })).toBe('403 unknown-caller')
      }
    }
    expect(cloud.log.entries).toEqual([])
  })

  test('and the token appears in no answer and in no line', async () => {
    const { rotation, lines, answers, ids } = deploy()
    await rotation.post({ action: 'rotate', source: 'cron' })
    await rotation.post({ action: 'revoke' })
    await rotation.post({ action: 'planted' })
    await rotation.post({ action: 'tend', unknown: 1 })
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join() + answers.join()).not.toContain(cronToken(ids))
  })
})

describe('the log', () => {
  test('has one line for each refusal, with who, what and from where', async () => {
    const { call, ids, refusals } = handler()
    const headers = { ...keyOf(ids.monitor.secretKey), 'X-Envoy-External-Address': '203.0.113.9' }
    await call({ httpMethod: 'POST', body: '{"action":"revoke"}', headers })
    await call({ httpMethod: 'POST', body: '{"action":"revoke"}' })
    expect(refusals()).toMatchObject([
      { level: 40, caller: 'monitor', caller_name: 'uptime', asked: 'revoke', code: 'operator-only', status: 403 },
      { level: 40, caller: 'absent', code: 'no-credential', status: 403 },
    ])
    expect(refusals()[0].client_address).toBe('203.0.113.9')
    expect(refusals()[1]).not.toHaveProperty('asked')
  })

  test('has one line for each status that is read, with its reader', async () => {
    const { rotation, lines } = deploy()
    await rotation.status()
    expect(lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'status read')).toMatchObject([
      { caller: 'monitor', caller_name: 'uptime', healthy: false },
    ])
  })

  test('names the reader of a status that Scaleway did not let it give', async () => {
    const { rotation, cloud, lines } = deploy()
    cloud.faults.add({ times: 9, fault: { kind: 'forbidden' } })
    expect((await rotation.status()).status).toBe(502)
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { level: 50, caller: 'monitor', caller_name: 'uptime', code: 'upstream-refused', status: 403 },
    ])
  })

  test('has one line for each dry run, with its caller', async () => {
    const { rotation, lines } = deploy()
    await rotation.post({ action: 'revoke', dry_run: true }, 'operator')
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { caller: 'operator', caller_name: 'operator', asked: 'revoke', dry_run: true, actions: 1, refused: null },
    ])
  })
})
