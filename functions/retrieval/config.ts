import { readCallers } from '../shared/callers.ts'
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
import { list, matching } from '../shared/form.ts'
import { region, secretKey, uuid } from '../shared/formats.ts'
import { keyName } from '../shared/key-names.ts'

/**
 * The form of each environment variable that has one name; docs/settings.md is generated from it. The bounds of cache
 * and stale time keep their sum below the settle time (1 h): a key is revoked only when no reader can still hold it in
 * memory.
 */
export const retrievalVariables = {
  API_URL: apiUrl,
  READER_SECRET_KEY: secretKey,
  CACHE_SECONDS: number({ min: 0, max: 60, default: 60 }),
  STALE_SECONDS: number({ min: 0, max: 3000, default: 300 }),
  TIMEOUT_SECONDS: number({ min: 1, max: 3600, default: 60 }),
}

const consumersForm = "a list of consumers' names"

/**
 * The form of a variable `KEY_<NAME>`; docs/settings.md is generated from it. Among `consumers` a name that no
 * CALLER_ variable has, or one of another role, is passed over: it lets nobody fetch the key, and whoever else may fetch
 * it, or another key, is still answered.
 */
export const keyVariable = jsonObject({
  name: keyName,
  region,
  secret_id: uuid,
  consumers: list(matching(/^[\w.-]{1,64}$/, consumersForm), consumersForm),
})

/** A key that is given here: its name, the secret that holds it, the consumers that may fetch it. */
export interface ServedKey {
  readonly name: string
  readonly region: string
  readonly secretId: string
  readonly consumers: readonly string[]
}

/**
 * What the environment says, parsed.
 * @throws {MisconfiguredError} naming the variable and what was expected
 */
export function readConfig(env: Env) {
  const values = readEnv(env, retrievalVariables)
  return {
    reader: { apiUrl: values.API_URL, key: values.READER_SECRET_KEY },
    keys: readKeys(env),
    callers: readCallers(env),
    memory: { cacheSeconds: values.CACHE_SECONDS, staleSeconds: values.STALE_SECONDS },
    timeoutSeconds: values.TIMEOUT_SECONDS,
  }
}

function readKeys(env: Env): ServedKey[] {
  const keys = readEach(env, 'KEY_', keyVariable)
  if (keys.size === 0) throw new MisconfiguredError('KEY_<NAME>', 'there for at least one key')
  requireDistinct(
    keys,
    ['name', 'secret_id'],
    'a key with a name and a secret of its own: another KEY_ variable has the same',
  )
  return Array.from(keys.values(), ({ secret_id: secretId, ...key }) => ({ ...key, secretId }))
}
