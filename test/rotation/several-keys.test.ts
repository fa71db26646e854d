import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../functions/rotation/clock.ts'
import { identityVariables } from '../../scripts/local/identities.ts'
import { startReceiver } from '../support/receiver.ts'
import { type Deployment, deploy } from '../support/rotation.ts'

const names = ['billing', 'mailer', 'search']

/** A deployment of three keys, each with its first key published. */
async function threeKeys() {
  const deployment = deploy({ names })
  const { status } = await deployment.rotation.post({ action: 'tend' })
  expect(status).toBe(200)
  deployment.clock.advance({ minutes: 11 })
  return deployment
}

/** Lets each call about a key meet a fault, by the ids that its address or its body names. */
function breakKey(
  { cloud, ids }: Deployment,
  name: string,
  fault: Parameters<typeof cloud.faults.add>[0]['fault'],
): void {
  const key = ids.keys.find(known => known.name === name)
  const isAbout = (text: string) => text.includes(key?.secretId ?? '-') || text.includes(key?.applicationId ?? '-')
  cloud.faults.add({
    match: ({ request }) => isAbout(`${request.path} ${request.body ?? ''}`),
    times: 1000,
    fault,
  })
}

const lines = ({ lines }: Pick<Deployment, 'lines'>) => lines.map(line => JSON.parse(line))

