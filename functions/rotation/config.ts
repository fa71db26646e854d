import type { KnownCaller } from '../shared/caller.ts'
import { readCallers } from '../shared/callers.ts'
import type { Credential } from '../shared/credential.ts'
import {
  apiUrl,
  type Env,
  jsonObject,
  MisconfiguredError,
  number,
  readEach,
  readEnv,
  requireDistinct,
} from '../shared/env.ts'
import { form, optional } from '../shared/form.ts'
import { accessKey, region, secretKey, uuid } from '../shared/formats.ts'
import { keyName } from '../shared/key-names.ts'
import type { Secret } from '../shared/secret.ts'
import { type Identity, readIdentities } from './identities.ts'
import type { Policy } from './plan/policy.ts'
import { duration } from './plan/timing.ts'
import { type Receivers, receiverUrl, signingSecret, signingSecretForm } from './receivers.ts'
import { rotationSchedule, type Schedule } from './schedule.ts'

/** One key that is rotated: whose it is, where it is stored, and its timers. */
export interface KeyConfig {
  readonly name: string
  readonly applicationId: string
  readonly defaultProjectId: string
  readonly region: string
  readonly secretId: string
  readonly policy: Policy
  /** When the CRON rotates it; undefined where there is none. */
  readonly rotationSchedule: Schedule | undefined
}

/** The rotation function's settings. */
export interface Config {
  readonly apiUrl: string
  readonly rotator: Credential
  /** By name, in the order of their names; there is at least one. */
  readonly keys: ReadonlyMap<string, KeyConfig>
  readonly callers: readonly KnownCaller[]
  readonly identities: readonly Identity[]
  /** The function's own timeout. */
  readonly timeoutMs: number
  /** How many API keys the organization may have. */
  readonly apiKeyQuota: number
  /** How old a key of the deployment's own may become before that is an alarm; infinite if it may have any age. */
  readonly credentialMaxAgeMs: number
  readonly receivers: Receivers
}

/** The form of each environment variable that has one name; docs/settings.md is generated from it. */
export const rotationVariables = {
  API_URL: apiUrl,
  ROTATOR_ACCESS_KEY: accessKey,
  ROTATOR_SECRET_KEY: secretKey,
  API_KEY_QUOTA: number({ min: 1, max: 100_000, default: 50 }),
  CREDENTIAL_MAX_AGE_DAYS: number({ min: 0, max: 3650, default: 365 }),
  TIMEOUT_SECONDS: number({ min: 180, max: 900, default: 300 }),
  NOTIFICATION_URL: receiverUrl,
  NOTIFICATION_SECRET: signingSecret,
  HEARTBEAT_URL: receiverUrl,
}

/** The form of a variable `KEY_<NAME>`; docs/settings.md is generated from it. */
export const keyVariable = jsonObject({
  name: keyName,
  application_id: uuid,
  default_project_id: uuid,
  region,
  secret_id: uuid,
  overlap_hours: timer({ min: 0, max: 144, default: 120 }),
  key_lifetime_days: timer({ min: 0, max: 3650, default: 90 }),
  max_key_age_days: timer({ min: 0, max: 3650, default: 35 }),
  keep_versions: timer({ min: 0, max: 14, default: 3 }),
  rotation_schedule: rotationSchedule,
})

function timer({ min, max, default: fallback }: { min: number; max: number; default: number }) {
  const expected = `a number from ${min} to ${max}`
  const read = (given: unknown) => (typeof given === 'number' && given >= min && given <= max ? given : undefined)
  return optional(form(read, expected), fallback)
}

/**
 * Reads the settings. The rules that join several of them stand in Terraform, where the outage each prevents is named.
 * @throws {MisconfiguredError} naming the first variable that does not fit
 */
export function readConfig(env: Env): Config {
  const set = readEnv(env, rotationVariables)
  const timeoutMs = set.TIMEOUT_SECONDS * 1000
  return {
    apiUrl: set.API_URL,
    rotator: { accessKey: set.ROTATOR_ACCESS_KEY, secretKey: set.ROTATOR_SECRET_KEY },
    keys: readKeys(env, timeoutMs),
    callers: readCallers(env),
    identities: readIdentities(env),
    timeoutMs,
    apiKeyQuota: set.API_KEY_QUOTA,
    credentialMaxAgeMs: (set.CREDENTIAL_MAX_AGE_DAYS || Number.POSITIVE_INFINITY) * duration.dayMs,
    receivers: {
      webhook: webhook(set.NOTIFICATION_URL, set.NOTIFICATION_SECRET),
      heartbeatUrl: set.HEARTBEAT_URL,
    },
  }
}

function readKeys(env: Env, timeoutMs: number): ReadonlyMap<string, KeyConfig> {
  const read = readEach(env, 'KEY_', keyVariable)
  if (read.size === 0) throw new MisconfiguredError('KEY_<NAME>', 'set, once for each key')
  requireDistinct(read, ['name', 'application_id', 'secret_id'], unlikeOthers)
  const keys = [...read.values()].map(key => ({
    name: key.name,
    applicationId: key.application_id,
    defaultProjectId: key.default_project_id,
    region: key.region,
    secretId: key.secret_id,
    policy: {
      overlapMs: key.overlap_hours * duration.hourMs,
      keyLifetimeMs: key.key_lifetime_days * duration.dayMs,
      maxKeyAgeMs: key.max_key_age_days * duration.dayMs,
      keepVersions: key.keep_versions,
      timeoutMs,
    },
    rotationSchedule: key.rotation_schedule,
  }))
  return new Map(keys.sort((a, b) => (a.name < b.name ? -1 : 1)).map(key => [key.name, key]))
}

const unlikeOthers = 'a key with a name, an application and a secret of its own: another KEY_ variable has the same'

/** A notification that its receiver could not verify is not sent. */
function webhook(url: Secret | undefined, secret: Secret | undefined): Receivers['webhook'] {
  if (url === undefined) return undefined
  if (secret === undefined) throw new MisconfiguredError('NOTIFICATION_SECRET', signingSecretForm)
  return { url, signingSecret: secret }
}
