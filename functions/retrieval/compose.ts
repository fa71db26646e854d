import { endpoint } from '../shared/endpoint.ts'
import { type Env, readLogLevel } from '../shared/env.ts'
import type { Log } from '../shared/log.ts'
import type { Clock } from './clock.ts'
import { readConfig, type ServedKey } from './config.ts'
import { createKeyCache, createKeyCaches } from './key-cache.ts'
import { lineLog } from './log.ts'
import { httpGet, type OpenRequest } from './scaleway/http-get.ts'
import { latestEnabledVersion } from './scaleway/latest-version.ts'
import { withRetry } from './scaleway/retry.ts'
import { createService } from './service.ts'

/** Everything outside the function: environment, network, clock, chance, standard output. */
export interface Surroundings {
  readonly env: Env
  readonly clock: Clock
  /** Gives a number from 0 up to, not including, 1. */
  readonly random: () => number
  /** Gives what opens requests to this URL, over TLS or not. */
  readonly opener: (apiUrl: string) => OpenRequest
  readonly write: (line: string) => void
}

/** Makes the retrieval function out of its surroundings. The environment is read on the first request. */
export function composeRetrieval({ env, clock, random, opener, write }: Surroundings) {
  const log = () => lineLog({ level: readLogLevel(env), write, nowMs: () => clock.now().wallMs })
  const build = (log: Log) => {
    const { reader, keys, callers, memory, timeoutSeconds } = readConfig(env)
    const get = httpGet({ open: opener(reader.apiUrl), clock })
    const cacheOf = createKeyCaches(({ region, secretId }: ServedKey) => {
      const once = latestEnabledVersion({ get, secret: { ...reader, region, secretId } })
      const read = withRetry({ read: once, clock, random, functionTimeoutSeconds: timeoutSeconds })
      return createKeyCache({ read, clock, ...memory })
    })
    return createService({ callers, keys, cacheOf, log })
  }
  return endpoint({ log, build })
}
