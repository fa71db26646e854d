import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { onTestFinished } from 'vitest'
import { composeRetrieval, type Surroundings } from '../../functions/retrieval/compose.ts'
import { callerVariables } from '../../scripts/local/identities.ts'
import { createScaleway, SimulatedClock, serve } from '../fake-scaleway/index.ts'

/** What a test may override: variables of the environment, parts of the surroundings. */
interface DeploymentOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly surroundings?: Partial<Surroundings>
}

/** What a request is made of; by default a GET by the consumer. */
interface Asking {
  readonly method?: string
  readonly path?: string
  /** The secret key that is presented; null: none. */
  readonly as?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** How many times faster the function's own timers run here, so that tests need not wait for pauses and time-outs. */
const timerSpeed = 20

/**
 * The retrieval function, composed as in production, against a local Scaleway over loopback, on a clock that stands
 * still; closed with the test.
 */
export async function deploy({ env = {}, surroundings = {} }: DeploymentOptions = {}) {
  const clock = new SimulatedClock()
  const platform = await startPlatform(clock)
  const callers = { operator: randomUUID(), consumer: randomUUID(), monitor: randomUUID() }
  const lines: string[] = []
  const handle = composeRetrieval({
    env: { ...platform.env, ...knownCallers(callers), ...env },
    clock: { now: () => instant(clock), after: soon },
    random: () => 0,
    opener: opener(),
    write: line => lines.push(line),
    ...surroundings,
  })
  const ask = ({ method = 'GET', path = '/', as = callers.consumer, headers = {} }: Asking = {}) =>
    handle({ httpMethod: method, path, headers: { ...headers, ...credential(as) } })
  return { ...platform, clock, callers, ask, handle, output: () => lines.join(''), log: () => lines.map(readLine) }
}

function credential(key: string | null): Record<string, string> {
  return key === null ? {} : { 'X-Auth-Token': key, Authorization: `Bearer ${key}` }
}

/** A local Scaleway with a secret and a reader that may access it; closed with the test. */
export async function startPlatform(clock = new SimulatedClock()) {
  const scaleway = createScaleway({ clock })
  const { url, close } = await serve(scaleway)
  onTestFinished(close)
  const secretId = scaleway.secrets.createSecret({ name: 'rotated' }).id
  const reader = createReader(scaleway, secretId)
  const env = { API_URL: url, REGION: 'fr-par', SECRET_ID: secretId, READER_SECRET_KEY: reader.secretKey }
  const publish = (payload = newPayload()) => ({ payload, ...scaleway.secrets.addVersion(secretId, { data: payload }) })
  return { scaleway, url, secretId, reader, env, publish }
}

function createReader(scaleway: ReturnType<typeof createScaleway>, secretId: string) {
  const application = scaleway.iam.createApplication({ name: 'reader' })
  const rule = {
    permissionSetNames: ['SecretManagerSecretAccess'],
    projectIds: [scaleway.projectId],
    condition: `resource.id == "${secretId}"`,
  }
  const policy = scaleway.iam.createPolicy({ applicationId: application.id, rules: [rule] })
  return { ...scaleway.iam.createApiKey({ applicationId: application.id }), policyId: policy.id }
}

/** The stored form of a new key, as the rotation function writes it. */
export function newPayload(): string {
  const characters = randomUUID().replaceAll('-', '').toUpperCase()
  return JSON.stringify({ API_KEY: `SCW${characters.slice(0, 17)}`, SECRET_KEY: randomUUID() })
}

/** The variables that name the callers, from the secret keys that they present. */
export function knownCallers(keys: Record<'operator' | 'consumer' | 'monitor', string>): Record<string, string> {
  const { operator, consumer, monitor } = keys
  return callerVariables({
    operator: { secretKey: operator },
    monitor: { secretKey: monitor },
    keys: [{ consumer: { name: 'app', secretKey: consumer } }],
  })
}

function instant(clock: SimulatedClock) {
  const wallMs = clock.now().getTime()
  return { wallMs, steadyMs: wallMs }
}

function soon(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs / timerSpeed)
  return () => clearTimeout(timer)
}

function opener(): Surroundings['opener'] {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1 })
  onTestFinished(() => agent.destroy())
  return () => (url, options) => request(url, { ...options, agent })
}

function readLine(line: string): Record<string, unknown> {
  return JSON.parse(line)
}
