import type { Fault } from '../../fake-scaleway/index.ts'
import { createRetrievalStage, type RetrievalStage } from '../harness/retrieval-stage.ts'
import { withOutput } from './output.ts'
import { Search } from './planted.ts'
import type { Looked } from './secret-runs.ts'

/** The faults that calls of retrieval meet, by name. */
export const readFaults: Readonly<Record<string, Fault | undefined>> = {
  nothing: undefined,
  'lost before': { kind: 'lost-before' },
  'lost after': { kind: 'lost-after' },
  'rate-limited': { kind: 'rate-limited' },
  '500, done': { kind: 'status', status: 500, done: true },
  '503': { kind: 'status', status: 503 },
  hang: { kind: 'hang', done: true },
  forbidden: { kind: 'forbidden' },
  unauthorized: { kind: 'unauthorized' },
  'not found': { kind: 'not-found' },
  html: { kind: 'malformed', how: 'html' },
  truncated: { kind: 'malformed', how: 'truncated-json' },
  'wrong types': { kind: 'malformed', how: 'wrong-types' },
  'missing fields': { kind: 'malformed', how: 'missing-fields' },
  'wrong content type': { kind: 'malformed', how: 'wrong-content-type' },
  endless: { kind: 'malformed', how: 'endless' },
  slow: { kind: 'slow', bytesPerSecond: 20 },
}

const requests = [
  {},
  { httpMethod: 'HEAD' },
  { httpMethod: 'POST', body: 'body' },
  { path: '/other' },
  { headers: { 'Cache-Control': 'no-cache' } },
  { headers: { 'If-None-Match': '*' } },
  { headers: { 'If-None-Match': '"2"' } },
]

/**
 * Sends every request to retrieval as every caller while calls meet one fault, with a cold and a warm cache, and with a
 * newest version that does not hold a key. Only the body of a 200 may hold a key, and only the served one.
 */
export async function secretRead(name: string, seed = 1): Promise<Looked> {
  const stage = await createRetrievalStage({ seed, speedUp: 50 })
  try {
    const search = plantAll(stage)
    const answers: string[] = []
    const bodies: string[] = []
    const { output } = await withOutput(() => live({ stage, search, fault: readFaults[name], answers, bodies }))
    const places = { 'the log': stage.lines, 'an answer': answers, 'the body of a 200': bodies, output: [output] }
    return { search, places }
  } finally {
    await stage.close()
  }
}

interface Living {
  readonly stage: RetrievalStage
  readonly search: Search
  readonly fault: Fault | undefined
  readonly answers: string[]
  /** The bodies of 200s without the served key. */
  readonly bodies: string[]
}

async function live(living: Living): Promise<void> {
  const { stage, search, fault } = living
  const { cloud, ids, clock } = stage
  const old = await stage.publish()
  const served = await stage.publish()
  for (const { secretKey, payload } of [old, served]) {
    search.plant(`the secret of ${secretKey === served.secretKey ? 'the served' : 'an older'} version`, secretKey)
    search.plant('a payload', payload)
  }
  await askAll(living, served, fault)
  clock.advance({ seconds: 61 })
  await askAll(living, served, fault)
  const odd = JSON.stringify({ SECRET: cloud.iam.createApiKey({ applicationId: ids.applicationId }).secretKey })
  search.plant('a payload that is no key', odd)
  cloud.secrets.addVersion(ids.secretId, { data: odd })
  clock.advance({ seconds: 400 })
  await askAll(living, served, undefined)
}

async function askAll(
  { stage, answers, bodies }: Living,
  { payload }: { payload: string },
  fault: Fault | undefined,
): Promise<void> {
  const { cloud, ids, handle } = stage
  const presented = [
    ids.consumer.secretKey,
    ids.operator.secretKey,
    ids.monitor.secretKey,
    ids.reader.secretKey,
    undefined,
  ]
  if (fault !== undefined) cloud.faults.add({ times: Number.POSITIVE_INFINITY, fault })
  for (const [index, request] of requests.entries()) {
    // No faults from here on, so that the rest meets a warm cache.
    if (index === requests.length - 2) cloud.faults.clear()
    for (const token of presented) {
      const headers = { ...request.headers, ...(token !== undefined && { 'X-Auth-Token': token }) }
      const { statusCode, headers: own, body } = await handle({ httpMethod: 'GET', path: '/', ...request, headers })
      answers.push(JSON.stringify(own), statusCode === 200 ? '' : body)
      if (statusCode === 200) bodies.push(body.replace(payload, ''))
    }
  }
}

function plantAll({ ids, cloud }: RetrievalStage): Search {
  const search = new Search()
  search.plant("the owner's key", cloud.owner.secretKey)
  for (const who of ['rotator', 'reader', 'operator', 'consumer', 'monitor'] as const) {
    search.plant(`the key of the ${who}`, ids[who].secretKey)
  }
  return search
}
