import type { readConfig as realReadConfig, ServedKey } from '../../functions/retrieval/config.ts'
import type { AccessAnswer } from '../../functions/retrieval/scaleway/access-answer.ts'
import type { KnownCaller } from '../../functions/shared/caller.ts'
import type { Credential } from '../../functions/shared/credential.ts'
import type { Env } from '../../functions/shared/env.ts'
import { type LogLevel, logLevels } from '../../functions/shared/log.ts'
import { Secret } from '../../functions/shared/secret.ts'

// Replaces config.ts, access-answer.ts, credential.ts, env.ts and key-names.ts together: the same readings without valibot.

/** As in env.ts. */
export class MisconfiguredError extends Error {
  readonly variable: string

  constructor(variable: string, expected: string) {
    super(`The environment variable ${variable} must be ${expected}. Set it on the function and deploy again.`)
    this.variable = variable
  }
}

/** As in config.ts. */
export function readConfig(env: Env): ReturnType<typeof realReadConfig> {
  const key = new Secret(matching(env, { name: 'READER_SECRET_KEY', form: uuid }))
  const fallback = 'https://api.scaleway.com'
  const apiUrl = matching(env, { name: 'API_URL', form: /^https?:\/\/\S+[^/]$/, fallback })
  return {
    reader: { apiUrl, key },
    keys: keys(env),
    callers: callers(env),
    memory: { cacheSeconds: number(env, 'CACHE_SECONDS', 60), staleSeconds: number(env, 'STALE_SECONDS', 300) },
    timeoutSeconds: number(env, 'TIMEOUT_SECONDS', 60),
  }
}

/** As in config.ts. */
export function readLogLevel(env: Env): LogLevel {
  return logLevels.find(level => level === env.LOG_LEVEL) ?? 'info'
}

/** As in key-names.ts. */
export function nameInPath(path: string): string | null | undefined {
  if (path === '/') return undefined
  return /^\/[a-z0-9][a-z0-9-]{0,39}$/.test(path) ? path.slice(1) : null
}

/** As in credential.ts. */
export function encodeCredential({ accessKey, secretKey }: Credential): string {
  return JSON.stringify({ API_KEY: accessKey, SECRET_KEY: secretKey.reveal() })
}

/** As in credential.ts. */
export function decodeCredential(text: string): Credential | undefined {
  const { API_KEY, SECRET_KEY, ...others } = record(parseJson(text))
  if (!filled(API_KEY) || !filled(SECRET_KEY) || Object.keys(others).length > 0) return undefined
  return { accessKey: API_KEY, secretKey: new Secret(SECRET_KEY) }
}

/** As in access-answer.ts. */
export function readAccess(text: string): AccessAnswer | undefined {
  const { secret_id: secretId, revision, data, data_crc32: checksum } = record(parseJson(text))
  if (!filled(secretId) || typeof data !== 'string') return undefined
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 1) return undefined
  return { secretId, revision, data, checksum: typeof checksum === 'number' ? checksum : undefined }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function matching(env: Env, { name, form, fallback = '' }: { name: string; form: RegExp; fallback?: string }): string {
  const value = env[name] || fallback
  if (!form.test(value)) throw new MisconfiguredError(name, 'of the expected form')
  return value
}

function number(env: Env, name: string, fallback: number): number {
  return Number(matching(env, { name, form: /^\d+$/, fallback: String(fallback) }))
}

function keys(env: Env): ServedKey[] {
  return each(env, 'KEY_').map(([variable, { name, region, secret_id: secretId, consumers }]) => {
    const namesKey = filled(name) && /^[a-z0-9][a-z0-9-]{0,39}$/.test(name)
    const namesSecret = filled(region) && /^[a-z]{2}-[a-z]{3}$/.test(region) && filled(secretId) && uuid.test(secretId)
    if (!namesKey || !namesSecret || !Array.isArray(consumers) || !consumers.every(filled))
      throw new MisconfiguredError(variable, 'of the expected form')
    return { name, region, secretId, consumers }
  })
}

function callers(env: Env): KnownCaller[] {
  return each(env, 'CALLER_').map(([variable, { name, role, sha256 }]) => {
    const isKnownRole = role === 'operator' || role === 'consumer' || role === 'monitor'
    if (!isKnownRole || !filled(name) || !/^[0-9a-f]{64}$/.test(String(sha256)))
      throw new MisconfiguredError(variable, 'of the expected form')
    return { name, role, sha256: [String(sha256)] }
  })
}

function each(env: Env, prefix: string): [string, Record<string, unknown>][] {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith(prefix) && value)
  return set.map(([name, value = '']) => [name, record(parseJson(value))])
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function filled(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
