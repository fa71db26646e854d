import type { Fetch } from '../../../functions/rotation/fetch.ts'
import type { Answered } from '../../support/rotation.ts'
import { type JourneyName, journeys } from '../call-faults.ts'
import { judge } from '../harness/ask.ts'
import { type Chance, chance } from '../harness/chance.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { type Mutation, mutations } from './mutated-answers.ts'
import { upstreamMarker } from './mutated-fields.ts'

/** The result of one simulated run. */
export interface MalformedLife {
  readonly life: string
  readonly status: number
  readonly wrong: readonly string[]
  readonly history: readonly string[]
}

/** The longest that a run may take by the simulated clock. */
const maxMs = 300_000

/**
 * Executes a journey; the answer to one of its calls, or to several of the same kind, is malformed after the work
 * is done. Then days of clean hourly runs, through which every invariant must hold.
 */
export async function malformedRotation(name: JourneyName, calls: number, seed: number): Promise<MalformedLife> {
  const luck = chance(seed)
  const mutation = luck.one(mutations)
  const nth = luck.between(1, calls)
  const times = luck.happens(0.2) ? luck.between(2, 4) : 1
  const stage = createStage({ seed })
  await journeys[name].begin(stage)
  stage.watch.look()
  const hit = { operation: '', nth, times, mutation, luck }
  const answered = await answer(stage, name, mutating(stage, hit))
  const wrong = judgeAnswer(stage, answered, hit)
  stage.watch.look()
  await stage.settle()
  const violations = stage.watch.violations.map(({ invariant, detail }) => `${invariant}: ${detail}`)
  return {
    life: `${name}: the answer to call ${nth} (${hit.operation}), ${times} times: ${mutation.name}; seed ${seed}`,
    status: answered.status,
    wrong: [...wrong, ...violations],
    history: [...stage.history],
  }
}

async function answer(stage: Stage, name: JourneyName, fetch: Fetch): Promise<Answered & { readonly tookMs: number }> {
  const { body, as } = journeys[name]
  const instance = stage.instance({ fetch })
  const beganMs = stage.clock.now().getTime()
  const answered = await instance.post({ ...body }, as)
  stage.tell(`${name} → ${answered.status} ${JSON.stringify(answered.body)}`)
  judge(stage, body, answered)
  return { ...answered, tookMs: stage.clock.now().getTime() - beganMs }
}

/** Which answers are malformed, and how. `operation` is that of the first of them, once it was called. */
interface MalformedHit {
  operation: string
  readonly nth: number
  readonly times: number
  readonly mutation: Mutation
  readonly luck: Chance
}

function mutating({ cloud, ids, watch, tell }: Stage, hit: MalformedHit): Fetch {
  let calls = 0
  let left = hit.times
  return async (request, options) => {
    calls += 1
    const nth = calls
    const response = await cloud.fetch(request, options)
    watch.look()
    const operation = operationOf(request, { cloud, ids })
    if (nth < hit.nth || left === 0 || (nth > hit.nth && operation !== hit.operation)) return response
    hit.operation = operation
    left -= 1
    const bad = hit.mutation.mutate(
      {
        kind: 'answer',
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      },
      hit.luck,
    )
    tell(`call ${nth}, ${operation}: ${hit.mutation.name}`)
    return new Response(bad.body.length === 0 || [204, 205, 304].includes(bad.status) ? null : bad.body, bad)
  }
}

/** The look at the keys of the deployment's own applications, which comes after a run. */
const ownKeys = 'iam.listApiKeys of its own'

/** A new key is tried on its secret, which it has no right to read. */
const proof = 'secrets.getSecret of a new key'

/** Names the operation of a call that was answered, several of which may be under way, and tells apart whose keys are listed. */
export function operationOf(
  { method, url }: Pick<Request, 'method' | 'url'>,
  { cloud, ids }: Pick<Stage, 'cloud' | 'ids'>,
): string {
  const { pathname, searchParams } = new URL(url, 'http://scaleway.test')
  const bearerId = searchParams.get('bearer_id')
  if (bearerId !== null && bearerId !== ids.applicationId) return ownKeys
  const called = cloud.log.entries.findLast(entry => entry.method === method && entry.path === pathname)
  if (called?.operation === 'secrets.getSecret' && called.status === 403) return proof
  return called?.operation ?? ''
}

/**
 * The answers of these are never needed: they are not read, the call is repeated until the answer is clear, or the run
 * has ended.
 */
const unread = ['iam.getApiKey', 'iam.deleteApiKey', 'secrets.disableVersion', 'secrets.deleteVersion', ownKeys, proof]

/**
 * 502 and 504 are always clear, and so is the 503 that follows from a date that is off; 500 never is. 200 and 409 are
 * right where the malformed answer could be read all the same (a 404 says that no version is enabled), was not needed, or
 * its effect is reported beside the result (`unfinished`).
 */
export function judgeAnswer(
  { lines, answers }: Stage,
  { status, body, tookMs }: Answered & { readonly tookMs: number },
  { operation, mutation }: Pick<MalformedHit, 'operation' | 'mutation'>,
): string[] {
  const wrong: string[] = []
  const isClear =
    (status === 502 || status === 504 || (status === 503 && body.error === 'clock-skew')) &&
    typeof body.error === 'string' &&
    typeof body.message === 'string'
  if (!isClear && status !== 200 && status !== 409) wrong.push(`answered ${status} ${body.error}`)
  const isMissing = mutation.name === 'status 404' && operation === 'secrets.getVersion'
  const isNeeded = mutation.isUseless && !unread.includes(operation) && operation !== '' && !isMissing
  if (isNeeded && !isClear && body.unfinished === undefined) wrong.push(`answered ${status} to an unusable answer`)
  const written = [...lines, ...answers].join('\n')
  if (written.includes(upstreamMarker)) wrong.push('text of the upstream answer is disclosed')
  if (answers.some(text => text.length > 16_384)) wrong.push('the answer is too long')
  if (tookMs > maxMs) wrong.push(`it took ${tookMs} ms`)
  return wrong
}
