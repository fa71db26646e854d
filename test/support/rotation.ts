import { randomUUID } from 'node:crypto'
import type { Clock } from '../../functions/rotation/clock.ts'
import { composeRotation } from '../../functions/rotation/compose.ts'
import type { Fetch } from '../../functions/rotation/fetch.ts'
import { createLog } from '../../functions/rotation/log.ts'
import {
  callerVariables,
  createIdentities,
  cronToken,
  type Identities,
  type KeySettings,
  keyVariables,
} from '../../scripts/local/identities.ts'
import { rotationSchedule } from '../../scripts/local/settings.ts'
import {
  type ApiKeyRecord,
  createScaleway,
  type FakeScaleway,
  type Readings,
  SimulatedClock,
  type VersionRecord,
} from '../fake-scaleway/index.ts'

/** An answer of the rotation function, its JSON read. */
export interface Answered {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** Who calls: the CRON by its token, a caller by its key, or somebody with a key that is on no list. */
export type As = 'cron' | 'operator' | 'monitor' | 'consumer' | 'stranger'

/** One instance of the rotation function. */
export interface Instance {
  /** By the CRON, unless the body is text that cannot carry its token: then by the operator. */
  post(body?: Record<string, unknown> | string, as?: As, path?: string): Promise<Answered>
  status(as?: As, path?: string, headers?: Record<string, string>): Promise<Answered>
}

/** A deployment on a local Scaleway in this process, with time that stands still until a test advances it. */
export interface Deployment {
  readonly cloud: FakeScaleway
  readonly clock: SimulatedClock
  readonly ids: Identities
  /** All that any instance has written to its log, at trace level. */
  readonly lines: string[]
  /** All that any instance has answered. */
  readonly answers: string[]
  /** Starts another instance; the first is there as `rotation`. */
  instance(options?: InstanceOptions): Instance
  readonly rotation: Instance
  /** A bearer's keys as they really are, oldest first. Here and below: of the first key, unless another one is named. */
  keys(name?: string): readonly ApiKeyRecord[]
  /** A secret's versions as they really are, newest first. */
  versions(name?: string): readonly VersionRecord[]
  /** The credential that `latest_enabled` gives; undefined when no version is enabled or it is not ours. */
  served(name?: string): { accessKey: string; secretKey: string; revision: number } | undefined
  /** Every secret key that exists or was ever published, to look for where it must not be. */
  secrets(): string[]
}

/** What an instance may be given instead of the defaults. */
interface InstanceOptions {
  readonly env?: Record<string, string>
  /** The timers of every key. */
  readonly settings?: KeySettings
  readonly fetch?: Fetch
  readonly clock?: Clock
  /** Sends notifications and heartbeats to their receivers; when left out, there is none. */
  readonly receiverFetch?: Fetch
}

/** Makes a deployment. Takes the seed of the local Scaleway's randomness, keys, and settings that differ from the defaults. */
export function deploy({ seed = 1, names, scaleway = {}, ...given }: DeployOptions = {}): Deployment {
  const clock = new SimulatedClock(new Date('2026-03-01T02:00:00Z'))
  const cloud = createScaleway({ clock, seed, ...scaleway })
  const ids = createIdentities(cloud, names)
  const lines: string[] = []
  const answers: string[] = []
  const log = createLog({ level: 'trace', destination: { write: line => lines.push(line) } })
  const instance = (options: InstanceOptions = {}) => startInstance({ cloud, clock, ids, log, answers }, given, options)
  return {
    cloud,
    clock,
    ids,
    lines,
    answers,
    instance,
    rotation: instance(),
    keys: name => cloud.iam.apiKeys(keyOf(ids, name).applicationId),
    versions: name => cloud.secrets.versions(keyOf(ids, name).secretId),
    served: name => served(cloud, keyOf(ids, name).secretId),
    secrets: () => [...knownSecrets(cloud, ids)],
  }
}

function keyOf(ids: Identities, name: string | undefined) {
  const key = name === undefined ? ids : ids.keys.find(known => known.name === name)
  if (key === undefined) throw new Error(`The deployment has no key ${name}.`)
  return key
}

/** What a deployment may be given. */
interface DeployOptions extends Pick<InstanceOptions, 'env' | 'settings'> {
  readonly seed?: number
  /** The names of its keys: `default` alone when left out. */
  readonly names?: readonly string[]
  readonly scaleway?: { maxApiKeyExpirationSeconds?: number; apiKeyQuota?: number; readings?: Partial<Readings> }
}

/**
 * The rotation function's environment for a deployment, without `identityVariables`: a simulated life need not look at
 * every application's keys each hour.
 */
export function rotationEnv(
  cloud: FakeScaleway,
  ids: Identities,
  { apiUrl = 'https://scaleway.test', settings = {} }: { apiUrl?: string; settings?: KeySettings } = {},
): Record<string, string> {
  return {
    API_URL: apiUrl,
    ...keyVariables(ids, { ...cloud, settings: { rotation_schedule: rotationSchedule, ...settings } }).rotation,
    ROTATOR_ACCESS_KEY: ids.rotator.accessKey,
    ROTATOR_SECRET_KEY: ids.rotator.secretKey,
    ...callerVariables(ids),
    LOG_LEVEL: 'trace',
  }
}

/** Time for an instance, from a simulated clock: sleeping advances it, and those who sleep at once sleep together. */
export function simulated(clock: SimulatedClock): Clock {
  return {
    now: () => ({ wallMs: clock.now().getTime(), steadyMs: clock.now().getTime() }),
    sleep: async durationMs => {
      const untilMs = clock.now().getTime() + durationMs
      await Promise.resolve()
      const milliseconds = untilMs - clock.now().getTime()
      if (milliseconds > 0) clock.advance({ milliseconds })
    },
  }
}

interface Logged {
  readonly log: ReturnType<typeof createLog>
}

function startInstance(
  { cloud, clock, ids, log, answers }: Pick<Deployment, 'cloud' | 'clock' | 'ids' | 'answers'> & Logged,
  given: Pick<InstanceOptions, 'env' | 'settings'>,
  options: InstanceOptions,
): Instance {
  const settings = { ...given.settings, ...options.settings }
  const handle = composeRotation({
    env: { ...rotationEnv(cloud, ids, { settings }), ...given.env, ...options.env },
    // One for all instances: making a log takes as long as an hourly run.
    log: () => log,
    clock: options.clock ?? simulated(clock),
    fetch: () => options.fetch ?? ((request, init) => cloud.fetch(request, init)),
    receiverFetch: () => options.receiverFetch ?? (() => Promise.reject(new Error('there is no receiver'))),
  })
  const call = async ({ as, headers, ...event }: Call): Promise<Answered> => {
    const answer = await handle({ ...event, headers: { ...headersOf(as, ids), ...headers } })
    answers.push(JSON.stringify(answer))
    return { status: answer.statusCode, body: JSON.parse(answer.body) }
  }
  return {
    post: (body = {}, as = typeof body === 'string' ? 'operator' : 'cron', path = '/') => {
      const text = typeof body === 'string' ? body : JSON.stringify({ ...body, ...tokenOf(as, ids) })
      return call({ httpMethod: 'POST', path, body: text, as })
    },
    status: (as = 'monitor', path = '/', headers = {}) => call({ httpMethod: 'GET', path, body: '', as, headers }),
  }
}

interface Call {
  readonly httpMethod: string
  readonly path: string
  readonly body: string
  readonly as: As
  readonly headers?: Record<string, string>
}

function tokenOf(as: As, ids: Identities) {
  return as === 'cron' ? { token: cronToken(ids) } : {}
}

function headersOf(as: As, ids: Identities): Record<string, string> {
  if (as === 'cron') return {}
  const key = as === 'stranger' ? randomUUID() : ids[as].secretKey
  return { 'X-Auth-Token': key, Authorization: `Bearer ${key}` }
}

function served(cloud: FakeScaleway, secretId: string) {
  const version = cloud.secrets.versions(secretId).find(({ status }) => status === 'enabled')
  if (version === undefined) return undefined
  const { API_KEY: accessKey, SECRET_KEY: secretKey } = JSON.parse(cloud.secrets.payload(secretId, version.revision))
  return { accessKey, secretKey, revision: version.revision }
}

function* knownSecrets(cloud: FakeScaleway, ids: Identities): Generator<string> {
  yield cloud.owner.secretKey
  const consumers = ids.keys.map(({ consumer }) => consumer)
  for (const identity of [ids.rotator, ids.reader, ids.operator, ids.monitor, ...consumers]) yield identity.secretKey
  for (const { secretId } of ids.keys) {
    for (const { revision } of cloud.secrets.versions(secretId)) {
      yield JSON.parse(cloud.secrets.payload(secretId, revision)).SECRET_KEY
    }
  }
}
