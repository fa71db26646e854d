import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { Agent } from 'undici'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createReceiverFetch, type Fetch } from '../../functions/rotation/fetch.ts'
import { run } from '../support/command.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { deploy } from '../support/rotation.ts'
import { until } from './consumers.ts'

vi.setConfig({ testTimeout: 60_000 })

const command = [process.execPath, '--import', 'tsx', 'examples/restart/receiver.ts']
const signingSecret = `whsec_${randomBytes(32).toString('base64')}`

const ways = [
  {
    way: 'github',
    settings: (api: Receiver) => ({ GITHUB_API_URL: api.url, GITHUB_REPOSITORY: 'team/app', GITHUB_TOKEN: 'planted' }),
    expected: {
      method: 'POST',
      url: '/repos/team/app/dispatches',
      header: ['authorization', 'Bearer planted'],
      body: { event_type: 'key-issued', client_payload: { key: 'default', revision: 1 } },
    },
  },
  {
    way: 'kubernetes',
    settings: (api: Receiver, folder: string) => ({
      KUBERNETES_API_URL: api.url,
      SERVICE_ACCOUNT_FOLDER: folder,
      NAMESPACE: 'shop',
      DEPLOYMENT: 'app',
    }),
    expected: {
      method: 'PATCH',
      url: '/apis/apps/v1/namespaces/shop/deployments/app',
      header: ['authorization', 'Bearer planted'],
      body: {
        spec: {
          template: {
            metadata: {
              annotations: { 'kubectl.kubernetes.io/restartedAt': expect.any(String), 'api-key/revision': '1' },
            },
          },
        },
      },
    },
  },
  {
    way: 'container',
    settings: (api: Receiver) => ({ SCW_API_URL: api.url, CONTAINER_ID: 'an-id', SCW_SECRET_KEY: 'planted' }),
    expected: {
      method: 'POST',
      url: '/containers/v1/regions/fr-par/containers/an-id/redeploy',
      header: ['x-auth-token', 'planted'],
      body: {},
    },
  },
]

test.each(ways)('a new key restarts an application once, by $way', async ({ way, settings, expected }) => {
  const api = await startReceiver()
  onTestFinished(api.close)
  const folder = await mkdtemp(join(tmpdir(), 'restart-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'token'), 'planted\n')
  const receiver = await startExample({ RESTART: way, ...settings(api, folder) })
  const { rotation } = deployNotifying(receiver)
  expect((await rotation.post()).body.rotated).toBe(true)
  await until(() => receiver.lines().some(({ what }) => what === 'restarted'), 'the restart')
  const [call] = api.received
  const [name = '', value] = expected.header
  expect(api.received).toHaveLength(1)
  expect(call).toMatchObject({ method: expected.method, url: expected.url })
  expect([call?.headers[name], JSON.parse(call?.body ?? '')]).toEqual([value, expected.body])
  expect(receiver.output()).not.toContain('planted')
})

test('a notification that is repeated, forged, old, or about another key restarts nothing', async () => {
  const api = await startReceiver()
  onTestFinished(api.close)
  const receiver = await startExample({ RESTART: 'container', ...ways[2]?.settings(api, '') })
  const { rotation, sent } = deployNotifying(receiver, ['default', 'other'])
  await rotation.post({}, 'cron', '/other')
  await rotation.post({}, 'cron', '/default')
  await until(() => api.received.length > 0, 'the restart')
  const last = sent.at(-1) ?? expect.fail('nothing was sent')
  const again = (change: RequestInit) => fetch(receiver.url, { ...last, ...change })
  expect((await again({})).status).toBe(204)
  expect((await again({ body: last.body.replace('"revision":1', '"revision":2') })).status).toBe(401)
  const signed = (id: string, secondsAgo: number) => {
    const at = new Date(Date.now() - secondsAgo * 1000)
    const signature = new Webhook(signingSecret).sign(id, at, last.body)
    const timestamp = String(Math.floor(at.getTime() / 1000))
    return { headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } }
  }
  expect((await again(signed('old', 305))).status).toBe(401)
  expect((await again(signed(last.headers['webhook-id'] ?? '', 290))).status).toBe(204)
  expect((await again({ headers: { ...last.headers, 'webhook-id': 'another' } })).status).toBe(401)
  expect((await again({ body: ' '.repeat(65 * 1024) })).status).toBe(413)
  expect((await fetch(receiver.url)).status).toBe(405)
  await hangUp(receiver.url)
  expect((await fetch(receiver.url)).status).toBe(405)
  expect(sent).toHaveLength(2)
  expect(api.received).toHaveLength(1)
})

test('a restart that is refused is tried again, and the log says why', async () => {
  const answers = [500, 204]
  const api = await startReceiver(response => response.writeHead(answers.shift() ?? 204).end())
  onTestFinished(api.close)
  const receiver = await startExample({ RESTART: 'container', ...ways[2]?.settings(api, '') })
  await deployNotifying(receiver).rotation.post()
  await until(() => receiver.lines().some(({ what }) => what === 'restarted'), 'the second attempt')
  expect(receiver.lines().map(({ what, why }) => [what, why])).toContainEqual(['restart failed', 'HTTP 500'])
})

test.each([
  ['NOTIFICATION_SECRET', '', 'NOTIFICATION_SECRET is missing'],
  ['NOTIFICATION_SECRET', 'whsec_', 'NOTIFICATION_SECRET must be'],
  ['CONTAINER_ID', '', 'CONTAINER_ID is missing'],
])('with %s set to "%s" it ends and says what is wrong', async (name, value, message) => {
  const settings = { RESTART: 'container', NOTIFICATION_SECRET: signingSecret, CONTAINER_ID: 'x', SCW_SECRET_KEY: 'x' }
  const started = run(command, { ...settings, [name]: value })
  onTestFinished(started.end)
  expect(await started.exitCode).toBe(2)
  expect(started.stderr()).toContain(message)
})

/** Begins a request and ends its connection before the body has come. */
async function hangUp(url: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf')
  await sleep(100)
  socket.resetAndDestroy()
  await sleep(300)
}

/** The example, which restarts at once. */
async function startExample(settings: Record<string, string>) {
  const started = run(command, { NOTIFICATION_SECRET: signingSecret, PORT: '0', DELAY_SECONDS: '0', ...settings })
  onTestFinished(started.end)
  await started.prints('listening')
  const lines = (): Record<string, unknown>[] => {
    const complete = started.stdout().split('\n').slice(0, -1)
    return complete.map(line => JSON.parse(line))
  }
  const url = `http://127.0.0.1:${lines()[0]?.port}`
  return { url, lines, output: () => started.stdout() + started.stderr() }
}

/** A deployment of the present day that notifies the example, and what it sent. */
function deployNotifying({ url }: { url: string }, names?: readonly string[]) {
  const deployment = deploy(names === undefined ? {} : { names })
  deployment.clock.advance({ milliseconds: Date.now() - deployment.clock.now().getTime() })
  const agent = new Agent()
  onTestFinished(() => agent.destroy())
  const send = createReceiverFetch(agent)
  const sent: { method: string; headers: Record<string, string>; body: string }[] = []
  const receiverFetch: Fetch = async (request, init) => {
    const { method, headers } = request
    sent.push({ method, headers: Object.fromEntries(headers), body: await request.clone().text() })
    return send(request, init)
  }
  const env = { NOTIFICATION_URL: url, NOTIFICATION_SECRET: signingSecret }
  return { rotation: deployment.instance({ env, receiverFetch }), sent }
}