describe('what is asked of several keys', () => {
  test('a key is named in the path, and answered as the only key of a deployment is', async () => {
    const { rotation, keys } = await threeKeys()
    const { status, body } = await rotation.post({ force: true }, 'operator', '/mailer')
    expect([status, body.rotated, body.revision]).toEqual([200, true, 2])
    expect(names.map(name => keys(name).length)).toEqual([1, 2, 1])
  })

  test('several are named in the body, and each is answered by its name', async () => {
    const { rotation, keys } = await threeKeys()
    const { status, body } = await rotation.post({ force: true, keys: ['search', 'billing'] }, 'operator')
    expect([status, Object.keys(body)]).toEqual([200, ['keys', 'request_id']])
    const rotated = { status: 200, rotated: true, revision: 2 }
    expect(body.keys).toMatchObject({ billing: rotated, search: rotated })
    expect(names.map(name => keys(name).length)).toEqual([2, 1, 2])
  })

  test('the form follows how it was asked, also where there is one key', async () => {
    const { rotation } = deploy()
    const { body } = await rotation.post({ keys: ['default'] })
    expect(body).toMatchObject({ keys: { default: { status: 200, rotated: true } } })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: false, reason: 'not-due' })
    expect((await rotation.post({ action: 'tend' }, 'operator', '/default')).body).toMatchObject({ reason: 'not-due' })
  })

  test('an hourly run is over all of them', async () => {
    const { rotation } = deploy({ names })
    const { status, body } = await rotation.post({ action: 'tend' })
    expect([status, Object.keys(body.keys ?? {})]).toEqual([200, names])
  })

  test.each(['rotate', 'revoke', 'rollback'])('without a name a %s is refused with the names', async action => {
    const { rotation, cloud } = await threeKeys()
    const before = cloud.log.entries.length
    const { status, body } = await rotation.post({ action }, 'operator')
    expect([status, body.error, body.keys]).toEqual([400, 'key-not-named', names])
    expect(cloud.log.entries).toHaveLength(before)
  })

  test.each([
    ['/other', {}],
    ['/', { keys: ['other'] }],
    ['/', { keys: ['billing', 'other'] }],
    ['/', { keys: ['__proto__'] }],
    ['/constructor', {}],
  ])('an unknown name is refused with the names, and nothing is done: %s %j', async (path, body) => {
    const { rotation, cloud } = await threeKeys()
    const before = cloud.log.entries.length
    const answer = await rotation.post(body, 'operator', path)
    const code = path === '/constructor' ? 'unknown-path' : 'no-such-key'
    expect([answer.status, answer.body.error]).toEqual([404, code])
    if (code === 'no-such-key') expect(answer.body.keys).toEqual(names)
    expect(cloud.log.entries).toHaveLength(before)
  })

  test('names are given to nobody who is not recognised, and to no consumer', async () => {
    const { rotation } = await threeKeys()
    for (const as of ['stranger', 'consumer'] as const) {
      const { status, body } = await rotation.post({}, as, '/other')
      expect([status, 'keys' in body]).toEqual([403, false])
    }
  })

  test.each([
    [{ keys: [] }, '/', 'The field keys must be a list of names of keys, each once'],
    [{ keys: 'billing' }, '/', 'The field keys must be a list of names'],
    [{ keys: [1] }, '/', 'The field keys must be a list of names'],
    [{ keys: ['billing', 'billing'] }, '/', 'The field keys must be a list of names of keys, each once'],
    [{ keys: ['billing'] }, '/mailer', 'not both'],
    [{ action: 'rollback', revision: 1, keys: ['billing', 'mailer'] }, '/', 'A rollback names the revision of one key'],
  ])('a malformed request is refused and says why: %j at %s', async (body, path, message) => {
    const { rotation } = await threeKeys()
    const answer = await rotation.post(body, 'operator', path)
    expect([answer.status, answer.body.error, answer.body.message]).toEqual([
      400,
      'bad-request',
      expect.stringContaining(message),
    ])
  })

  test('the body that a refused rollback gives to send names the key, where it was asked so', async () => {
    const { rotation } = await threeKeys()
    await rotation.post({ force: true }, 'operator', '/mailer')
    const { body } = await rotation.post({ action: 'rollback', keys: ['mailer'] }, 'operator')
    const send = { action: 'rollback', revision: 2, keys: ['mailer'] }
    expect(body.keys).toMatchObject({ mailer: { status: 400, error: 'revision-missing', send } })
    expect((await rotation.post(send, 'operator')).status).toBe(200)
  })

  test('a dry run of several says what each would do, and does nothing', async () => {
    const { rotation, keys } = await threeKeys()
    const { body } = await rotation.post({ force: true, dry_run: true, keys: names }, 'operator')
    const planned = { status: 200, dry_run: true, actions: [{ kind: 'issue', reason: 'forced' }] }
    expect(body.keys).toMatchObject({ billing: planned, mailer: planned, search: planned })
    expect(names.map(name => keys(name).length)).toEqual([1, 1, 1])
  })

  test('a dry run that cannot look at one key says so of that one, also in the log', async () => {
    const deployment = await threeKeys()
    breakKey(deployment, 'mailer', { kind: 'forbidden' })
    deployment.lines.length = 0
    const { status, body } = await deployment.rotation.post({ force: true, dry_run: true, keys: names }, 'operator')
    expect([status, body.error]).toEqual([502, 'keys-failed'])
    expect(body.keys).toMatchObject({ billing: { dry_run: true }, mailer: { error: 'upstream-refused' } })
    expect(lines(deployment)).toContainEqual(
      expect.objectContaining({ key: 'mailer', dry_run: true, code: 'upstream-refused', level: 50 }),
    )
  })

  test('the CRON may rotate and tend keys by name, and nothing else', async () => {
    const { rotation } = await threeKeys()
    expect((await rotation.post({ keys: ['billing'] }, 'cron')).status).toBe(200)
    expect((await rotation.post({ keys: ['billing'], force: true }, 'cron')).body.error).toBe('operator-only')
    expect((await rotation.post({ keys: ['billing'], action: 'revoke' }, 'cron')).body.error).toBe('operator-only')
  })
})

