import { median } from '../../../bench/figures.ts'
import type { Outcome, Proof } from '../harness/proof.ts'
import { startBare } from '../live/bare.ts'
import { withLiveStack } from '../live/live-stack.ts'
import { Published } from '../live/published.ts'
import { LoadJudge } from './load-judge.ts'
import { OftenRotated } from './load-rotations.ts'
import { volley } from './volley.ts'

/** How many rounds, and how long each part of a round is: retrieval, then the bare handler. */
interface LoadOptions {
  readonly seed: number
  readonly rounds: number
  readonly roundSeconds: number
  /** How many requests at most in each half of a round. If absent, as many as are answered in that time. */
  readonly maxRequests?: number
  /** The source of a handler that replaces retrieval, to show that a wrong one is found. */
  readonly instead?: string
}

const connections = 50
const cacheSeconds = 2

/** Fetches the key over 50 connections while it is rotated every second, and in turns a constant from the same host. */
export function load(options: LoadOptions): Promise<Outcome> {
  const { seed, instead } = options
  return withLiveStack({ seed, retrieval: { CACHE_SECONDS: String(cacheSeconds) } }, async stack => {
    const published = new Published(stack)
    const judge = new LoadJudge({ published, cacheMs: cacheSeconds * 1_000 })
    const rotated = new OftenRotated(stack, { published, judge })
    await rotated.start()
    const bareUrl = await startBare(stack)
    const url = instead === undefined ? stack.retrieval.url : await startBare(stack, instead)
    const ratios = await inTurns({ url, bareUrl, token: stack.ids.consumer.secretKey, judge }, options)
    await rotated.stop()
    const { statuses, violations, mostOldMs } = judge
    const units = [...statuses.values()].reduce((sum, count) => sum + count, 0)
    const bad = violations.length === 0 ? [] : [{ life: `seed ${seed}`, violations, history: rotated.history }]
    const counts = [...statuses].map(([status, count]) => [`answered ${status}`, count])
    const figures = { ...Object.fromEntries(counts), ...ratios, rotations: rotated.count, 'most old ms': mostOldMs }
    return { units, bad, figures }
  })
}

interface Targets {
  readonly url: string
  readonly bareUrl: string
  readonly token: string
  readonly judge: LoadJudge
}

/** Sends requests to both in turns, round by round, so that other load on the machine affects both. */
async function inTurns({ url, bareUrl, token, judge }: Targets, { rounds, roundSeconds, maxRequests }: LoadOptions) {
  const p99: number[] = []
  const p50: number[] = []
  for (let round = 0; round < rounds; round++) {
    const options = { token, connections, seconds: roundSeconds, ...(maxRequests !== undefined && { maxRequests }) }
    const real = await volley({ ...options, url, onAnswer: answer => judge.judge(answer) })
    const bare = await volley({ ...options, url: bareUrl })
    if (real.tookMs.length === 0) judge.complain('a round without an answer')
    if (real.unanswered > 0) judge.complain('a request without an answer', real.unanswered)
    p99.push(quantile(real.tookMs, 0.99) / quantile(bare.tookMs, 0.99))
    p50.push(quantile(real.tookMs, 0.5) / quantile(bare.tookMs, 0.5))
  }
  return {
    'p99 ratio': median(p99),
    'p99 lowest': Math.min(...p99),
    'p99 highest': Math.max(...p99),
    'p50 ratio': median(p50),
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const lengths = {
  share: { rounds: 3, roundSeconds: 2 },
  full: { rounds: 12, roundSeconds: 5 },
} as const

/** Retrieval under load while the key is rotated every second. */
export const loadProof: Proof = {
  name: 'load',
  does: 'retrieval over real HTTP with 50 connections, plain and with If-None-Match, and a rotation every second',
  promises:
    '200, 304 or a documented answer, each 200 exactly what was published, and none older than the cache allows; the time is a ratio, not a gate',
  unit: 'answers',
  isAlone: true,
  pieces: () => 1,
  live: ({ extent, seed }) => load({ seed, ...lengths[extent] }),
  remark: figures => {
    const answers = Object.entries(figures).filter(([name]) => name.startsWith('answered '))
    const statuses = answers.map(([name, count]) => `${name.slice(-3)}: ${count}`).join(', ')
    const [p99, lowest, highest, p50] = ['p99 ratio', 'p99 lowest', 'p99 highest', 'p50 ratio'].map(name =>
      (figures[name] ?? Number.NaN).toFixed(2),
    )
    const old = Math.round(figures['most old ms'] ?? 0)
    return `${statuses}; ${figures.rotations} rotations; old by ${old} ms at most, ${cacheSeconds} s are allowed; p99 ${p99} times that of a bare handler on the same host (rounds: ${lowest} to ${highest}), median ${p50} times`
  },
}
