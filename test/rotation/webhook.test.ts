import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { type Deployment, deploy, type Instance } from '../support/rotation.ts'
import { expectNoSecret } from '../support/secrets.ts'

const signingSecret = `whsec_${Buffer.from('a signing secret of enough bytes').toString('base64')}`
const token = 'token-inside-an-address'
const receivers: Receiver[] = []

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(receivers.splice(0).map(receiver => receiver.close()))
})

type Notifying = Deployment & { receiver: Receiver; rotation: Instance }

/** A deployment whose function notifies one receiver: notifications below /hook, heartbeats below /beat. */
async function notifyingDeployment(answer?: (response: ServerResponse) => ServerResponse): Promise<Notifying> {
  const receiver = await startReceiver(answer)
  receivers.push(receiver)
  const deployment = deploy()
  return { ...deployment, receiver, rotation: notifyingInstance(deployment, receiver) }
}

function notifyingInstance(deployment: Deployment, receiver: Receiver, env: Record<string, string> = {}): Instance {
  const usual = {
    NOTIFICATION_URL: `${receiver.url}/hook/${token}?key=${token}`,
    NOTIFICATION_SECRET: signingSecret,
    HEARTBEAT_URL: `${receiver.url}/beat/${token}`,
  }
  return deployment.instance({ env: { ...usual, ...env }, receiverFetch: receiver.fetch })
}

const hooks = ({ received }: Receiver) => received.filter(({ url }) => url.startsWith('/hook'))
const beats = ({ received }: Receiver) => received.filter(({ url }) => url.startsWith('/beat'))
const typesOf = (receiver: Receiver) => hooks(receiver).map(({ body }) => JSON.parse(body).type)

/** What the published library makes of a request, on the deployment's clock. */
function verified({ headers, body }: Received, { clock }: Deployment, secret = signingSecret): unknown {
  vi.setSystemTime(clock.now())
  return new Webhook(secret).verify(body, Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)])))
}

async function hourlyRuns(deployment: Notifying, times = 1): Promise<void> {
  for (let count = 0; count < times; count++) {
    deployment.clock.advance({ hours: 1 })
    await deployment.rotation.post({ action: 'tend' })
  }
}