describe('what befalls one key changes nothing for another', () => {
  test('when its calls fail: the answer has the highest status, and names it', async () => {
    const deployment = await threeKeys()
    const { rotation, keys, clock } = deployment
    clock.advance({ days: 36 })
    breakKey(deployment, 'mailer', { kind: 'status', status: 503 })
    const { status, body } = await rotation.post({ action: 'tend' })
    expect([status, body.error]).toEqual([502, 'keys-failed'])
    expect(body.message).toContain('for mailer:')
    expect(body.keys).toMatchObject({
      billing: { status: 200, rotated: true },
      mailer: { status: 502, error: 'upstream-error' },
      search: { status: 200, rotated: true },
    })
    expect(names.map(name => keys(name).length)).toEqual([2, 1, 2])
  })

  test('when its secret is deleted: only its rotation is refused', async () => {
    const { rotation, cloud, ids } = await threeKeys()
    cloud.secrets.deleteSecret(ids.keys[0]?.secretId ?? '')
    const { status, body } = await rotation.post({ force: true, keys: names }, 'operator')
    expect([status, body.error]).toEqual([409, 'keys-failed'])
    expect(body.keys).toMatchObject({
      billing: { status: 409, error: 'secret-deleted' },
      mailer: { rotated: true },
      search: { rotated: true },
    })
  })

  test('when the function itself fails with it: a fault of ours is an answer of its own, and one line of the log', async () => {
    const deployment = deploy({ names })
    const { clock, instance, keys } = deployment
    let sleeps = 0
    const failing: Clock = {
      now: () => ({ wallMs: clock.now().getTime(), steadyMs: clock.now().getTime() }),
      sleep: async () => {
        sleeps += 1
        if (sleeps === 1) throw new TypeError('planted')
      },
    }
    const { status, body } = await instance({ clock: failing }).post({ action: 'tend' })
    expect([status, body.error]).toEqual([500, 'keys-failed'])
    const answers = Object.entries(body.keys ?? {})
    expect(answers.filter(([, answer]) => answer.error === 'internal-error')).toHaveLength(1)
    expect(answers.filter(([, answer]) => answer.rotated === true)).toHaveLength(2)
    const [failed = ''] = answers.find(([, answer]) => answer.error === 'internal-error') ?? []
    expect(lines(deployment)).toContainEqual(
      expect.objectContaining({ key: failed, code: 'internal-error', name: 'TypeError' }),
    )
    expect(JSON.stringify([body, deployment.lines])).not.toContain('planted')
    expect(names.map(name => keys(name).length)).toEqual([1, 1, 1])
  })

  test('when its look takes long: where nothing is due, nobody looks twice', async () => {
    const { rotation, cloud, clock, ids } = await threeKeys()
    const isAboutMailer = (path: string) => path.includes(ids.keys[1]?.secretId ?? '-')
    const match = ({ path }: { path: string }) => {
      if (isAboutMailer(path)) clock.advance({ seconds: 40 })
      return false
    }
    cloud.faults.add({ match, times: 1000, fault: { kind: 'lost-before' } })
    const before = cloud.log.entries.length
    expect((await rotation.post({ action: 'tend' })).status).toBe(200)
    const calls = cloud.log.entries.slice(before).filter(({ operation }) => operation !== 'iam.getApiKey')
    expect(calls).toHaveLength(2 * names.length)
  })

  test('when its keys fill their limit: the others rotate', async () => {
    const { rotation, clock } = await threeKeys()
    for (let press = 0; press < 3; press++) {
      await rotation.post({ force: true }, 'operator', '/billing')
      clock.advance({ minutes: 11 })
    }
    const { body } = await rotation.post({ force: true, keys: names }, 'operator')
    expect(body.keys).toMatchObject({
      billing: { status: 409, error: 'blocked' },
      mailer: { rotated: true },
      search: { rotated: true },
    })
  })
})

