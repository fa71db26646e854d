import { describe, expect, onTestFinished, test } from 'vitest'
import { credentialProblems, type OwnCredential } from '../../functions/rotation/status/credentials.ts'
import { ownKeyProblems } from '../../functions/rotation/status/own-keys.ts'
import { identityVariables } from '../../scripts/local/identities.ts'
import { startReceiver } from '../support/receiver.ts'
import { type Deployment, deploy } from '../support/rotation.ts'
import { accessKey, hoursAgo, now, ownKeysWith } from '../support/worlds.ts'

const day = 24
const yearMs = 365 * day * 3_600_000

interface Days {
  readonly old?: number
  readonly left?: number
}

/** A key of one of the deployment's own applications, so many days old, and with so many left; without an end if not said. */
function credential(application: string, { old = 10, left }: Days = {}, letter = 'A'): OwnCredential {
  const expiresAt = left === undefined ? null : hoursAgo(-left * day)
  return { application, accessKey: accessKey(letter), createdAt: hoursAgo(old * day), expiresAt }
}

const problemsOf = (...credentials: OwnCredential[]) => credentialProblems(credentials, yearMs, now)
const codesOf = (...credentials: OwnCredential[]) => problemsOf(...credentials).map(({ code }) => code)
const messagesOf = (...credentials: OwnCredential[]) => problemsOf(...credentials).map(({ message }) => message)

describe('a key of the deployment’s own', () => {
  test.each(['reader', 'operator', 'consumer-app', 'monitor-uptime'])(
    'is an alarm from two weeks before its end on, and past it: of %s',
    name => {
      expect(codesOf(credential(name))).toEqual([])
      expect(codesOf(credential(name, { left: 14 }))).toEqual([])
      expect(codesOf(credential(name, { left: 13.99 }))).toEqual(['credential-expires-soon'])
      expect(codesOf(credential(name, { left: -3 }))).toEqual(['credential-expires-soon'])
    },
  )

  test.each(['reader', 'operator', 'consumer-app', 'monitor-uptime'])('is an alarm past a year: of %s', name => {
    expect(codesOf(credential(name, { old: 365 }))).toEqual([])
    expect(codesOf(credential(name, { old: 365.01 }))).toEqual(['credential-old'])
    expect(problemsOf(credential(name, { old: 365.01 }))).toMatchObject([{ alarming: true }])
  })

  test('may have another age, or any', () => {
    const old = [credential('reader', { old: 700 })]
    expect(credentialProblems(old, 2 * yearMs, now)).toEqual([])
    expect(credentialProblems(old, Number.POSITIVE_INFINITY, now)).toEqual([])
  })

  test('that ends soon is named for that alone, however old it is', () => {
    expect(codesOf(credential('reader', { old: 700, left: 3 }))).toEqual(['credential-expires-soon'])
  })

  test('is no concern of these alarms where it is the rotator’s, which has its own', () => {
    expect(codesOf(credential('rotator', { old: 700 }), credential('rotator', { left: 1 }))).toEqual([])
  })
})

describe('the message of an alarm', () => {
  test('names each key with its end, the reader’s with the command that renews it', () => {
    expect(messagesOf(credential('reader', { left: 3 }), credential('consumer-app', { left: -1 }, 'B'))).toEqual([
      `These keys end within 14 days or have ended, and who uses one is refused then: reader (${accessKey('A')}, 2026-06-18T12:00:00.000Z), consumer-app (${accessKey('B')}, 2026-06-14T12:00:00.000Z). Of consumer-app: add the next number to consumer_key_generations ([1] becomes [1, 2]) with a later end in consumer_key_expires_at, apply, and hand out the new keys. Of reader: terraform apply where function_key_months is set, else terraform apply -replace=scaleway_iam_api_key.reader`,
    ])
  })

  test('names each key with its age, and the setting that renews all keys of callers', () => {
    const old = [credential('operator', { old: 400 }), credential('monitor-uptime', { old: 366.9 }, 'B')]
    expect(messagesOf(...old, credential('consumer-app', {}, 'C'))).toEqual([
      `These keys are more than 365 days old: operator (${accessKey('A')}, 400 days), monitor-uptime (${accessKey('B')}, 366 days). Of operator, monitor-uptime: add the next number to consumer_key_generations ([1] becomes [1, 2]), apply, and hand out the new keys.`,
    ])
  })

  test('says to remove the older of two generations, once the newer is there', () => {
    const generations = [credential('consumer-app', { old: 400 }), credential('consumer-app', { old: 2 }, 'B')]
    expect(messagesOf(...generations)).toEqual([
      `These keys are more than 365 days old: consumer-app (${accessKey('A')}, 400 days). Of consumer-app a newer key is there: once every caller uses it, take the older number out of consumer_key_generations ([1, 2] becomes [2]) and apply.`,
    ])
    const [message] = messagesOf(...generations.map(key => ({ ...key, expiresAt: hoursAgo(-day) })))
    expect(message).toContain('Of consumer-app: add the next number')
    expect(message).toContain('Of consumer-app a newer key is there')
  })

  test('does not take another application’s key for a newer generation', () => {
    const [message] = messagesOf(credential('consumer-app', { old: 400 }), credential('consumer-job', {}, 'B'))
    expect(message).not.toContain('newer')
  })
})