describe('a notification', () => {
  test('is a signed POST that the published library verifies', async () => {
    const deployment = await notifyingDeployment()
    const { body } = await deployment.rotation.post()
    const [request] = hooks(deployment.receiver)
    if (request === undefined) throw new Error('nothing was sent')
    expect([request.method, request.headers['content-type']]).toEqual(['POST', 'application/json'])
    expect(verified(request, deployment)).toMatchObject({
      type: 'key.issued',
      data: { access_key: body.access_key, revision: 1, expires_at: body.expires_at, reason: 'no-usable-key' },
      text: expect.stringContaining(String(body.access_key)),
    })
    const other = `whsec_${Buffer.from('another secret of enough bytes..').toString('base64')}`
    expect(() => verified(request, deployment, other)).toThrow('No matching signature')
    expect(() => verified({ ...request, body: `${request.body} ` }, deployment)).toThrow('No matching signature')
    const { 'webhook-id': id } = request.headers
    expect(() =>
      verified({ ...request, headers: { ...request.headers, 'webhook-id': `${id}x` } }, deployment),
    ).toThrow()
  })

  test('may be signed with bare base64', async () => {
    const deployment = await notifyingDeployment()
    const bare = signingSecret.replace('whsec_', '')
    await notifyingInstance(deployment, deployment.receiver, { NOTIFICATION_SECRET: bare }).post()
    const [request] = hooks(deployment.receiver)
    expect(request && verified(request, deployment, bare)).toMatchObject({ type: 'key.issued' })
  })

  test('follows a rotation, a rollback, a leak and a refusal', async () => {
    const deployment = await notifyingDeployment()
    const { rotation, clock, receiver } = deployment
    await rotation.post()
    clock.advance({ days: 30 })
    await rotation.post()
    await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    clock.advance({ days: 1 })
    await rotation.post({ action: 'revoke' }, 'operator')
    expect(typesOf(receiver)).toEqual([
      'key.issued',
      'key.issued',
      'key.rolled-back',
      'action.failed',
      'key.issued',
      'key.revoked',
    ])
    for (const request of hooks(receiver).slice(-2)) verified(request, deployment)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(6)
  })

  test('reports every refused press, however soon after another one', async () => {
    const { rotation, receiver } = await notifyingDeployment()
    await rotation.post()
    receiver.received.length = 0
    for (let press = 0; press < 3; press++) {
      const { body } = await rotation.post({ action: 'rollback', revision: 1 }, 'operator')
      expect(body.error).toBe('no-older-key')
    }
    expect(typesOf(receiver)).toEqual(['action.failed', 'action.failed', 'action.failed'])
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
  })

  test('says nothing of a caller that may not ask', async () => {
    const { rotation, receiver } = await notifyingDeployment()
    for (const as of ['consumer', 'monitor', 'stranger'] as const) await rotation.post({ action: 'revoke' }, as)
    expect(receiver.received).toEqual([])
  })

  test('is not sent for a status, a dry run, or a rotation that is answered as recent', async () => {
    const { rotation, receiver, instance } = await notifyingDeployment()
    await rotation.status()
    await rotation.post({ dry_run: true })
    await rotation.post({ action: 'tend', dry_run: true })
    await instance().post()
    await rotation.post()
    await rotation.post()
    expect(receiver.received).toEqual([])
  })

  test('reports a problem that persists once a day: twice in 48 hourly runs', async () => {
    const deployment = await notifyingDeployment()
    await deployment.instance().post()
    deployment.cloud.secrets.addVersion(deployment.ids.secretId, {
      data: '{"API_KEY":"manual","SECRET_KEY":"manual"}',
    })
    await hourlyRuns(deployment, 48)
    expect(typesOf(deployment.receiver)).toEqual(['problem.standing', 'problem.standing'])
  })

  test('reports a deleted secret as often, and a heartbeat comes again once it is restored', async () => {
    const deployment = await notifyingDeployment()
    const { cloud, ids, receiver } = deployment
    await deployment.instance().post()
    cloud.secrets.deleteSecret(ids.secretId)
    await hourlyRuns(deployment, 24)
    const [sent] = hooks(receiver).map(({ body }) => JSON.parse(body))
    expect([sent.type, sent.data.problems]).toMatchObject(['problem.standing', [{ code: 'secret-deleted' }]])
    expect(receiver.received).toHaveLength(1)
    cloud.secrets.restoreSecret(ids.secretId)
    await hourlyRuns(deployment)
    expect(beats(receiver)).toHaveLength(1)
  })

  test('reports it under one id in that hour, however often the operator requests `tend`', async () => {
    const deployment = await notifyingDeployment()
    await deployment.instance().post()
    deployment.cloud.secrets.addVersion(deployment.ids.secretId, {
      data: '{"API_KEY":"manual","SECRET_KEY":"manual"}',
    })
    while (deployment.clock.now().getUTCHours() !== 8) deployment.clock.advance({ minutes: 10 })
    for (let call = 0; call < 3; call++) await deployment.rotation.post({ action: 'tend' }, 'operator')
    expect(new Set(typesOf(deployment.receiver))).toEqual(new Set(['problem.standing']))
    expect(new Set(deployment.receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(beats(deployment.receiver)).toEqual([])
  })

  test('reports hourly runs that all fail as rarely', async () => {
    const deployment = await notifyingDeployment()
    deployment.cloud.faults.add({ times: 10_000, fault: { kind: 'forbidden' } })
    await hourlyRuns(deployment, 48)
    expect(typesOf(deployment.receiver)).toEqual(['problem.standing', 'problem.standing'])
    expect(deployment.receiver.received).toHaveLength(2)
  })
})

describe('a heartbeat', () => {
  test('is a GET after each healthy hourly run, and after nothing else', async () => {
    const deployment = await notifyingDeployment()
    const { rotation, receiver, cloud } = deployment
    await rotation.post()
    expect(beats(receiver)).toEqual([])
    await hourlyRuns(deployment, 3)
    expect(beats(receiver).map(({ method, body }) => [method, body])).toEqual(Array(3).fill(['GET', '']))
    cloud.faults.add({ fault: { kind: 'rate-limited' } })
    await hourlyRuns(deployment)
    expect(beats(receiver)).toHaveLength(3)
    await hourlyRuns(deployment)
    expect(beats(receiver)).toHaveLength(4)
  })
})

describe('no receiver changes a rotation', () => {
  const refusing = (response: ServerResponse) => response.writeHead(500).end('planted in an answer')
  const redirecting = (response: ServerResponse) => response.writeHead(307, { location: '/elsewhere' }).end()
  const breaking = (response: ServerResponse) => response.destroy()
  const hanging = (response: ServerResponse) => response

  test.each([
    ['answers 500', refusing, { code: 'receiver-refused', status: 500 }],
    ['redirects', redirecting, { code: 'receiver-refused', status: 307 }],
    ['breaks off', breaking, { code: 'receiver-unreachable' }],
    ['never answers', hanging, { code: 'receiver-timeout' }],
  ] as const)('one that %s is logged and called once', { timeout: 20_000 }, async (_, answer, logged) => {
    const usual = withoutId(await deploy().rotation.post())
    const { rotation, receiver, lines } = await notifyingDeployment(answer)
    const given = await rotation.post()
    expect(withoutId(given)).toEqual(usual)
    expect(receiver.received.map(({ url }) => url)).toEqual([`/hook/${token}?key=${token}`])
    const failures = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'notification failed')
    expect(failures).toMatchObject([{ ...logged, host: new URL(receiver.url).host }])
    expect(failures[0].request_id).toBe(given.body.request_id)
    expectNoSecret(lines, [token, signingSecret, 'planted in an answer'])
  })

  test('one that is unreachable is logged', async () => {
    const { rotation, receiver, lines } = await notifyingDeployment()
    await receiver.close()
    expect((await rotation.post()).status).toBe(200)
    expect(lines.join('')).toContain('receiver-unreachable')
  })

  test('one that is slow keeps no other run waiting', async () => {
    const held: ServerResponse[] = []
    const deployment = await notifyingDeployment(response => {
      held.push(response)
      return response
    })
    const order: string[] = []
    const arrived = deployment.receiver.next()
    const slow = deployment.rotation.post().then(() => order.push('notified'))
    await arrived
    await deployment.rotation.post({ action: 'tend', dry_run: true }).then(() => order.push('not waited'))
    for (const response of held) response.writeHead(204).end()
    await slow
    expect(order).toEqual(['not waited', 'notified'])
  })
})

test('no request to a receiver holds a credential', async () => {
  const deployment = await notifyingDeployment()
  const { rotation, clock, receiver } = deployment
  await rotation.post()
  const first = deployment.secrets()
  clock.advance({ days: 30 })
  await rotation.post({}, 'operator')
  await hourlyRuns(deployment, 2)
  await rotation.post({ action: 'revoke' }, 'operator')
  const requests = receiver.received.map(request => JSON.stringify(request))
  expect(requests.length).toBeGreaterThan(5)
  expectNoSecret(requests, [...first, ...deployment.secrets(), signingSecret])
  expect(requests.join('').toLowerCase()).not.toMatch(/x-auth-token|authorization|cookie/)
})

describe('the settings', () => {
  const answerOf = async (env: Record<string, string>) => (await deploy({ env }).rotation.status()).body

  test('require a secret with the address of a receiver', async () => {
    const body = await answerOf({ NOTIFICATION_URL: 'https://hooks.example/x' })
    expect(body).toMatchObject({ error: 'misconfigured', message: expect.stringContaining('NOTIFICATION_SECRET') })
  })

  test.each([
    'http://hooks.example/x',
    'https://user:password@hooks.example/x',
    'ftp://hooks.example/x',
    'hooks.example/x',
  ])('refuse the address %s without repeating it', async url => {
    const body = await answerOf({ HEARTBEAT_URL: url })
    expect(body).toMatchObject({ error: 'misconfigured', message: expect.stringContaining('HEARTBEAT_URL') })
    expect(JSON.stringify(body)).not.toContain('hooks.example')
  })

  test.each(['short', 'whsec_c2hvcnQ=', 'whsec_not base64 not base64 not base64 not'])(
    'refuse the signing secret %s without repeating it',
    async secret => {
      const body = await answerOf({ NOTIFICATION_URL: 'https://hooks.example/x', NOTIFICATION_SECRET: secret })
      expect(body).toMatchObject({ error: 'misconfigured', message: expect.stringContaining('NOTIFICATION_SECRET') })
      expect(JSON.stringify(body)).not.toContain(secret)
    },
  )
})

function withoutId({ status, body }: Awaited<ReturnType<Instance['post']>>) {
  return { status, body: { ...body, request_id: undefined } }
}
