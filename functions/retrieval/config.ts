import { readCallers } from '../shared/callers.ts'
import { apiUrl, type Env, number, readEnv } from '../shared/env.ts'
import { region, secretKey, uuid } from '../shared/formats.ts'

/**
 * The form of each environment variable that has one name; docs/settings.md is generated from it. The bounds of cache
 * and stale time keep their sum below the settle time (1 h): a key is revoked only when no reader can still hold it in
 * memory.
 */
export const retrievalVariables = {
  API_URL: apiUrl,
  REGION: region,
  SECRET_ID: uuid,
  READER_SECRET_KEY: secretKey,
  CACHE_SECONDS: number({ min: 0, max: 60, default: 60 }),
  STALE_SECONDS: number({ min: 0, max: 3000, default: 300 }),
  TIMEOUT_SECONDS: number({ min: 1, max: 3600, default: 60 }),
}

/**
 * What the environment says, parsed.
 * @throws {MisconfiguredError} naming the variable and what was expected
 */
export function readConfig(env: Env) {
  const values = readEnv(env, retrievalVariables)
  return {
    secret: {
      apiUrl: values.API_URL,
      region: values.REGION,
      secretId: values.SECRET_ID,
      key: values.READER_SECRET_KEY,
    },
    callers: readCallers(env),
    memory: { cacheSeconds: values.CACHE_SECONDS, staleSeconds: values.STALE_SECONDS },
    timeoutSeconds: values.TIMEOUT_SECONDS,
  }
}