test('the alarms stand before every note', () => {
  const old = { old: 400 }
  const ownKeys = ownKeysWith({ rotator: null, credentials: [credential('reader', old)], hidden: ['operator'] })
  expect(ownKeyProblems(ownKeys, now).map(({ code }) => code)).toEqual([
    'credential-old',
    'rotator-key-unknown',
    'keys-hidden',
  ])
})

/** A deployment whose consumer has, beside its key, one of a newer generation. */
async function withTwoGenerations({ names }: { names?: readonly string[] } = {}) {
  const deployment = deploy({ ...(names && { names }) })
  const { cloud, ids, clock, instance } = deployment
  clock.advance({ days: 30 })
  const endsAt = new Date(clock.now().getTime() + 100 * day * 3_600_000)
  const newer = cloud.iam.createApiKey({ applicationId: ids.consumer.applicationId, expiresAt: endsAt })
  const accessKeys = [ids.consumer.accessKey, newer.accessKey]
  const env = {
    ...identityVariables(ids),
    [`IDENTITY_CONSUMER_${ids.consumer.name.toUpperCase().replaceAll('-', '_')}`]: JSON.stringify({
      name: `consumer-${ids.consumer.name}`,
      application_id: ids.consumer.applicationId,
      access_keys: accessKeys,
    }),
  }
  const rotation = instance({ env })
  await rotation.post({ action: 'tend' })
  return { ...deployment, env, rotation, newer, endsAt }
}

