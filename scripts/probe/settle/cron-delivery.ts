import { calling } from '../../../functions/rotation/scaleway/api-error.ts'
import type { Echo } from '../echo/echo.ts'
import type { Report } from '../echo/report.ts'
import { type Fact, type Finding, seconds } from '../fact.ts'
import { type Stage, UnclearError } from '../stage.ts'
import { until } from '../until.ts'

const minuteMs = 60_000
/** The calls, by the minute after the next one in which each comes: a good answer, a refusal, one that takes long. */
const calls = { good: 1, failing: 2, slow: 3 } as const
type Call = keyof typeof calls
const watchMinutes = 9

/** How often a CRON's call is delivered, and what its caller does after a failure. */
export const cronDelivery: Fact = {
  name: 'cronDelivery',
  title: 'how a CRON trigger delivers its call',
  needsFunction: true,
  async settle({ stage, echo }) {
    const { functionId, call } = await echo()
    const { clock } = stage
    const base = Math.ceil(clock.now().getTime() / minuteMs) * minuteMs
    for (const name of ['good', 'failing', 'slow'] as const) {
      await createCron(stage, { functionId, name, at: new Date(base + calls[name] * minuteMs) })
    }
    return finding(await watch(stage, call, base + watchMinutes * minuteMs), stage)
  },
}

interface NewCron {
  readonly functionId: string
  readonly name: Call
  readonly at: Date
}

/** Once a day at that minute: the next day it is long removed. */
async function createCron({ owner, prefix, limits }: Stage, { functionId, name, at }: NewCron): Promise<void> {
  const asked = { good: {}, failing: { status: 500 }, slow: { sleep_ms: limits.cronSleepMs } }
  const cron = {
    functionId,
    name: `${prefix}-${name}`,
    schedule: `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`,
    args: { cron: name, ...asked[name] },
  }
  await calling('create trigger', () => owner.functions.createCron(cron))
}

/** What was seen of the three calls. */
interface Seen {
  /** How often each was delivered, over all instances. */
  readonly begun: Readonly<Record<Call, number>>
  /** The function served another request while a slow call was inside: its caller had hung up. */
  readonly cutOffMs: number | undefined
}

/** Asks the function until the end. It serves one request at a time, so an answer while a call is inside says that it is no longer waited for. */
async function watch(stage: Stage, call: Echo['call'], endMs: number): Promise<Seen> {
  const { clock } = stage
  const reports = new Map<string, Report>()
  let slowSeenMs: number | undefined
  let cutOffMs: number | undefined
  const total = (name: Call) => [...reports.values()].reduce((sum, { crons }) => sum + (crons[name]?.begun ?? 0), 0)
  const limitMs = endMs - clock.now().getTime()
  await until(stage, { what: 'the calls of three triggers', limitMs, everyMs: 5_000 }, async () => {
    const beganMs = clock.now().getTime()
    const { report } = await call()
    if (report === undefined) return undefined
    reports.set(report.instance, report)
    const { begun = 0, done = 0 } = report.crons.slow ?? {}
    if (begun > 0) slowSeenMs ??= beganMs
    if (begun > done) cutOffMs ??= clock.now().getTime() - (slowSeenMs ?? beganMs)
    return undefined
  })
  return { begun: { good: total('good'), failing: total('failing'), slow: total('slow') }, cutOffMs }
}

function finding({ begun, cutOffMs }: Seen, { limits }: Stage): Finding {
  const { good, failing, slow } = begun
  const detail = [
    `answered 200: ${good} calls`,
    `answered 500: ${failing}`,
    `${seconds(limits.cronSleepMs)} long: ${slow}${cutOffMs === undefined ? ', waited for' : ', hung up on before its end'}`,
  ].join('; ')
  return { reading: reading({ begun, cutOffMs }), detail }
}

function reading({ begun: { good, failing, slow }, cutOffMs }: Seen): string {
  if (good === 0 && failing === 0 && slow === 0) return 'never'
  if (good === 0) throw new UnclearError('the triggers were not all delivered')
  if (good > 1) return 'twice'
  if (failing > 1) return 'repeated'
  return cutOffMs === undefined ? 'once' : 'cut-off'
}
