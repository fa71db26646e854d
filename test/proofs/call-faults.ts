import type { Fault } from '../fake-scaleway/index.ts'
import { ask } from './harness/ask.ts'
import type { Asked } from './harness/asked.ts'
import { createStage, type Stage } from './harness/stage.ts'

/** The faults that one call of a journey may meet. */
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
  /** Brings the deployment to the moment before the journey. */
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

/** The kinds of runs, each with calls of its own. */
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
  'hourly run that rotates': {
    body: tend,
    as: 'cron',
    begin: async ({ rotation, clock }) => {
      await rotation.post()
      clock.advance({ days: 36 })
    },
  },
  'hourly run that retires': { body: tend, as: 'cron', begin: stage => twoKeys(stage, 122) },
  'hourly run that revokes': {
    body: tend,
    as: 'cron',
    begin: async stage => {
      await twoKeys(stage, 122)
      await stage.rotation.post(tend)
      stage.clock.advance({ hours: 1 })
    },
  },
  'hourly run that prunes': {
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
  'hourly run that rotates',
  'hourly run that retires',
  'hourly run that revokes',
  'hourly run that prunes',
  'rollback',
  'revoke',
] as const satisfies JourneyName[]

/** A fault at the nth call of a journey. */
export interface Hit {
  readonly nth: number
  readonly fault: CallFault
}

/** A simulated run of one journey, and how many calls the journey and the hourly run after it made. */
interface FaultedLife {
  readonly stage: Stage
  readonly calls: number
}

/**
 * Executes one journey whose calls meet these faults, and the hourly run after it: its calls are counted on from those
 * of the journey and meet the remaining faults. Days of clean hourly runs follow.
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

/** Counts the calls of a journey without faults. */
export async function callsOf(name: JourneyName): Promise<number> {
  const stage = createStage({ seed: 1 })
  const journey: Journey = journeys[name]
  await journey.begin(stage)
  const before = stage.cloud.log.entries.length
  await stage.start().post({ ...journey.body }, journey.as)
  return stage.cloud.log.entries.length - before
}
