import { Agent, request } from 'node:http'
import { crc32 } from 'node:zlib'
import { composeRetrieval } from '../../../functions/retrieval/compose.ts'
import type { PlatformResponse } from '../../../functions/shared/endpoint.ts'
import { callerVariables, createIdentities, type Identities, keyVariables } from '../../../scripts/local/identities.ts'
import { createScaleway, type FakeScaleway, SimulatedClock, serve } from '../../fake-scaleway/index.ts'

/**
 * The retrieval function as in production against a local Scaleway over loopback, on a clock that only the test
 * advances.
 */
export interface RetrievalStage {
  readonly cloud: FakeScaleway
  readonly clock: SimulatedClock
  readonly ids: Identities
  /** All that was logged, at trace level. */
  readonly lines: string[]
  handle(event: unknown): Promise<PlatformResponse>
  /** Publishes a new key of the bearer as the rotation function does; gives its two parts and the payload. */
  publish(): Promise<{ accessKey: string; secretKey: string; payload: string }>
  close(): Promise<void>
}

/**
 * Creates a stage. Takes a seed; settings that differ from the defaults; how many times faster than real time the
 * function's own timers run, so that tests wait less for pauses and time-outs; and the server of the local Scaleway, if
 * not its own.
 */
export async function createRetrievalStage({
  seed,
  ...options
}: RetrievalOptions & { seed: number }): Promise<RetrievalStage> {
  const clock = new SimulatedClock(new Date('2026-03-01T02:00:00Z'))
  const cloud = createScaleway({ clock, seed })
  const ids = createIdentities(cloud)
  const publish = async () => {
    const { accessKey, secretKey } = cloud.iam.createApiKey({ applicationId: ids.applicationId })
    const payload = JSON.stringify({ API_KEY: accessKey, SECRET_KEY: secretKey })
    await addVersion({ cloud, ids }, payload)
    return { accessKey, secretKey, payload }
  }
  return { cloud, clock, ids, publish, ...(await startRetrieval({ cloud, clock, ids }, options)) }
}

/** What a retrieval function may be started with. */
interface RetrievalOptions {
  readonly env?: Record<string, string>
  readonly speedUp?: number
  readonly serving?: (cloud: FakeScaleway) => Promise<{ readonly url: string; close(): Promise<void> }>
}

/** Starts a retrieval function for the keys of a deployment. */
export async function startRetrieval(
  { cloud, clock, ids }: Pick<RetrievalStage, 'cloud' | 'clock' | 'ids'>,
  { env = {}, speedUp = 1, serving = serve }: RetrievalOptions = {},
): Promise<Pick<RetrievalStage, 'lines' | 'handle' | 'close'>> {
  const server = await serving(cloud)
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1 })
  const lines: string[] = []
  const instant = () => ({ wallMs: clock.now().getTime(), steadyMs: clock.now().getTime() })
  const handle = composeRetrieval({
    env: { ...retrievalEnv({ cloud, ids, url: server.url }), ...env },
    clock: { now: instant, after: (delayMs, act) => after(delayMs / speedUp, act) },
    random: () => 0,
    opener: () => (url, options) => request(url, { ...options, agent }),
    write: line => lines.push(line),
  })
  const close = async () => {
    agent.destroy()
    await server.close()
  }
  return { lines, handle, close }
}

/** Adds a version with its checksum, which only a call can send. */
async function addVersion({ cloud, ids }: Pick<RetrievalStage, 'cloud' | 'ids'>, payload: string): Promise<void> {
  const path = `/secret-manager/v1beta1/regions/${cloud.region}/secrets/${ids.secretId}/versions`
  const { ok } = await cloud.fetch(`http://scaleway.test${path}`, {
    method: 'POST',
    headers: { 'X-Auth-Token': cloud.owner.secretKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({ data: Buffer.from(payload).toString('base64'), data_crc32: crc32(payload) }),
  })
  if (!ok) throw new Error('the version was not added')
}

interface Known {
  readonly cloud: FakeScaleway
  readonly ids: Identities
  readonly url: string
}

function retrievalEnv({ cloud, ids, url }: Known): Record<string, string> {
  return {
    API_URL: url,
    ...keyVariables(ids, cloud).retrieval,
    READER_SECRET_KEY: ids.reader.secretKey,
    ...callerVariables(ids),
    LOG_LEVEL: 'trace',
  }
}

function after(delayMs: number, act: () => void): () => void {
  const timer = setTimeout(act, delayMs)
  return () => clearTimeout(timer)
}
