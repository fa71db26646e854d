import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeRetrieval, type Surroundings } from '../../functions/retrieval/compose.ts'
import { composeRotation } from '../../functions/rotation/compose.ts'
import { createLog } from '../../functions/rotation/log.ts'
import type { PlatformResponse } from '../../functions/shared/endpoint.ts'
import { createIdentities, cronToken, type Identities, type KeySettings } from '../../scripts/local/identities.ts'
import { functionSettings, timeoutSeconds } from '../../scripts/local/settings.ts'
import { startCron } from '../fake-scaleway/functions/cron.ts'
import { headersOf } from '../fake-scaleway/functions/forward.ts'
import { startGateway } from '../fake-scaleway/functions/gateway.ts'
import { createScaleway, type FakeScaleway, type Readings, SimulatedClock, serve } from '../fake-scaleway/index.ts'
import { simulated } from '../support/rotation.ts'

/** The settings of `variables.tf` that some readings ask for. */
export interface Settings {
  readonly send_caller_key?: boolean
  readonly bind_to_secrets?: boolean
  readonly rotator_extra_permission_sets?: readonly string[]
}

/** Ends something with the test. */
export type AtEnd = (end: () => Promise<unknown> | unknown) => void

/** What a deployment is started with. */
interface DeploymentOptions {
  readonly readings: Partial<Readings>
  readonly settings?: Settings
  /** Settings of the key that differ from the defaults, by the names that they have in its variable. */
  readonly keySettings?: KeySettings
  readonly atEnd: AtEnd
  /** Happens whenever the rotation function waits: what others do meanwhile. */
  readonly meanwhile?: () => Promise<void>
  /** How a caller waits for a cold start. By default it passes on the clock alone. */
  readonly coldStart?: (milliseconds: number) => Promise<void>
  /** Happens after each answer of a function, before the next call. */
  readonly answered?: (status: number, clock: SimulatedClock) => void
}

type Handler = (event: unknown) => Promise<PlatformResponse>

/** How many times faster the timers of retrieval run here: nobody waits for its pauses. */
const timerSpeed = 20

/**
 * Both functions in this process, behind the private gateways of a local Scaleway on loopback, as `main.tf` deploys them with
 * these settings. All share a clock that stands still until somebody sleeps or a test advances it: a journey of months
 * takes a second, and waits for what it would wait for on the platform.
 */
export async function deployUnder(options: DeploymentOptions) {
  const { readings, settings = {}, atEnd, keySettings = {} } = options
  const { meanwhile = async () => {}, answered = () => {} } = options
  const clock = new SimulatedClock(new Date('2026-03-01T02:00:00Z'))
  const cloud = createScaleway({ clock, seed: 1, readings })
  const ids = createIdentities(cloud)
  applySettings(cloud, ids, settings)
  letBearerRead(cloud, ids)
  const server = await serve(cloud)
  atEnd(server.close)
  const env = functionSettings({ scaleway: cloud, scalewayUrl: server.url, identities: ids })
  const rotationEnv: Readonly<Record<string, string>> = env.rotation
  const ofKey = { ...JSON.parse(rotationEnv.KEY_DEFAULT ?? ''), ...keySettings }
  const lines: string[] = []
  const time = simulated(clock)
  const rotate = composeRotation({
    env: { ...rotationEnv, KEY_DEFAULT: JSON.stringify(ofKey) },
    log: level => createLog({ level, destination: { write: line => lines.push(line) } }),
    clock: {
      ...time,
      sleep: async durationMs => {
        await meanwhile()
        await time.sleep(durationMs)
      },
    },
    fetch: () => (input, init) => cloud.fetch(input, init),
    receiverFetch: () => () => Promise.reject(new Error('there is no receiver')),
  })
  const { coldStart = async (milliseconds: number) => clock.advance({ milliseconds }) } = options
  const parts = { cloud, clock, coldStart, answered, atEnd }
  const rotation = await opened({ ...parts, name: 'rotation', handler: rotate, maxScale: 1 })
  const retrieve = composeRetrieval({
    env: env.retrieval,
    clock: { now: time.now, after: soon },
    random: () => 0,
    opener: () => (url, options) => request(url, options),
    write: line => lines.push(line),
  })
  const retrieval = await opened({ ...parts, name: 'retrieval', handler: retrieve, maxScale: 20 })
  const cron = (action: 'rotate' | 'tend') => {
    const args = { action, token: cronToken(ids), ...(action === 'rotate' && { keys: ['default'] }) }
    return startCron({
      name: action,
      schedule: '0 * * * *',
      args,
      gateway: cloud.state.readings.cronDelivery === 'cut-off' ? rotation.hangingUp : rotation.gateway,
      scheduled: false,
      readings: cloud.state.readings,
    })
  }
  const callerHeaders = ['X-Auth-Token', 'Authorization', ...(settings.send_caller_key ? ['X-Caller-Key'] : [])]
  return {
    clock,
    cloud,
    ids,
    scalewayUrl: server.url,
    rotationUrl: rotation.gateway.url,
    retrievalUrl: retrieval.gateway.url,
    sendCallerKey: settings.send_caller_key === true,
    /** All that both functions have logged. */
    lines,
    /** Lets the CRON call, and the function do what it then does. Gives the status of the answer, 0 when none came. */
    async fire(action: 'rotate' | 'tend'): Promise<number> {
      const { status } = await cron(action).fire()
      await rotation.idle()
      return status
    },
    /** Writes the outputs for smoke and status, and gives the file. */
    async outputsFile(): Promise<string> {
      const folder = await mkdtemp(join(tmpdir(), 'readings-'))
      atEnd(() => rm(folder, { recursive: true, force: true }))
      const file = join(folder, 'outputs.json')
      const outputs = {
        rotation_url: rotation.gateway.url,
        retrieval_url: retrieval.gateway.url,
        operator_secret_key: ids.operator.secretKey,
        consumer_secret_keys: { app: ids.consumer.secretKey },
        monitor_secret_keys: { uptime: ids.monitor.secretKey },
        keys: { default: { consumers: ['app'] } },
        caller_headers: callerHeaders,
      }
      const values = Object.entries(outputs).map(([name, value]) => [name, { value }])
      await writeFile(file, JSON.stringify(Object.fromEntries(values)))
      return file
    },
    /** Calls the rotation function as its operator. Gives status and answer. */
    async operate(body: Readonly<Record<string, unknown>> | undefined, as: 'operator' | 'monitor' = 'operator') {
      const { secretKey } = ids[as]
      const response = await fetch(rotation.gateway.url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: Object.fromEntries(
          callerHeaders.map(name => [name, name === 'Authorization' ? `Bearer ${secretKey}` : secretKey]),
        ),
        body: body === undefined ? null : JSON.stringify(body),
      })
      return { status: response.status, text: await response.text() }
    },
    /** The bearer's keys as they really are, oldest first. */
    keys: () => cloud.iam.apiKeys(ids.applicationId),
    /** The secret's versions as they really are, newest first. */
    versions: () => cloud.secrets.versions(ids.secretId),
  }
}

