import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, twoKeys } from './begin.ts'

/** The same request several times, by a person or by a CRON that is delivered again: no unnecessary key. */
export const repeating: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await twoKeys(stage, { hours: luck.below(100) + 1 })
  await luck.one([operatorRepeats, callsAtOnce, cronIsDeliveredTwice, failsAndIsRepeated])(stage, luck)
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

async function expectKeys(stage: Stage, max: number, act: () => Promise<unknown>): Promise<void> {
  const before = creates(stage)
  await act()
  stage.watch.look()
  const made = creates(stage) - before
  if (made > max) stage.watch.note('no unnecessary key is created', `${made}, at most ${max} expected`)
}

/** The operator repeats a rotation several times. */
async function operatorRepeats(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock } = stage
  await expectKeys(stage, 1, async () => {
    for (let time = 0; time < luck.between(2, 5); time++) {
      await start().post({ action: 'rotate' }, 'operator')
      clock.advance({ seconds: luck.below(100) })
    }
  })
}

/** Ten requests at once to one instance. */
async function callsAtOnce(stage: Stage, luck: Chance): Promise<void> {
  const instance = stage.start()
  await expectKeys(stage, 1, () =>
    Promise.all(
      Array.from({ length: 10 }, () => instance.post({ action: 'rotate' }, luck.one(['operator', 'cron'] as const))),
    ),
  )
}

/**
 * The CRON is delivered again: after five minutes at the earliest it makes no further key; a delivery that comes later
 * than ten minutes cannot be told from a new request, and makes one at the most.
 */
async function cronIsDeliveredTwice(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock } = stage
  const isLate = luck.happens(0.5)
  const rotate = () => start().post({ action: 'rotate', source: 'cron' }, 'cron')
  await expectKeys(stage, isLate ? 2 : 1, async () => {
    await rotate()
    clock.advance({ seconds: isLate ? 660 + luck.below(600) : 300 + luck.below(240) })
    await rotate()
    await rotate()
  })
}

/** Every publication fails, and the request is repeated: the key that is not published yet counts as in flight. */
async function failsAndIsRepeated(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock, cloud } = stage
  cloud.faults.add({ operation: 'secrets.createVersion', rate: 1, fault: { kind: 'lost-before' } })
  await expectKeys(stage, 1, async () => {
    for (let call = 0; call < 4; call++) {
      await start().post({ action: 'rotate' }, luck.one(['operator', 'cron'] as const))
      clock.advance({ minutes: luck.below(2) })
    }
  })
  cloud.faults.clear()
}