/** Simulated time that goes on to the next one who wakes, once everybody sleeps. */
function together({ clock }: Pick<Deployment, 'clock'>): Clock {
  const sleepers: { readonly untilMs: number; readonly wake: () => void }[] = []
  const nowMs = () => clock.now().getTime()
  let isGoingOn = false
  const everybodySleeps = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  const goOn = async () => {
    await everybodySleeps()
    const next = sleepers.sort((a, b) => a.untilMs - b.untilMs).shift()
    isGoingOn = next !== undefined
    if (next === undefined) return
    if (next.untilMs > nowMs()) clock.advance({ milliseconds: next.untilMs - nowMs() })
    next.wake()
    await goOn()
  }
  return {
    now: () => ({ wallMs: nowMs(), steadyMs: nowMs() }),
    sleep: durationMs =>
      new Promise(wake => {
        sleepers.push({ untilMs: nowMs() + durationMs, wake })
        if (!isGoingOn) void goOn()
        isGoingOn = true
      }),
  }
}

test('nobody waits for a key whose calls are slow, or that needs minutes until it works', async () => {
  const many = ['ledger', 'mailer', 'search']
  const deployment = deploy({ names: many })
  const { instance, clock, cloud, ids } = deployment
  cloud.state.readings.newKey = 'after-2-min'
  clock.advance({ minutes: 2 })
  const slow = many.slice(0, 2)
  const isSlow = (text: string) =>
    ids.keys.some(key => slow.includes(key.name) && (text.includes(key.secretId) || text.includes(key.applicationId)))
  const own = together({ clock })
  const rotation = instance({
    clock: own,
    fetch: async (request, options) => {
      const text = `${request.url} ${request.method === 'POST' ? await request.clone().text() : ''}`
      if (isSlow(text)) await own.sleep(10_000)
      return cloud.fetch(request, options)
    },
  })
  const before = clock.now().getTime()
  const { status, body } = await rotation.post({ action: 'tend' })
  expect([status, body.error]).toEqual([200, undefined])
  expect(clock.now().getTime() - before).toBeLessThan(270_000)
})

test('a revoke of several waits once, for all of them', async () => {
  const { instance, clock, keys } = await threeKeys()
  const before = clock.now().getTime()
  const rotation = instance({ clock: together({ clock }) })
  const { status, body } = await rotation.post({ action: 'revoke', keys: names }, 'operator')
  expect(status).toBe(200)
  const done = { status: 200, rotated: true, done: true }
  expect(body.keys).toMatchObject({ billing: done, mailer: done, search: done })
  expect(clock.now().getTime() - before).toBeLessThan(2 * 75_000)
  expect(names.map(name => keys(name).length)).toEqual([1, 1, 1])
})

