import { createHash } from 'node:crypto'
import type { Fetch } from '../../../functions/rotation/fetch.ts'
import { cronToken } from '../../../scripts/local/identities.ts'
import type { Instance } from '../../support/rotation.ts'
import { type CallFault, callFaults, type JourneyName, journeys } from '../call-faults.ts'
import { chance } from '../harness/chance.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { withOutput } from './output.ts'
import { Search } from './planted.ts'

/** Answers that cannot be used; the work is done. */
export const useless = ['html', 'truncated-json', 'wrong-types', 'missing-fields', 'wrong-content-type'] as const

/** The fault that the nth call of a journey meets. */
export interface SecretHit {
  readonly nth: number
  readonly fault: CallFault | (typeof useless)[number]
}

/** The texts that are searched, by the name of the place, and the secrets that are searched for. */
export interface Looked {
  readonly places: Readonly<Record<string, readonly string[]>>
  readonly search: Search
}

/** Gives the secrets that were found, and where, as sentences without any value. */
export function leaksOf({ places, search }: Looked): string[] {
  return Object.entries(places).flatMap(([place, texts]) =>
    search.find(texts.join('\n')).map(name => `${name} is in ${place}`),
  )
}

const hookToken = 'f3b1c0de-5e1f-4a3a-9d52-hooktoken000'
const beatToken = '0ddba11e-7ab1-4c1e-8f00-beattoken000'
const signing = createHash('sha256').update('what signs').digest('base64')
const receivers = {
  NOTIFICATION_URL: `https://hook.example/${hookToken}`,
  NOTIFICATION_SECRET: `whsec_${signing}`,
  HEARTBEAT_URL: `https://beat.example/${beatToken}`,
}

/**
 * Executes a journey whose nth call meets a fault, with receivers to notify, and a day of hourly runs and requests
 * after it; keeps all that the function writes, answers and sends, and every secret that ever existed.
 */
export async function secretRun(name: JourneyName, hit: SecretHit, seed = 1): Promise<Looked> {
  const stage = createStage({ seed, env: receivers })
  const search = plantAll(stage)
  const received: string[] = []
  const sent: string[] = []
  await journeys[name].begin(stage)
  plantKeys(stage, search)
  const parts = { fetch: faulted({ stage, search, hit, sent }), receiverFetch: receiver(seed, received) }
  const { output } = await withOutput(() => live(stage, () => stage.instance(parts), name))
  plantKeys(stage, search)
  const { lines, answers } = stage
  return {
    search,
    places: {
      'the log': lines,
      'an answer': answers,
      'what receivers got': received,
      'calls to Scaleway': sent,
      output: [output],
    },
  }
}

async function live(stage: Stage, start: () => Instance, name: JourneyName): Promise<void> {
  const { body, as } = journeys[name]
  const first = start()
  const killed = new Promise<undefined>(resolve => {
    stage.cloud.faults.onKill = () => resolve(undefined)
  })
  const answered = await Promise.race([first.post({ ...body }, as), killed])
  const instance = answered === undefined ? start() : first
  stage.cloud.faults.clear()
  stage.clock.advance({ hours: (32 - stage.clock.now().getUTCHours()) % 24 })
  await instance.post({ action: 'tend' })
  await instance.post({ action: 'rotate', dry_run: true }, 'operator')
  await instance.post({ action: 'rotate', force: true }, 'consumer')
  await instance.post({ action: 'rotate', force: true }, 'cron')
  await instance.post({ action: 'rotate', unknown: cronToken(stage.ids) }, 'cron')
  await instance.post({ action: 'rotate', token: stage.ids.rotator.secretKey }, 'operator')
  await instance.post({ action: 'rollback' }, 'operator')
  await instance.status()
  await instance.status('stranger')
  stage.clock.advance({ hours: 25 })
  await instance.post({ action: 'tend' })
}

function plantAll({ ids, cloud }: Stage): Search {
  const search = new Search()
  search.plant("the owner's key", cloud.owner.secretKey)
  search.plant("the CRON's token", cronToken(ids))
  for (const who of ['rotator', 'reader', 'operator', 'consumer', 'monitor'] as const) {
    search.plant(`the key of the ${who}`, ids[who].secretKey)
  }
  search.plant("the hook's token", hookToken)
  search.plant("the heartbeat's token", beatToken)
  search.plant('the signing secret', signing)
  return search
}

/** Plants all keys, also those whose answer was lost; called after every call. */
function plantKeys({ cloud }: Stage, search: Search): void {
  for (const [secretKey, accessKey] of cloud.state.secretKeys) search.plant(`the secret of ${accessKey}`, secretKey)
}

interface Faulted {
  readonly stage: Stage
  readonly search: Search
  readonly hit: SecretHit
  readonly sent: string[]
}

function faulted({ stage, search, hit, sent }: Faulted): Fetch {
  const { cloud, clock } = stage
  const { nth, fault } = hit
  const how = useless.find(known => known === fault)
  if (how !== undefined) cloud.faults.add({ nth, fault: { kind: 'malformed', how } })
  else if (fault in callFaults) cloud.faults.add({ nth, fault: callFaults[keyOf(fault)] })
  let calls = 0
  return async (request, options) => {
    calls += 1
    sent.push(await exceptWhereItBelongs(request))
    const isLate = calls === nth && fault.startsWith('timed out')
    try {
      if (!isLate) return await cloud.fetch(request, options)
      if (fault === 'timed out, done') await cloud.fetch(request, options)
      clock.advance({ seconds: 20 })
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    } finally {
      plantKeys(stage, search)
    }
  }
}

function keyOf(fault: string): keyof typeof callFaults {
  const found = Object.keys(callFaults).find((name): name is keyof typeof callFaults => name === fault)
  if (found === undefined) throw new Error(`no fault ${fault}`)
  return found
}

/** A request without the two places where a secret belongs: the token, and the payload of a new version. */
async function exceptWhereItBelongs(request: Request): Promise<string> {
  const headers = [...request.headers].filter(([name]) => name !== 'x-auth-token')
  const isPublication = request.method === 'POST' && request.url.endsWith('/versions')
  const body = isPublication || request.method === 'GET' ? '' : await request.clone().text()
  return `${request.method} ${request.url} ${JSON.stringify(headers)} ${body}`
}

/** A receiver that accepts, refuses or breaks the connection, and quotes the request in its answers and errors. */
function receiver(seed: number, received: string[]): Fetch {
  const luck = chance(seed)
  return async request => {
    const { pathname } = new URL(request.url)
    const address = request.url.replace(
      pathname,
      [`/${hookToken}`, `/${beatToken}`].includes(pathname) ? '/' : pathname,
    )
    const body = await request.clone().text()
    received.push(`${request.method} ${address} ${JSON.stringify([...request.headers])} ${body}`)
    if (luck.happens(0.3)) throw new TypeError(`fetch failed: ${request.url}`, { cause: new Error(signing) })
    return new Response(`${request.url} ${signing}`, { status: luck.one([200, 200, 404, 500]) })
  }
}
