import { setTimeout as sleep } from 'node:timers/promises'
import { endpoint } from '../shared/endpoint.ts'
import { readLogLevel } from '../shared/env.ts'
import type { Clock } from './clock.ts'
import { readConfig } from './config.ts'
import { createFetch, createReceiverFetch } from './fetch.ts'
import { createLog } from './log.ts'
import { createService } from './service.ts'

const clock: Clock = {
  now: () => ({ wallMs: Date.now(), steadyMs: performance.now() }),
  sleep: async durationMs => {
    await sleep(durationMs)
  },
}

/** The rotation function, as the platform calls it: rotates, tends, and tells the status. */
export const handle = endpoint({
  log: () => createLog({ level: readLogLevel(process.env) }),
  build: log =>
    createService({
      config: readConfig(process.env),
      log,
      clock,
      fetch: createFetch(),
      receiverFetch: createReceiverFetch(),
    }),
})
