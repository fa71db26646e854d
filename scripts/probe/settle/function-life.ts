import type { Echoed } from '../echo/echo.ts'
import { type Fact, seconds } from '../fact.ts'
import { UnclearError } from '../stage.ts'
import { until } from '../until.ts'

/** How long a plain value of a function's environment may be. */
export const environmentValue: Fact = {
  name: 'environmentValue',
  title: 'how many characters a plain value of the environment may have',
  needsFunction: true,
  async settle({ echo }) {
    const { longestValue, first } = await echo()
    const arrived = first.report?.value_length ?? 0
    if (longestValue === 0 || arrived !== longestValue) {
      return { reading: 'other', detail: `accepted: ${longestValue} characters; arrived: ${arrived}` }
    }
    const tried = longestValue === 65_536 ? '' : '; 65,536 were refused'
    return { reading: String(longestValue), detail: `a value of ${longestValue} characters arrived${tried}` }
  },
}

const parallel = 5

/** What becomes of requests beyond the one that the only instance serves. */
export const parallelRequests: Fact = {
  name: 'parallelRequests',
  title: 'what becomes of parallel requests to one instance (max_scale = 1)',
  needsFunction: true,
  async settle({ stage, echo }) {
    const { call } = await echo()
    const sleepMs = stage.limits.parallelSleepMs
    const answers = await Promise.all(Array.from({ length: parallel }, () => call({ sleep_ms: sleepMs })))
    const count = (status: number) => answers.filter(answer => answer.status === status).length
    const [refused] = [429, 503].filter(status => count(status) > 0)
    const isQueued = count(200) === parallel
    if (refused === undefined && !isQueued) {
      throw new UnclearError(`${parallel} requests were answered ${answers.map(({ status }) => status).join(', ')}`)
    }
    const instances = new Set(answers.flatMap(({ report }) => report?.instance ?? [])).size
    return {
      reading: refused === undefined ? 'queued' : `refused-${refused}`,
      detail: `${parallel} at once, each ${seconds(sleepMs)} long: ${count(200)} answered 200 by ${instances} instance${instances === 1 ? '' : 's'}, the last after ${seconds(longest(answers))}`,
    }
  },
}

function longest(answers: readonly Echoed[]): number {
  return Math.max(...answers.map(({ tookMs }) => tookMs))
}

// Between the middles of the readings of 1, 20 and 60 s.
const readings = [
  { belowMs: 8_000, reading: '1-s' },
  { belowMs: 40_000, reading: '20-s' },
  { belowMs: Number.POSITIVE_INFINITY, reading: '60-s' },
]

/** How long a call takes that finds no instance. */
export const coldStart: Fact = {
  name: 'coldStart',
  title: 'how long a cold start takes (128 MB)',
  needsFunction: true,
  async settle({ stage, echo }) {
    const { call, first, lastCallAt } = await echo()
    const idleMs = stage.limits.idleMs - (stage.clock.now().getTime() - lastCallAt().getTime())
    const idle = { what: 'the function to be idle until its instance is removed', limitMs: idleMs, everyMs: 60_000 }
    if (idleMs > 0) await until(stage, idle, async () => undefined)
    const cold = await call()
    if (cold.report === undefined) throw new UnclearError(`after a pause the function was answered ${cold.status}`)
    const warm = await call()
    const slowest = longest([first, cold])
    const isSame = cold.report.instance === first.report?.instance
    return {
      reading: readings.find(({ belowMs }) => slowest < belowMs)?.reading ?? 'other',
      detail: `first call ${seconds(first.tookMs)}; after ${seconds(stage.limits.idleMs)} of silence ${seconds(cold.tookMs)}${isSame ? ', still by the first instance' : ''}; warm ${seconds(warm.tookMs)}`,
    }
  },
}
