import type { KnownCaller } from '../shared/caller.ts'
import { readCallers } from '../shared/callers.ts'
import type { Credential } from '../shared/credential.ts'
import { apiUrl, type Env, MisconfiguredError, number, readEnv } from '../shared/env.ts'
import { accessKey, region, secretKey, uuid } from '../shared/formats.ts'
import type { Secret } from '../shared/secret.ts'
import { type Identity, readIdentities } from './identities.ts'
import type { Policy } from './plan/policy.ts'
import { duration } from './plan/timing.ts'
import { type Receivers, receiverUrl, signingSecret, signingSecretForm } from './receivers.ts'
import type { Location } from './scaleway/client.ts'
import { rotationSchedule, type Schedule } from './schedule.ts'

/** The rotation function's settings. */
export interface Config {
  readonly location: Location
  readonly rotator: Credential
  readonly applicationId: string
  readonly defaultProjectId: string
  readonly secretId: string
  readonly callers: readonly KnownCaller[]
  readonly identities: readonly Identity[]
  readonly policy: Policy
  /** When the CRON rotates; undefined where there is none. */
  readonly rotationSchedule: Schedule | undefined
  readonly receivers: Receivers
}

/** The form of each environment variable that has one name; docs/settings.md is generated from it. */
export const rotationVariables = {
  API_URL: apiUrl,
  REGION: region,
  ROTATOR_ACCESS_KEY: accessKey,
  ROTATOR_SECRET_KEY: secretKey,
  APPLICATION_ID: uuid,
  DEFAULT_PROJECT_ID: uuid,
  SECRET_ID: uuid,
  OVERLAP_HOURS: number({ min: 0, max: 144, default: 120 }),
  KEY_LIFETIME_DAYS: number({ min: 0, max: 3650, default: 90 }),
  MAX_KEY_AGE_DAYS: number({ min: 0, max: 3650, default: 35 }),
  KEEP_VERSIONS: number({ min: 0, max: 14, default: 3 }),
  TIMEOUT_SECONDS: number({ min: 180, max: 900, default: 300 }),
  ROTATION_SCHEDULE: rotationSchedule,
  NOTIFICATION_URL: receiverUrl,
  NOTIFICATION_SECRET: signingSecret,
  HEARTBEAT_URL: receiverUrl,
}

/**
 * Reads the settings. The rules that join several of them stand in Terraform, where the outage each prevents is named.
 * @throws {MisconfiguredError} naming the first variable that does not fit
 */
export function readConfig(env: Env): Config {
  const set = readEnv(env, rotationVariables)
  return {
    location: { apiUrl: set.API_URL, region: set.REGION },
    rotator: { accessKey: set.ROTATOR_ACCESS_KEY, secretKey: set.ROTATOR_SECRET_KEY },
    applicationId: set.APPLICATION_ID,
    defaultProjectId: set.DEFAULT_PROJECT_ID,
    secretId: set.SECRET_ID,
    callers: readCallers(env),
    identities: readIdentities(env),
    policy: {
      overlapMs: set.OVERLAP_HOURS * duration.hourMs,
      keyLifetimeMs: set.KEY_LIFETIME_DAYS * duration.dayMs,
      maxKeyAgeMs: set.MAX_KEY_AGE_DAYS * duration.dayMs,
      keepVersions: set.KEEP_VERSIONS,
      timeoutMs: set.TIMEOUT_SECONDS * 1000,
    },
    rotationSchedule: set.ROTATION_SCHEDULE,
    receivers: {
      webhook: webhook(set.NOTIFICATION_URL, set.NOTIFICATION_SECRET),
      heartbeatUrl: set.HEARTBEAT_URL,
    },
  }
}

/** A notification that its receiver could not verify is not sent. */
function webhook(url: Secret | undefined, secret: Secret | undefined): Receivers['webhook'] {
  if (url === undefined) return undefined
  if (secret === undefined) throw new MisconfiguredError('NOTIFICATION_SECRET', signingSecretForm)
  return { url, signingSecret: secret }
}
