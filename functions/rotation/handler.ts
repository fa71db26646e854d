import { setTimeout as sleep } from 'node:timers/promises'
import { composeRotation } from './compose.ts'
import { createFetch, createReceiverFetch } from './fetch.ts'
import { createLog } from './log.ts'

/** The rotation function, as the platform calls it: rotates, cleans up, and gives the status. */
export const handle = composeRotation({
  env: process.env,
  clock: {
    now: () => ({ wallMs: Date.now(), steadyMs: performance.now() }),
    sleep: async durationMs => {
      await sleep(durationMs)
    },
  },
  fetch: createFetch,
  receiverFetch: createReceiverFetch,
  log: level => createLog({ level }),
})
