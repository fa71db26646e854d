import { overdueAfter } from '../plan/issue-rules.ts'
import { limits } from '../plan/policy.ts'
import { keyOf, markedKeys, servedVersion } from '../plan/world.ts'
import type { OwnCredential } from './credentials.ts'
import type { Problem } from './problem.ts'
import type { StatusParts } from './status.ts'

/** What is measured: the deployment, and each of its keys. */
export interface Measured {
  readonly healthy: boolean
  /** Those of the deployment, not of one key. */
  readonly problems: readonly Problem[]
  readonly credentials: readonly OwnCredential[]
  readonly apiKeys: { readonly used: number; readonly quota: number }
  readonly keys: readonly MeasuredKey[]
}

/** One key; without `standing` where it could not be read, which is not healthy. */
interface MeasuredKey {
  readonly name: string
  readonly healthy: boolean
  readonly problems: readonly Problem[]
  readonly standing: StatusParts | undefined
}

/**
 * Gives what a monitoring system scrapes, as OpenMetrics text. Moments are Unix seconds, so that an age is right however
 * old the answer is. A name, a code or an access key needs no escaping: none can hold a quote. Pure.
 */
export function metricsText({ healthy, problems, credentials, apiKeys, keys }: Measured): string {
  const ofEach = (read: (standing: StatusParts) => Value) =>
    keys.map(({ name, standing }) => ({ labels: { key: name }, value: standing && read(standing) }))
  const ofCredentials = (read: (credential: OwnCredential) => Value) =>
    credentials.map(one => ({
      labels: { name: one.application, access_key: one.accessKey },
      value: read(one),
    }))
  const found = [
    ...problems.map(problem => ({ problem, key: '' })),
    ...keys.flatMap(({ name, problems: own }) => own.map(problem => ({ problem, key: name }))),
  ]
  return [
    gauge('healthy', '1 if the deployment and all of its keys are healthy', [{ labels: {}, value: healthy }]),
    gauge(
      'key_healthy',
      '1 if the key is healthy, 0 also if it could not be read',
      keys.map(key => ({ labels: { key: key.name }, value: key.healthy })),
    ),
    gauge(
      'problem',
      'Each problem of a key, or of the deployment where key is empty',
      found.map(({ key, problem: { code, alarming } }) => ({ labels: { key, code, alarming }, value: 1 })),
    ),
    gauge('served_created_timestamp_seconds', 'When the served version was created', ofEach(createdOf)),
    gauge('served_end_timestamp_seconds', 'When the served key expires', ofEach(endOf)),
    gauge(
      'overdue_after_timestamp_seconds',
      'When the key is overdue for its rotation',
      ofEach(({ world, policy }) => overdueAfter(world, policy)),
    ),
    gauge(
      'next_rotation_timestamp_seconds',
      'When the CRON rotates next',
      ofEach(({ nextRotation }) => (nextRotation === 'paused' ? null : nextRotation)),
    ),
    gauge(
      'versions',
      'Versions of the secret',
      ofEach(({ world }) => world.versions.length),
    ),
    gauge(
      'versions_limit',
      'How many there may be',
      ofEach(() => limits.urgent.versions),
    ),
    gauge(
      'api_keys',
      'API keys that were made for the application',
      ofEach(({ world }) => markedKeys(world).length),
    ),
    gauge(
      'api_keys_limit',
      'How many there may be',
      ofEach(() => limits.urgent.keys),
    ),
    gauge('deployment_api_keys', 'API keys of the whole deployment', [{ labels: {}, value: apiKeys.used }]),
    gauge('organization_api_keys_quota', 'How many the organization may have', [{ labels: {}, value: apiKeys.quota }]),
    gauge(
      'credential_created_timestamp_seconds',
      "When a key of the deployment's own was created",
      ofCredentials(({ createdAt }) => createdAt),
    ),
    gauge(
      'credential_end_timestamp_seconds',
      'When it expires',
      ofCredentials(({ expiresAt }) => expiresAt),
    ),
    '# EOF\n',
  ].join('')
}

type Value = number | boolean | Date | null | undefined

interface Sample {
  readonly labels: Readonly<Record<string, string | boolean>>
  readonly value: Value
}

/** One family; what has no value, such as the end of a key that never expires, is left out. */
function gauge(name: string, help: string, samples: readonly Sample[]): string {
  const family = `key_rotation_${name}`
  const lines = samples.flatMap(({ labels, value }) => {
    if (value === null || value === undefined) return []
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
    const number = value instanceof Date ? value.getTime() / 1000 : Number(value)
    return [`${family}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number}\n`]
  })
  return `# TYPE ${family} gauge\n# HELP ${family} ${help}.\n${lines.join('')}`
}

function createdOf({ world }: StatusParts): Date | undefined {
  return servedVersion(world)?.createdAt
}

function endOf({ world }: StatusParts): Date | null | undefined {
  const served = servedVersion(world)
  return served && keyOf(world, served)?.expiresAt
}
