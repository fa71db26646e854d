import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { type RunningFunction, startBuilt } from '../../../scripts/local/functions.ts'
import { createIdentities, cronToken, type Identities } from '../../../scripts/local/identities.ts'
import { functionSettings } from '../../../scripts/local/settings.ts'
import type { Gateway } from '../../fake-scaleway/functions/gateway.ts'
import { createScaleway, type FakeScaleway, serve } from '../../fake-scaleway/index.ts'
import { builtZips } from '../../support/built.ts'
import { MovedClock, movedClockUrl } from './moved-clock.ts'

/** What a function answered. */
export interface Answered {
  readonly status: number
  readonly text: string
  readonly etag: string | null
}

/** How a function is called through its gateway. Without a token it is called as the platform does for the CRON. */
export interface Calling {
  readonly method: 'GET' | 'POST'
  readonly token?: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** One of both functions. */
export interface LiveFunction {
  readonly pid: number
  readonly url: string
  call(calling: Calling): Promise<Answered>
  /** Lets the process collect its garbage, and gives how many bytes it uses then. */
  collectGarbage(): Promise<number>
}

/** What `npm start` starts, on a clock that can be moved. */
export interface LiveStack {
  readonly cloud: FakeScaleway
  readonly clock: MovedClock
  readonly ids: Identities
  readonly rotation: LiveFunction
  readonly retrieval: LiveFunction
  /** All that both functions have printed. */
  readonly lines: string[]
  readonly atEnd: (end: () => Promise<void> | void) => void
}

/** What a stack is started with, besides the settings of `npm start`. */
interface LiveOptions {
  readonly seed: number
  /** Settings of retrieval that differ. */
  readonly retrieval?: Readonly<Partial<Record<'CACHE_SECONDS', string>>>
  /** An additional module that both functions' processes load first. */
  readonly preload?: URL
}

const collectUrl = new URL('./collect.mjs', import.meta.url)
const collected = /^(\w+) +garbage collected, bytes in use: (\d+)$/
const [waitMs, maxWaits] = [20, 1_500]

/**
 * Starts the parts of `npm start` except its schedule, uses them, and always stops them. The functions' processes also
 * end with this process, however it ends.
 */
export async function withLiveStack<Result>(
  options: LiveOptions,
  use: (stack: LiveStack) => Promise<Result>,
): Promise<Result> {
  const ends: (() => Promise<void> | void)[] = []
  try {
    return await use(await start(options, end => ends.unshift(end)))
  } finally {
    for (const end of ends) await end()
  }
}

async function start(options: LiveOptions, atEnd: LiveStack['atEnd']): Promise<LiveStack> {
  const clock = new MovedClock()
  const cloud = createScaleway({ clock, seed: options.seed })
  const server = await serve(cloud)
  atEnd(server.close)
  const ids = createIdentities(cloud)
  const lines: string[] = []
  const settings = functionSettings({ scaleway: cloud, scalewayUrl: server.url, identities: ids })
  const preloads = [movedClockUrl, collectUrl, ...(options.preload === undefined ? [] : [options.preload])]
  const preloaded = { NODE_OPTIONS: preloads.map(url => `--import=${url}`).join(' ') }
  const { rotation, retrieval } = await startBuilt(await builtZips(), {
    scaleway: cloud,
    settings: {
      rotation: { ...settings.rotation, ...preloaded },
      retrieval: { ...settings.retrieval, ...options.retrieval, ...preloaded },
    },
    ports: { rotation: undefined, retrieval: undefined },
    starting: { log: line => lines.push(line), atEnd },
  })
  const access = (name: string, gateway: RunningFunction) =>
    accessTo(gateway, { clock, ids, used: () => usedBy(name, lines) })
  return {
    cloud,
    clock,
    ids,
    lines,
    atEnd,
    rotation: access('rotation', rotation),
    retrieval: access('retrieval', retrieval),
  }
}

/** The bytes in use that a function printed, one number for each request to collect. */
function usedBy(name: string, lines: readonly string[]): number[] {
  return lines.map(line => collected.exec(line)).flatMap(found => (found?.[1] === name ? [Number(found[2])] : []))
}

interface Access {
  readonly clock: MovedClock
  readonly ids: Identities
  readonly used: () => readonly number[]
}

function accessTo(gateway: RunningFunction, { clock, ids, used }: Access): LiveFunction {
  const { pid, url } = gateway
  return {
    pid,
    url,
    collectGarbage: async () => {
      const before = used().length
      process.kill(pid, 'SIGUSR2')
      for (let waits = 0; waits < maxWaits; waits++) {
        const bytes = used()[before]
        if (bytes !== undefined) return bytes
        await sleep(waitMs)
      }
      throw new Error('A function did not collect its garbage: its process has ended or hangs.')
    },
    call: ({ method, token, body, headers = {} }) => {
      if (token === undefined) {
        const text = JSON.stringify({ ...body, token: cronToken(ids) })
        return callAsPlatform(gateway, { method, path: clock.path, text })
      }
      const text = body === undefined ? '' : JSON.stringify(body)
      const sent = { ...headers, 'X-Auth-Token': token, Authorization: `Bearer ${token}` }
      return callOverHttp(`${url}${clock.path}`, { method, headers: sent, ...(text !== '' && { body: text }) })
    },
  }
}

async function callAsPlatform(
  gateway: Gateway,
  { method, path, text }: { method: string; path: string; text: string },
) {
  const { status, body } = await gateway.call({ method, path, body: new TextEncoder().encode(text) })
  return { status, text: Buffer.from(body).toString(), etag: null }
}

/** A connection of its own, so that none can have gone stale when the machine was busy with something else. */
async function callOverHttp(
  url: string,
  options: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string },
) {
  const { statusCode, headers, body } = await request(url, { ...options, reset: true })
  const { etag } = headers
  return { status: statusCode, text: await body.text(), etag: typeof etag === 'string' ? etag : null }
}
