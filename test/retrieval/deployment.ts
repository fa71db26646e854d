import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { onTestFinished } from 'vitest'
import { composeRetrieval, type Surroundings } from '../../functions/retrieval/compose.ts'
import { sha256 } from '../../scripts/local/identities.ts'
import { createScaleway, SimulatedClock, serve } from '../fake-scaleway/index.ts'

/** The names of a deployment's keys, each with the consumers that may fetch it. */
type Keys = Readonly<Record<string, readonly string[]>>

const oneKey: Keys = { default: ['app'] }

/** What a test may override: the keys, variables of the environment, parts of the surroundings. */
interface DeploymentOptions {
  readonly keys?: Keys
  /** Consumers that no key names. */
  readonly others?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly surroundings?: Partial<Surroundings>
}

/** What a request is made of; by default a GET by the first consumer. */
interface Asking {
  readonly method?: string
  readonly path?: string
  /** The name of the caller. */
  readonly by?: string
  /** The secret key that is presented, if not the caller's; null: none. */
  readonly as?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** How many times faster the function's own timers run here, so that tests need not wait for pauses and time-outs. */
const timerSpeed = 20

/**
 * The retrieval function, composed as in production, against a local Scaleway over loopback, on a clock that stands
 * still; closed with the test.
 */
export async function deploy({ keys = oneKey, others = [], env = {}, surroundings = {} }: DeploymentOptions = {}) {
  const clock = new SimulatedClock()
  const platform = await startPlatform({ clock, keys, others })
  const { callers, keyOf } = platform
  const lines: string[] = []
  const handle = composeRetrieval({
    env: { ...platform.env, ...env },
    clock: { now: () => instant(clock), after: soon },
    random: () => 0,
    opener: opener(),
    write: line => lines.push(line),
    ...surroundings,
  })
  const ask = ({ method = 'GET', path = '/', by, as, headers = {} }: Asking = {}) => {
    const presented = as === undefined ? (by === undefined ? callers.consumer : keyOf(by)) : as
    return handle({ httpMethod: method, path, headers: { ...headers, ...credential(presented) } })
  }
  return { ...platform, clock, ask, handle, output: () => lines.join(''), log: () => lines.map(readLine) }
}

function credential(key: string | null): Record<string, string> {
  return key === null ? {} : { 'X-Auth-Token': key, Authorization: `Bearer ${key}` }
}

/**
 * A local Scaleway with a secret for each key and a reader that may access them, closed with the test; the environment of
 * the function with its callers: an operator, a monitor and each consumer. `publish` and `secretId` are for the first
 * key where none is named, `callers.consumer` is the first consumer.
 */
export async function startPlatform({
  clock = new SimulatedClock(),
  keys = oneKey,
  others = [],
}: PlatformOptions = {}) {
  const scaleway = createScaleway({ clock })
  const { url, close } = await serve(scaleway)
  onTestFinished(close)
  const secretIds = Object.keys(keys).map(name => ({ name, id: scaleway.secrets.createSecret({ name }).id }))
  const secretIdOf = (key: string) => found(secretIds.find(({ name }) => name === key)).id
  const reader = createReader(
    scaleway,
    secretIds.map(({ id }) => id),
  )
  const { env: callerVariables, ...known } = newCallers([...new Set([...Object.values(keys).flat(), ...others])])
  const keyVariables = Object.entries(keys).map(([name, consumers]) =>
    keyVariable({ name, consumers, secretId: secretIdOf(name) }),
  )
  const env: Record<string, string> = {
    API_URL: url,
    READER_SECRET_KEY: reader.secretKey,
    ...Object.assign({}, ...keyVariables),
    ...callerVariables,
  }
  const [first = ''] = Object.keys(keys)
  const publish = (payload = newPayload(), key = first) => ({
    payload,
    ...scaleway.secrets.addVersion(secretIdOf(key), { data: payload }),
  })
  const publishFor = (key: string) => publish(newPayload(), key)
  return { ...known, scaleway, url, secretId: secretIdOf(first), secretIdOf, reader, env, publish, publishFor }
}

interface PlatformOptions extends Pick<DeploymentOptions, 'keys' | 'others'> {
  readonly clock?: SimulatedClock
}

/** The variable of a key, as Terraform sets it. */
export function keyVariable({ name, secretId, consumers = ['app'] }: KeyVariableParts): Record<string, string> {
  return { [`KEY_${inCapitals(name)}`]: JSON.stringify({ name, region: 'fr-par', secret_id: secretId, consumers }) }
}

interface KeyVariableParts {
  readonly name: string
  readonly secretId: string
  readonly consumers?: readonly string[]
}

/** New secret keys of an operator, a monitor and consumers of these names, and the variables that name them. */
export function newCallers(consumers: readonly string[] = ['app']) {
  const named = [
    { name: 'operator', role: 'operator' },
    { name: 'uptime', role: 'monitor' },
    ...consumers.filter(name => name !== 'operator' && name !== 'uptime').map(name => ({ name, role: 'consumer' })),
  ].map(caller => ({ ...caller, secretKey: randomUUID() }))
  const variables = named.map(({ name, role, secretKey }) => [
    `CALLER_${inCapitals(name)}`,
    JSON.stringify({ name, role, sha256: sha256(secretKey) }),
  ])
  const env: Record<string, string> = Object.fromEntries(variables)
  const keyOf = (caller: string): string => found(named.find(({ name }) => name === caller)).secretKey
  const callers = { operator: keyOf('operator'), consumer: keyOf(consumers[0] ?? 'operator'), monitor: keyOf('uptime') }
  return { env, callers, keyOf }
}

function inCapitals(name: string): string {
  return name.toUpperCase().replaceAll('-', '_')
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the deployment has nothing of this name')
  return value
}

function createReader(scaleway: ReturnType<typeof createScaleway>, secretIds: readonly string[]) {
  const application = scaleway.iam.createApplication({ name: 'reader' })
  const rule = {
    permissionSetNames: ['SecretManagerSecretAccess'],
    projectIds: [scaleway.projectId],
    condition: secretIds.map(id => `resource.id == "${id}"`).join(' || '),
  }
  const policy = scaleway.iam.createPolicy({ applicationId: application.id, rules: [rule] })
  return { ...scaleway.iam.createApiKey({ applicationId: application.id }), policyId: policy.id }
}

/** The stored form of a new key, as the rotation function writes it. */
export function newPayload(): string {
  const characters = randomUUID().replaceAll('-', '').toUpperCase()
  return JSON.stringify({ API_KEY: `SCW${characters.slice(0, 17)}`, SECRET_KEY: randomUUID() })
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
