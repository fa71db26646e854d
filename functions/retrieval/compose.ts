import { endpoint } from '../shared/endpoint.ts'
import { type Env, readLogLevel } from '../shared/env.ts'
import type { Log } from '../shared/log.ts'
import type { Time } from './clock.ts'
import { readConfig } from './config.ts'
import { currentKey } from './key-cache.ts'
import { lineLog } from './log.ts'
import { httpGet, type OpenRequest } from './scaleway/http-get.ts'
import { latestEnabledVersion } from './scaleway/latest-version.ts'
import { persistent } from './scaleway/retry.ts'
import { retrieval } from './service.ts'

/** Everything outside the function: environment, network, time, chance, standard output. */
export interface Surroundings {
  readonly env: Env
  readonly time: Time
  /** Gives a number from 0 up to, not including, 1. */
  readonly random: () => number
  /** Gives what opens requests to this URL, over TLS or not. */
  readonly opener: (apiUrl: string) => OpenRequest
  readonly write: (line: string) => void
}

/** Makes the retrieval function out of its surroundings. The environment is read on the first request. */
export function retrievalFunction({ env, time, random, opener, write }: Surroundings) {
  const log = () => lineLog({ level: readLogLevel(env), write, nowMs: () => time.now().wallMs })
  const wire = (log: Log) => {
    const { secret, known, requireCallerCheck, memory, timeoutSeconds } = readConfig(env)
    const get = httpGet({ open: opener(secret.apiUrl), time })
    const once = latestEnabledVersion({ get, secret })
    const read = persistent({ read: once, time, random, functionTimeoutSeconds: timeoutSeconds })
    return retrieval({ known, requireCallerCheck, currentKey: currentKey({ read, time, ...memory }), log })
  }
  return endpoint({ log, wire })
}