describe('the status of several keys', () => {
  test('is healthy only if each is, names those that are not, and has the status of each', async () => {
    const { rotation, cloud, keys } = await threeKeys()
    const { status, body } = await rotation.status()
    expect([status, body.healthy, body.unhealthy]).toEqual([200, true, []])
    expect(Object.keys(body.keys ?? {})).toEqual(names)
    for (const { accessKey } of keys('search')) cloud.iam.deleteApiKey(accessKey)
    const unhealthy = await rotation.status('monitor', '/', { 'Cache-Control': 'no-cache' })
    expect([unhealthy.status, unhealthy.body.unhealthy]).toEqual([503, ['search']])
    const one = await rotation.status('monitor', '/search')
    expect([one.status, one.body.healthy]).toEqual([503, false])
    expect((await rotation.status('monitor', '/billing')).status).toBe(200)
  })

  test('says once what is the deployment’s, and adds up its API keys', async () => {
    const deployment = await threeKeys()
    const rotation = deployment.instance({ env: { ...identityVariables(deployment.ids), API_KEY_QUOTA: '60' } })
    const { body } = await rotation.status()
    expect(body).toMatchObject({ rotator_key: { access_key: deployment.ids.rotator.accessKey }, problems: [] })
    // Three that are rotated; rotator, reader, operator, monitor and three consumers.
    expect(body.api_keys).toEqual({ used: 10, quota: 60 })
    for (const status of Object.values(body.keys ?? {})) {
      expect(Object.keys(status)).toContain('current')
      expect(Object.keys(status)).not.toContain('rotator_key')
    }
    expect((await rotation.status('monitor', '/billing')).body).toHaveProperty('rotator_key')
  })

  test('is remembered for a minute, unless no-cache asks anew or a run came between', async () => {
    const { rotation, cloud, clock } = await threeKeys()
    const calls = async (ask: () => Promise<unknown>) => {
      const before = cloud.log.entries.length
      await ask()
      return cloud.log.entries.length - before
    }
    const status = (headers = {}) => rotation.status('monitor', '/', headers)
    const anew = await calls(status)
    expect(anew).toBeGreaterThan(6)
    clock.advance({ seconds: 59 })
    expect(await calls(status)).toBe(0)
    expect(await calls(() => status({ 'Cache-Control': 'no-cache' }))).toBe(anew)
    clock.advance({ seconds: 60 })
    expect(await calls(status)).toBe(anew)
    await rotation.post({ action: 'tend' })
    expect(await calls(status)).toBe(anew)
  })

  test('that was begun before a run ended is not remembered', async () => {
    const { instance, cloud } = await threeKeys()
    let release = () => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    let calls = 0
    const rotation = instance({
      fetch: async (request, options) => {
        calls += 1
        if (calls === 1) await held
        return cloud.fetch(request, options)
      },
    })
    const slow = rotation.status()
    await rotation.post({ action: 'tend' })
    release()
    await slow
    const before = calls
    await rotation.status()
    expect(calls).toBeGreaterThan(before)
  })

  test('is given although one key cannot be read', async () => {
    const deployment = await threeKeys()
    breakKey(deployment, 'mailer', { kind: 'forbidden' })
    const { status, body } = await deployment.rotation.status()
    expect([status, body.unhealthy]).toEqual([503, ['mailer']])
    expect(body.keys).toMatchObject({
      billing: { healthy: true },
      mailer: { healthy: false, error: 'upstream-refused' },
      search: { healthy: true },
    })
  })
})

describe('the log of a run over several keys', () => {
  test('names the key in each line about one, says nothing of those where nothing happened, and sums up', async () => {
    const deployment = await threeKeys()
    deployment.lines.length = 0
    await deployment.rotation.post({ force: true }, 'operator', '/mailer')
    expect(lines(deployment).every(({ key }) => key === 'mailer')).toBe(true)
    deployment.lines.length = 0
    await deployment.rotation.post({ action: 'tend' })
    expect(lines(deployment)).toMatchObject([
      { asked: 'tend', keys: 3, eventful: 0, failed: [], msg: 'run over keys ended' },
    ])
    deployment.lines.length = 0
    breakKey(deployment, 'search', { kind: 'forbidden' })
    await deployment.rotation.post({ action: 'tend' })
    expect(lines(deployment)).toMatchObject([
      { key: 'search', code: 'upstream-refused', msg: 'run ended with something undone' },
      { keys: 3, eventful: 1, failed: ['search'], msg: 'run over keys ended with something undone' },
    ])
  })
})

