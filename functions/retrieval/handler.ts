import { Agent, request } from 'node:https'
import { composeRetrieval } from './compose.ts'
import type { OpenRequest } from './scaleway/http-get.ts'

/** The retrieval function, as the platform calls it: `GET /name` gives the current key of that name. */
export const handle = composeRetrieval({
  env: process.env,
  clock: {
    now: () => ({ wallMs: Date.now(), steadyMs: process.uptime() * 1000 }),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  },
  random: Math.random,
  opener: apiUrl => (apiUrl.startsWith('http:') ? openPlain() : openSecure()),
  write: line => process.stdout.write(line),
})

// One idle connection at most: if it died while the instance slept, the second attempt makes a new one.
const keepAlive = { keepAlive: true, maxFreeSockets: 1 }

function openSecure(): OpenRequest {
  const agent = new Agent(keepAlive)
  return (url, options) => request(url, { ...options, agent })
}

/** For a local Scaleway. Not imported: under Node 24 an import of node:http costs a cold start (bench/README.md). */
function openPlain(): OpenRequest {
  const http = process.getBuiltinModule('node:http')
  const agent = new http.Agent(keepAlive)
  return (url, options) => http.request(url, { ...options, agent })
}
