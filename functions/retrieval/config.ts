import { apiUrl, type Env, flag, number, readEnv, sha256ByName, sha256List } from '../shared/env.ts'
import { region, secretKey, uuid } from '../shared/formats.ts'

/**
 * The form of each environment variable; docs/settings.md is generated from it. The bounds of cache and stale time keep
 * their sum below the settle time (1 h): a key is revoked only when no reader can still hold it in memory.
 */
export const retrievalVariables = {
  API_URL: apiUrl,
  REGION: region,
  SECRET_ID: uuid,
  READER_SECRET_KEY: secretKey,
  OPERATOR_KEY_SHA256: sha256List,
  CONSUMER_KEY_SHA256: sha256ByName,
  MONITOR_KEY_SHA256: sha256ByName,
  CACHE_SECONDS: number({ min: 0, max: 60, default: 60 }),
  STALE_SECONDS: number({ min: 0, max: 3000, default: 300 }),
  TIMEOUT_SECONDS: number({ min: 1, max: 3600, default: 60 }),
  REQUIRE_CALLER_CHECK: flag,
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
    known: {
      operators: values.OPERATOR_KEY_SHA256,
      consumers: values.CONSUMER_KEY_SHA256,
      monitors: values.MONITOR_KEY_SHA256,
    },
    requireCallerCheck: values.REQUIRE_CALLER_CHECK,
    memory: { cacheSeconds: values.CACHE_SECONDS, staleSeconds: values.STALE_SECONDS },
    timeoutSeconds: values.TIMEOUT_SECONDS,
  }
}