describe('notifications of several keys', () => {
  async function notifying() {
    const receiver = await startReceiver()
    onTestFinished(() => receiver.close())
    const deployment = await threeKeys()
    const env = {
      NOTIFICATION_URL: `${receiver.url}/hook`,
      NOTIFICATION_SECRET: `whsec_${Buffer.from('a signing secret of enough bytes').toString('base64')}`,
      HEARTBEAT_URL: `${receiver.url}/beat`,
    }
    const rotation = deployment.instance({ env, receiverFetch: receiver.fetch })
    const hooks = () => receiver.received.filter(({ url }) => url === '/hook').map(({ body }) => JSON.parse(body))
    const beats = () => receiver.received.filter(({ url }) => url === '/beat')
    return { ...deployment, rotation, hooks, beats }
  }

  test('of one key name it in data and text', async () => {
    const { rotation, hooks, ids } = await notifying()
    await rotation.post({ force: true }, 'operator', '/mailer')
    const [issued] = hooks()
    expect(issued.data).toMatchObject({ key: 'mailer', secret_id: ids.keys[1]?.secretId, revision: 2 })
    expect(issued.text).toContain(`(key mailer, secret ${ids.keys[1]?.secretId})`)
  })

  test('of several come as one of each type, with the keys in a list', async () => {
    const { rotation, hooks } = await notifying()
    await rotation.post({ force: true, keys: ['billing', 'search'] }, 'operator')
    expect(hooks()).toHaveLength(1)
    const [issued] = hooks()
    expect(issued.type).toBe('key.issued')
    expect(issued.data.keys).toMatchObject([
      { key: 'billing', revision: 2, reason: 'forced' },
      { key: 'search', revision: 2, reason: 'forced' },
    ])
    expect(issued.text).toContain('(key billing,')
    expect(issued.text).toContain('(key search,')
  })

  test('of what failed name each key that did', async () => {
    const deployment = await notifying()
    breakKey(deployment, 'billing', { kind: 'status', status: 503 })
    await deployment.rotation.post({ force: true, keys: names }, 'operator')
    const failed = deployment.hooks().find(({ type }) => type === 'action.failed')
    expect(failed.data).toMatchObject({ key: 'billing', error: 'upstream-error' })
  })

  test('of problems that persist name every unhealthy key once a day', async () => {
    const { rotation, hooks, clock, cloud, ids, keys } = await notifying()
    for (const { accessKey } of keys('billing')) cloud.iam.deleteApiKey(accessKey)
    cloud.secrets.deleteSecret(ids.keys[0]?.secretId ?? '')
    cloud.secrets.deleteSecret(ids.keys[2]?.secretId ?? '')
    const untilEight = new Date('2026-03-02T08:17:00Z').getTime() - clock.now().getTime()
    clock.advance({ milliseconds: untilEight })
    await rotation.post({ action: 'tend' })
    const standing = hooks().find(({ type }) => type === 'problem.standing')
    const unhealthy = standing.data.problems.map(({ key, code }: Record<string, string>) => `${key} ${code}`)
    expect(unhealthy).toEqual(['billing secret-deleted', 'search secret-deleted'])
    expect(standing.text).toMatch(/billing: .*search: /)
  })

  test('the heartbeat comes after an hourly run over all keys that were all healthy, and after no other', async () => {
    const deployment = await notifying()
    const { rotation, beats, clock } = deployment
    await rotation.post({ action: 'tend' }, 'operator', '/billing')
    await rotation.post({ action: 'tend', keys: ['billing', 'mailer'] })
    expect(beats()).toHaveLength(0)
    await rotation.post({ action: 'tend' })
    expect(beats()).toHaveLength(1)
    clock.advance({ hours: 1 })
    breakKey(deployment, 'search', { kind: 'forbidden' })
    await rotation.post({ action: 'tend' })
    expect(beats()).toHaveLength(1)
  })
})

test('an urgent key that IAM refused for its quota is made once the same run has deleted one of its own', async () => {
  const { rotation, cloud, clock, keys, served, ids } = deploy({ scaleway: { apiKeyQuota: 9 } })
  await rotation.post()
  clock.advance({ days: 1 })
  const first = served()?.accessKey ?? ''
  cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'lost-before' } })
  expect((await rotation.post({ force: true }, 'operator')).status).toBe(502)
  expect(keys()).toHaveLength(2)
  cloud.iam.deleteApiKey(first)
  clock.advance({ hours: 6 })
  const { id: applicationId } = cloud.iam.createApplication({ name: 'another team' })
  while (cloud.iam.apiKeys().length < 9) cloud.iam.createApiKey({ applicationId })
  const { status, body } = await rotation.post({ action: 'tend' })
  expect([status, body.rotated]).toEqual([200, true])
  expect(cloud.iam.apiKeys(ids.applicationId)).toMatchObject([{ accessKey: served()?.accessKey }])
})
