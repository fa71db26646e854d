import type { Fault } from '../fake-scaleway/index.ts'
import { type Asked, ask } from './harness/ask.ts'
import { createStage, type Stage } from './harness/stage.ts'

/** What goes wrong with one call of a journey. */
export const callFaults = {
  'lost before': { kind: 'lost-before' },
  'lost after': { kind: 'lost-after' },
  'killed before': { kind: 'kill-before' },
  'killed after': { kind: 'kill-after' },
  'rate-limited': { kind: 'rate-limited' },
  'answered 503, not done': { kind: 'status', status: 503 },
  'answered 500, done': { kind: 'status', status: 500, done: true },
  'refused by a flapping 403': { kind: 'forbidden' },
  'answered 404 just after a create': { kind: 'not-found' },
} as const satisfies Record<string, Fault>

/** The name of a fault: those above, and no answer in time. */
export type CallFault = keyof typeof callFaults | 'timed out, not done' | 'timed out, done'

/** The names of all faults. */
export const callFaultNames = [
  'lost before',
  'lost after',
  'killed before',
  'killed after',
  'rate-limited',
  'answered 503, not done',
  'answered 500, done',
  'timed out, not done',
  'timed out, done',
  'refused by a flapping 403',
  'answered 404 just after a create',
] as const satisfies CallFault[]

interface Journey extends Asked {
  /** Brings the deployment to the moment before it. */
  readonly begin: (stage: Stage) => Promise<void>
}

const rotate = { action: 'rotate', source: 'cron' }
const tend = { action: 'tend' }

async function twoKeys({ rotation, clock }: Stage, sinceHours: number): Promise<void> {
  await rotation.post()
  clock.advance({ days: 30 })
  await rotation.post()
  clock.advance({ hours: sinceHours })
}

/** Everything that a run can be about, each with calls of its own. */
export const journeys = {
  'first rotation': { body: rotate, as: 'cron', begin: async () => {} },
  'monthly rotation': {
    body: rotate,
    as: 'cron',
    begin: async ({ rotation, clock }) => {
      await rotation.post()
      clock.advance({ days: 30 })
    },
  },
  'forced rotation': { body: { action: 'rotate', force: true }, as: 'operator', begin: stage => twoKeys(stage, 1) },
  'tick that rotates': {
    body: tend,
    as: 'cron',
    begin: async ({ rotation, clock }) => {
      await rotation.post()
      clock.advance({ days: 36 })
    },
  },
  'tick that retires': { body: tend, as: 'cron', begin: stage => twoKeys(stage, 122) },
  'tick that revokes': {
    body: tend,
    as: 'cron',
    begin: async stage => {
      await twoKeys(stage, 122)
      await stage.rotation.post(tend)
      stage.clock.advance({ hours: 1 })
    },
  },
  'tick that prunes': {
    body: tend,
    as: 'cron',
    begin: async stage => {
      const { rotation, clock } = stage
      for (let month = 0; month < 5; month++) {
        await twoKeys(stage, 122)
        await rotation.post(tend)
        clock.advance({ hours: 1 })
        await rotation.post(tend)
        clock.advance({ hours: 2 })
      }
    },
  },
  rollback: { body: { action: 'rollback', revision: 2 }, as: 'operator', begin: stage => twoKeys(stage, 24) },
  revoke: { body: { action: 'revoke' }, as: 'operator', begin: stage => twoKeys(stage, 24) },
} as const satisfies Record<string, Journey>

/** The name of a journey. */
export type JourneyName = keyof typeof journeys

/** The names of all journeys. */
export const journeyNames = [
  'first rotation',
  'monthly rotation',
  'forced rotation',
  'tick that rotates',
  'tick that retires',
  'tick that revokes',
  'tick that prunes',
  'rollback',
  'revoke',
] as const satisfies JourneyName[]

/** A fault at the nth call of a journey. */
export interface Hit {
  readonly nth: number
  readonly fault: CallFault
}

/** A life through one journey, and how many calls the journey and the tick after it made. */
interface FaultedLife {
  readonly stage: Stage
  readonly calls: number
}

/**
 * Lives through one journey whose calls meet these faults, and through the tick an hour later, whose calls are counted
 * on and meet what is left of them; then through days of clean ticks.
 */
export async function faultedLife(name: JourneyName, hits: readonly Hit[], seed = 1): Promise<FaultedLife> {
  const stage = createStage({ seed })
  const { cloud, watch, tell, start } = stage
  const journey: Journey = journeys[name]
  await journey.begin(stage)
  watch.look()
  const calls = cloud.log.entries.length
  for (const hit of hits) add(stage, hit)
  tell(`${name}: ${hits.map(({ nth, fault }) => `call ${nth} ${fault}`).join(', ')}`)
  await ask(stage, start(), journey)
  stage.clock.advance({ hours: 1 })
  watch.look()
  await ask(stage, start(), { body: tend, as: 'cron' })
  const made = cloud.log.entries.length - calls
  tell(`${made} calls`)
  cloud.faults.clear()
  watch.look()
  await stage.settle()
  return { stage, calls: made }
}

function add({ cloud, timeOut }: Stage, { nth, fault }: Hit): void {
  if (fault === 'timed out, not done' || fault === 'timed out, done') timeOut(nth, fault === 'timed out, done')
  else cloud.faults.add({ nth, fault: callFaults[fault] })
}

/** How many calls a journey makes when nothing goes wrong. */
export async function callsOf(name: JourneyName): Promise<number> {
  const stage = createStage({ seed: 1 })
  const journey: Journey = journeys[name]
  await journey.begin(stage)
  const before = stage.cloud.log.entries.length
  await stage.start().post({ ...journey.body }, journey.as)
  return stage.cloud.log.entries.length - before
}
