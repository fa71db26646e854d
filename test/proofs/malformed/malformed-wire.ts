import { Agent } from 'undici'
import type { Fetch } from '../../../functions/rotation/fetch.ts'
import { createFetch } from '../../../functions/rotation/fetch.ts'
import { type JourneyName, journeys } from '../call-faults.ts'
import { judge } from '../harness/ask.ts'
import { type Chance, chance } from '../harness/chance.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { judgeAnswer, type MalformedLife, operationOf } from './malformed-rotation.ts'
import { mutations } from './mutated-answers.ts'
import { type RawAnswer, rawAnswers } from './raw-answers.ts'
import { type Replacing, serveRaw } from './raw-upstream.ts'

/** The longest that one call may take here; 20 s in production. */
const callLimitMs = 1_500
/** The longest that a run of a few dozen calls takes on a busy machine. */
const runLimitMs = 120_000

/** The same over real HTTP with the function's own client: the bytes themselves are malformed. */
export async function malformedWire(name: JourneyName, calls: number, seed: number): Promise<MalformedLife> {
  const luck = chance(seed)
  const how = luck.one(rawAnswers)
  const hit = { nth: luck.between(1, calls), times: luck.one([1, 1, 3]), operation: '' }
  const stage = createStage({ seed })
  await journeys[name].begin(stage)
  stage.watch.look()
  const upstream = await serveRaw(stage.cloud, replacingOf(stage, how, hit, luck), () => stage.watch.look())
  const agent = new Agent({ headersTimeout: 400, bodyTimeout: 400, maxResponseSize: 1024 * 1024 })
  try {
    const { body, as } = journeys[name]
    const instance = stage.instance({ env: { API_URL: upstream.url }, fetch: withShortLimit(createFetch(agent)) })
    const answered = await within(runLimitMs, instance.post({ ...body }, as))
    stage.tell(`${name} → ${answered.status} ${JSON.stringify(answered.body)}`)
    judge(stage, body, answered)
    const mutation = { ...mutations[0], isUseless: how.mayBeRead !== true && hit.times > 2 }
    const wrong = judgeAnswer(stage, { ...answered, tookMs: 0 }, { operation: hit.operation, mutation })
    if (upstream.wasFollowed) wrong.push('a redirect was followed')
    await settle(stage)
    const violations = stage.watch.violations.map(({ invariant, detail }) => `${invariant}: ${detail}`)
    return {
      life: `${name}: on the wire, call ${hit.nth} (${hit.operation}), ${hit.times} times: ${how.name}; seed ${seed}`,
      status: answered.status,
      wrong: [...wrong, ...violations],
      history: [...stage.history],
    }
  } finally {
    await agent.destroy()
    await upstream.close()
  }
}

async function settle(stage: Stage): Promise<void> {
  stage.watch.look()
  await stage.settle()
}

interface WireHit {
  readonly nth: number
  readonly times: number
  operation: string
}

/** Malforms the nth answer, and the next ones of the same operation, so that a repetition meets the same. */
function replacingOf(stage: Stage, how: RawAnswer, hit: WireHit, luck: Chance): Replacing {
  let left = hit.times
  return ({ nth, ...called }) => {
    const operation = operationOf(called, stage)
    if (nth < hit.nth || left === 0 || (nth > hit.nth && operation !== hit.operation)) return undefined
    hit.operation = operation
    left -= 1
    return (line, answer) => how.write(line, answer, luck)
  }
}

/** With a timer that holds its signal: Node may collect one of `AbortSignal.any`, and then nothing ends the call. */
function withShortLimit(fetch: Fetch): Fetch {
  return async (request, { signal } = {}) => {
    const limit = new AbortController()
    const abort = (reason: unknown) => limit.abort(reason)
    const timer = setTimeout(() => abort(new DOMException('The call took too long', 'TimeoutError')), callLimitMs)
    signal?.addEventListener('abort', () => abort(signal.reason))
    return fetch(request, { signal: limit.signal }).finally(() => clearTimeout(timer))
  }
}

/** Rejects if the work takes longer than the limit. */
export async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
