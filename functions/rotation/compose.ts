import { endpoint } from '../shared/endpoint.ts'
import { type Env, readLogLevel } from '../shared/env.ts'
import type { Log, LogLevel } from '../shared/log.ts'
import type { Clock } from './clock.ts'
import { readConfig } from './config.ts'
import type { Fetch } from './fetch.ts'
import { createService } from './service.ts'

/** Everything outside the function: environment, clock, network, log. */
export interface Surroundings {
  readonly env: Env
  readonly clock: Clock
  /** Gives what sends requests to Scaleway. */
  readonly fetch: () => Fetch
  /** Gives what sends notifications and heartbeats. */
  readonly receiverFetch: () => Fetch
  readonly log: (level: LogLevel) => Log
}

/** Makes the rotation function out of its surroundings. The environment is read on the first request. */
export function composeRotation({ env, clock, fetch, receiverFetch, log }: Surroundings) {
  return endpoint({
    log: () => log(readLogLevel(env)),
    build: log =>
      createService({ config: readConfig(env), log, clock, fetch: fetch(), receiverFetch: receiverFetch() }),
  })
}
