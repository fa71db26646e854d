import * as v from 'valibot'
import type { readConfig as realReadConfig } from '../../functions/retrieval/config.ts'
import { type Env, MisconfiguredError } from '../../functions/shared/env.ts'
import { Secret } from '../../functions/shared/secret.ts'

// Replaces retrieval/config.ts: the same readings with valibot.

const matching = (form: RegExp) => v.pipe(v.string(), v.regex(form))
const uuid = matching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
const number = (fallback: number) => v.pipe(v.optional(matching(/^\d+$/), String(fallback)), v.transform(Number))

const variables = v.object({
  API_URL: v.optional(matching(/^https?:\/\/\S+[^/]$/), 'https://api.scaleway.com'),
  READER_SECRET_KEY: v.pipe(
    uuid,
    v.transform(text => new Secret(text)),
  ),
  CACHE_SECONDS: number(60),
  STALE_SECONDS: number(300),
  TIMEOUT_SECONDS: number(60),
})

const keyForm = v.object({
  name: matching(/^[a-z0-9][a-z0-9-]{0,39}$/),
  region: matching(/^[a-z]{2}-[a-z]{3}$/),
  secret_id: uuid,
  consumers: v.array(matching(/^[\w.-]{1,64}$/)),
})

const callerForm = v.strictObject({
  name: matching(/^[\w.-]{1,64}$/),
  role: v.picklist(['operator', 'consumer', 'monitor']),
  sha256: v.pipe(
    v.unknown(),
    v.transform(given => (typeof given === 'string' ? [given] : given)),
    v.array(matching(/^[0-9a-f]{64}$/)),
  ),
})

/** As in config.ts. */
export function readConfig(env: Env): ReturnType<typeof realReadConfig> {
  const values = read('READER_SECRET_KEY', variables, env)
  return {
    reader: { apiUrl: values.API_URL, key: values.READER_SECRET_KEY },
    keys: each(env, 'KEY_', keyForm).map(({ secret_id: secretId, ...key }) => ({ ...key, secretId })),
    callers: each(env, 'CALLER_', callerForm),
    memory: { cacheSeconds: values.CACHE_SECONDS, staleSeconds: values.STALE_SECONDS },
    timeoutSeconds: values.TIMEOUT_SECONDS,
  }
}

function each<const Form extends v.GenericSchema>(env: Env, prefix: string, form: Form): v.InferOutput<Form>[] {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith(prefix) && value)
  return set.map(([name, value = '']) => read(name, form, JSON.parse(value)))
}

function read<const Form extends v.GenericSchema>(variable: string, form: Form, given: unknown): v.InferOutput<Form> {
  const parsed = v.safeParse(form, given, { abortEarly: true })
  if (parsed.success) return parsed.output
  throw new MisconfiguredError(variable, 'of the expected form')
}