/** A running deployment. */
export type Deployment = Awaited<ReturnType<typeof deployUnder>>

interface FunctionParts {
  readonly name: 'rotation' | 'retrieval'
  readonly handler: Handler
  readonly maxScale: number
  readonly cloud: FakeScaleway
  readonly clock: SimulatedClock
  readonly coldStart: (milliseconds: number) => Promise<void>
  readonly answered: (status: number, clock: SimulatedClock) => void
  readonly atEnd: AtEnd
}

/** Serves a handler as the platform does, behind a private gateway. A cold start passes on the clock, not in real time. */
async function opened({ name, handler, maxScale, cloud, clock, coldStart, answered, atEnd }: FunctionParts) {
  const underWay = new Set<Promise<unknown>>()
  const waiting = new Set<AbortController>()
  const server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray()).toString()
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://function')
    const headers = Object.entries(headersOf(incoming.rawHeaders)).map(([key, values]) => [key, values.join(', ')])
    for (const hangUp of waiting) hangUp.abort()
    waiting.clear()
    const work = handler({
      httpMethod: incoming.method,
      path: pathname,
      headers: Object.fromEntries(headers),
      queryStringParameters: Object.fromEntries(searchParams),
      body,
    })
    underWay.add(work)
    const answer = await work.finally(() => underWay.delete(work))
    answered(answer.statusCode, clock)
    outgoing.writeHead(answer.statusCode, answer.headers).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const gateway = await startGateway({
    functionUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    privacy: 'private',
    authority: cloud,
    projectId: cloud.projectId,
    timeoutSeconds: timeoutSeconds[name],
    maxScale,
    state: cloud.state,
    sleep: coldStart,
  })
  atEnd(async () => {
    await gateway.close()
    server.close()
    server.closeAllConnections()
  })
  return {
    gateway,
    /** For a caller whose patience ends as soon as the function works: no 60 s pass here. */
    hangingUp: {
      call: (call: Parameters<typeof gateway.call>[0]) => {
        const hangUp = new AbortController()
        waiting.add(hangUp)
        return gateway.call(call, hangUp.signal)
      },
    },
    /** Resolves when the function has ended what it works on, also for callers that have hung up. */
    idle: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
  }
}

/** Gives rotator and reader the rights that `main.tf` gives them with these settings. */
function applySettings(cloud: FakeScaleway, ids: Identities, settings: Settings): void {
  const { bind_to_secrets: isBound = true, rotator_extra_permission_sets: extra = [] } = settings
  for (const { applicationId } of [ids.rotator, ids.reader]) {
    for (const { id, principal, rules } of cloud.iam.policies()) {
      if (!('applicationId' in principal) || principal.applicationId !== applicationId) continue
      const changed = rules.map(({ permissionSetNames, scope, condition }) => ({
        ...scope,
        permissionSetNames: [...permissionSetNames, ...extra.filter(set => isBeside(set, permissionSetNames))],
        condition: isBound ? condition : '',
      }))
      cloud.iam.updatePolicy(id, { rules: changed })
    }
  }
}

function isBeside(set: string, names: readonly string[]): boolean {
  return names.includes(set.startsWith('IAM') ? 'IAMApplicationManager' : 'SecretManagerSecretWrite')
}

/** What the rotated key is for here: reading IAM and listing secrets, two endpoints. */
function letBearerRead({ iam, organizationId, projectId }: FakeScaleway, { applicationId }: Identities): void {
  iam.createPolicy({
    applicationId,
    rules: [
      { permissionSetNames: ['IAMReadOnly'], organizationId },
      { permissionSetNames: ['SecretManagerReadOnly'], projectIds: [projectId] },
    ],
  })
}

function soon(delayMs: number, run: () => void): ReturnType<Surroundings['clock']['after']> {
  const timer = setTimeout(run, delayMs / timerSpeed)
  return () => clearTimeout(timer)
}
