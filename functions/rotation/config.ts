import type { Credential } from '../shared/credential.ts'
import { apiUrl, type Env, MisconfiguredError, number, readEnv, sha256List } from '../shared/env.ts'
import { accessKey, region, secretKey, uuid } from '../shared/formats.ts'
import type { Secret } from '../shared/secret.ts'
import type { Policy } from './plan/policy.ts'
import { duration } from './plan/timing.ts'
import { type Receivers, receiverUrl, signingSecret, signingSecretForm } from './receivers.ts'
import type { Location } from './scaleway/client.ts'

/** The rotation function's settings. */
export interface Config {
  readonly location: Location
  readonly rotator: Credential
  readonly applicationId: string
  readonly defaultProjectId: string
  readonly secretId: string
  /** SHA-256 hashes of the operators' secret keys. */
  readonly operators: readonly string[]
  readonly policy: Policy
  readonly receivers: Receivers
}

/** The form of each environment variable; docs/settings.md is generated from it. */
export const rotationVariables = {
  API_URL: apiUrl,
  REGION: region,
  ROTATOR_ACCESS_KEY: accessKey,
  ROTATOR_SECRET_KEY: secretKey,
  APPLICATION_ID: uuid,
  DEFAULT_PROJECT_ID: uuid,
  SECRET_ID: uuid,
  OPERATOR_KEY_SHA256: sha256List,
  OVERLAP_HOURS: number({ min: 0, max: 144, default: 120 }),
  KEY_LIFETIME_DAYS: number({ min: 0, max: 3650, default: 90 }),
  MAX_KEY_AGE_DAYS: number({ min: 0, max: 3650, default: 35 }),
  MIN_ROTATION_INTERVAL_HOURS: number({ min: 0, max: 648, default: 23 }),
  KEEP_VERSIONS: number({ min: 0, max: 15, default: 3 }),
  TIMEOUT_SECONDS: number({ min: 180, max: 900, default: 300 }),
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
    operators: set.OPERATOR_KEY_SHA256,
    policy: {
      overlapMs: set.OVERLAP_HOURS * duration.hourMs,
      keyLifetimeMs: set.KEY_LIFETIME_DAYS * duration.dayMs,
      maxKeyAgeMs: set.MAX_KEY_AGE_DAYS * duration.dayMs,
      minRotationIntervalMs: set.MIN_ROTATION_INTERVAL_HOURS * duration.hourMs,
      keepVersions: set.KEEP_VERSIONS,
      timeoutMs: set.TIMEOUT_SECONDS * 1000,
    },
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
