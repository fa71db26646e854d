import { describe, expect, test } from 'vitest'
import { identityVariables } from '../../scripts/local/identities.ts'
import { deploy } from '../support/rotation.ts'
import { readSamples } from '../support/samples.ts'

const seconds = (date: unknown) => new Date(String(date)).getTime() / 1000

/** A deployment whose keys were rotated once, and that knows its own applications. */
async function deployed(names?: readonly string[]) {
  const first = deploy(names === undefined ? {} : { names })
  const rotation = first.instance({ env: identityVariables(first.ids) })
  await rotation.post({ action: 'tend' })
  return { ...first, rotation }
}

describe('what is measured', () => {
  test('of one key is what its status says', async () => {
    const { rotation, clock } = await deployed()
    clock.advance({ days: 10 })
    const { body } = await rotation.status()
    const { status, type, text } = await rotation.metrics()
    expect([status, type]).toEqual([200, 'application/openmetrics-text; version=1.0.0; charset=utf-8'])
    const { value, values } = readSamples(text)
    const { current, quota, overdue_after, next_rotation, credentials } = JSON.parse(JSON.stringify(body))
    const key = { key: 'default' }
    expect([value('healthy'), value('key_healthy', key), values('problem')]).toEqual([1, 1, []])
    expect(value('served_created_timestamp_seconds', key)).toBe(seconds(current.created_at))
    expect(value('served_end_timestamp_seconds', key)).toBe(seconds(current.expires_at))
    expect(value('overdue_after_timestamp_seconds', key)).toBe(seconds(overdue_after))
    expect(value('next_rotation_timestamp_seconds', key)).toBe(seconds(next_rotation))
    expect([value('versions', key), value('versions_limit', key)]).toEqual([quota.versions.used, quota.versions.limit])
    expect([value('api_keys', key), value('api_keys_limit', key)]).toEqual([quota.keys.used, quota.keys.limit])
    expect(credentials).toHaveLength(5)
    expect(values('credential_created_timestamp_seconds')).toEqual(
      credentials.map(({ name, access_key, created_at }: Record<string, unknown>) => ({
        labels: { name, access_key },
        value: seconds(created_at),
      })),
    )
    // None of them ends.
    expect(values('credential_end_timestamp_seconds')).toEqual([])
  })

  test('of several keys is named after each, and a key that cannot be read is not healthy and has nothing else', async () => {
    const { rotation, cloud, ids } = await deployed(['billing', 'mailer'])
    const [, mailer] = ids.keys
    cloud.faults.add({
      match: ({ path }) => path.includes(mailer?.secretId ?? '-'),
      times: 100,
      fault: { kind: 'forbidden' },
    })
    const { status, text } = await rotation.metrics('operator', { 'Cache-Control': 'no-cache' })
    const { value, values } = readSamples(text)
    expect(status).toBe(200)
    expect(values('key_healthy')).toEqual([
      { labels: { key: 'billing' }, value: 1 },
      { labels: { key: 'mailer' }, value: 0 },
    ])
    expect(value('healthy')).toBe(0)
    expect(values('served_created_timestamp_seconds').map(({ labels }) => labels)).toEqual([{ key: 'billing' }])
    expect(value('deployment_api_keys')).toBeGreaterThan(value('api_keys', { key: 'billing' }) ?? 0)
    expect(value('organization_api_keys_quota')).toBe(50)
  })

  test('names each problem, of its key or of the deployment, and whether it alarms', async () => {
    const { rotation, clock, cloud, ids } = await deployed()
    cloud.secrets.addVersion(ids.secretId, { data: JSON.stringify({ API_KEY: 'x', SECRET_KEY: 'y' }) })
    clock.advance({ days: 400 })
    const { values, value } = readSamples((await rotation.metrics()).text)
    const labels = values('problem').map(problem => problem.labels)
    expect(labels).toContainEqual({ key: 'default', code: 'foreign-served', alarming: 'true' })
    expect(labels).toContainEqual({ key: 'default', code: 'foreign-version', alarming: 'false' })
    expect(labels).toContainEqual({ key: '', code: 'credential-old', alarming: 'true' })
    expect(value('healthy')).toBe(0)
  })

  test('is answered from memory for a minute, by whoever read it first, and anew after a run', async () => {
    const { rotation, clock, cloud } = await deployed(['billing', 'mailer'])
    const calls = () => cloud.log.entries.length
    await rotation.metrics()
    const before = calls()
    await rotation.status()
    await rotation.metrics()
    expect(calls()).toBe(before)
    clock.advance({ seconds: 61 })
    await rotation.metrics()
    expect(calls()).toBeGreaterThan(before)
    await rotation.post({ force: true }, 'operator', '/mailer')
    const { value } = readSamples((await rotation.metrics()).text)
    expect(value('versions', { key: 'mailer' })).toBe(2)
  })
})

describe('who may read it', () => {
  test.each(['monitor', 'operator'] as const)('a %s', async as => {
    const { rotation } = await deployed()
    expect((await rotation.metrics(as)).status).toBe(200)
  })

  test.each(['consumer', 'stranger'] as const)('not a %s', async as => {
    const { rotation } = await deployed()
    const { status, text } = await rotation.metrics(as)
    expect(status).toBe(403)
    expect(text).not.toContain('key_rotation_')
  })

  test('nothing is posted there', async () => {
    const { rotation } = await deployed()
    const { status, body } = await rotation.post({}, 'operator', '/metrics')
    expect([status, body.error]).toEqual([405, 'method-not-allowed'])
  })
})

test('it holds no secret key', async () => {
  const { rotation, secrets } = await deployed(['billing', 'mailer'])
  const { text } = await rotation.metrics()
  expect(secrets().filter(secret => text.includes(secret))).toEqual([])
})