describe('the status', () => {
  const created_at = '2026-03-01T02:00:00.000Z'

  test('lists every key that Terraform made, of both generations, with age and end', async () => {
    const { rotation, cloud, ids, newer, endsAt } = await withTwoGenerations()
    cloud.iam.createApiKey({ applicationId: ids.reader.applicationId })
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toEqual([200, []])
    const made = (name: string, { accessKey }: { accessKey: string }) => ({ name, access_key: accessKey, created_at })
    const aged = { age_days: 30, expires_at: null }
    expect(body.credentials).toEqual([
      { ...made('rotator', ids.rotator), ...aged },
      { ...made('reader', ids.reader), ...aged },
      { ...made('operator', ids.operator), ...aged },
      { ...made('consumer-app', ids.consumer), ...aged },
      {
        name: 'consumer-app',
        access_key: newer.accessKey,
        created_at: '2026-03-31T02:00:00.000Z',
        age_days: 0,
        expires_at: endsAt.toISOString(),
      },
      { ...made('monitor-uptime', ids.monitor), ...aged },
    ])
  })

  test('is 503 two weeks before the end of one of them', async () => {
    const { rotation, clock, newer } = await withTwoGenerations()
    clock.advance({ days: 85 })
    await rotation.post({ action: 'tend' })
    expect(await rotation.status()).toMatchObject({ status: 200, body: { problems: [] } })
    clock.advance({ days: 2 })
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toMatchObject([503, [{ code: 'credential-expires-soon' }]])
    expect(JSON.stringify(body.problems)).toContain(`consumer-app (${newer.accessKey}, 2026-07-09T02:00:00.000Z)`)
  })

  test.each([
    ['365 days are too old, unless another age is set', {}, ['rotator-key-old', 'credential-old']],
    ['any age is right where 0 is set', { CREDENTIAL_MAX_AGE_DAYS: '0' }, []],
    ['as many days as are set', { CREDENTIAL_MAX_AGE_DAYS: '400' }, []],
  ])('judges the age of the rotator’s key and of the others alike: %s', async (_, env, codes) => {
    const { instance, ids, clock } = deploy()
    const rotation = instance({ env: { ...identityVariables(ids), ...env } })
    clock.advance({ days: 366 })
    await rotation.post()
    const { body } = await rotation.status()
    const found = Array.isArray(body.problems) ? body.problems.map(({ code }) => code) : []
    expect(found.toSorted()).toEqual(codes.toSorted())
    const named = ['reader', 'operator', 'consumer-app', 'monitor-uptime']
    const text = JSON.stringify(body.problems)
    expect(named.filter(name => text.includes(`${name} (`))).toEqual(codes.length === 0 ? [] : named)
  })

  test('has those of every other application while IAM hides the keys of one', async () => {
    const { rotation, cloud, ids } = await withTwoGenerations()
    cloud.faults.add({
      operation: 'iam.listApiKeys',
      match: ({ request }) => JSON.stringify(request).includes(ids.reader.applicationId),
      times: 9,
      fault: { kind: 'forbidden' },
    })
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toMatchObject([200, [{ code: 'keys-hidden', alarming: false }]])
    const names = Array.isArray(body.credentials) ? body.credentials.map(({ name }) => name) : []
    expect(names).toEqual(['rotator', 'operator', 'consumer-app', 'consumer-app', 'monitor-uptime'])
  })

  test('of several keys has them once, and its problems are the deployment’s', async () => {
    const { rotation, clock } = await withTwoGenerations({ names: ['billing', 'mailer'] })
    clock.advance({ days: 87 })
    await rotation.post({ action: 'tend' })
    const { status, body } = await rotation.status()
    expect([status, body.unhealthy, body.problems]).toMatchObject([503, [], [{ code: 'credential-expires-soon' }]])
    expect(body.credentials).toHaveLength(7)
    expect(Object.values(body.keys ?? {}).filter(key => 'credentials' in key)).toEqual([])
    expect((await rotation.status('monitor', '/mailer')).body.credentials).toHaveLength(7)
  })

  test('reads them without a call beside those that look for unknown keys', async () => {
    const { rotation, cloud } = await withTwoGenerations()
    cloud.log.clear()
    await rotation.status()
    const lists = cloud.log.entries.filter(({ operation }) => operation === 'iam.listApiKeys')
    // The bearer, rotator, reader, operator, consumer, monitor.
    expect(lists).toHaveLength(6)
  })
})

describe('an hourly run', () => {
  async function watched() {
    const receiver = await startReceiver()
    onTestFinished(() => receiver.close())
    const deployment = await withTwoGenerations()
    const { clock, env, instance } = deployment
    const receiverEnv = {
      HEARTBEAT_URL: `${receiver.url}/beat`,
      NOTIFICATION_URL: `${receiver.url}/hook`,
      NOTIFICATION_SECRET: Buffer.from('a signing secret of enough bytes').toString('base64'),
    }
    const rotation = instance({ env: { ...env, ...receiverEnv }, receiverFetch: receiver.fetch })
    const runAt = async (days: number, hour: number) => {
      clock.advance({ milliseconds: untilHour(deployment, days, hour) })
      await rotation.post({ action: 'tend' })
      return receiver.received.splice(0).map(({ url, body }) => (url === '/beat' ? 'beat' : JSON.parse(body)))
    }
    return { ...deployment, runAt }
  }

  function untilHour({ clock }: Pick<Deployment, 'clock'>, days: number, hour: number): number {
    const at = new Date(clock.now())
    at.setUTCDate(at.getUTCDate() + days)
    at.setUTCHours(hour, 17, 0, 0)
    return at.getTime() - clock.now().getTime()
  }

  test('sends no heartbeat while a key ends soon, and notifies of it once a day, until it is gone', async () => {
    const { runAt, cloud, newer } = await watched()
    await runAt(85, 8)
    expect(await runAt(0, 9)).toEqual(['beat'])
    const [notification, ...more] = await runAt(1, 8)
    expect(more).toEqual([])
    expect(notification).toMatchObject({
      type: 'problem.standing',
      data: { problems: [{ code: 'credential-expires-soon' }], failures: [] },
      text: expect.stringContaining(`consumer-app (${newer.accessKey}, `),
    })
    expect(await runAt(0, 9)).toEqual([])
    cloud.iam.deleteApiKey(newer.accessKey)
    expect(await runAt(0, 10)).toEqual(['beat'])
  })
})
