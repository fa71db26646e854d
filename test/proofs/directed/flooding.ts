import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, twoKeys } from './begin.ts'

/** Callers that send too many requests: they cause no unnecessary key, and do not block other callers. */
export const flooding: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([operatorRepeats, callsAtOnce, callsForDays, failsAndCalls, consumerActsAsOperator])(stage, luck)
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

async function expectKeys(stage: Stage, max: number, act: () => Promise<unknown>): Promise<void> {
  const before = creates(stage)
  await act()
  const made = creates(stage) - before
  if (made > max) stage.watch.note('no unnecessary key is created', `${made}, at most ${max} expected`)
}

/** The operator repeats a rotation several times. */
async function operatorRepeats(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock } = stage
  await twoKeys(stage, { hours: luck.below(100) + 1 })
  await expectKeys(stage, 1, async () => {
    for (let time = 0; time < luck.between(2, 5); time++) {
      await start().post({ action: 'rotate' }, 'operator')
      clock.advance({ seconds: luck.below(100) })
    }
  })
}

/** Ten requests at once to one instance. */
async function callsAtOnce(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: 24 + luck.below(100) })
  const instance = stage.start()
  await expectKeys(stage, 1, () =>
    Promise.all(Array.from({ length: 10 }, () => instance.post({ action: 'rotate' }, 'consumer'))),
  )
}

/** A consumer requests rotations for days; after that the operator can still rotate. */
async function callsForDays(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock, watch, cleanHourlyRun } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  for (let call = 0; call < 72; call++) {
    clock.advance({ hours: 2 + luck.below(2) })
    await start().post({ action: 'rotate' }, 'consumer')
    watch.look()
    await cleanHourlyRun()
  }
  clock.advance({ minutes: 20 })
  const { body } = await start().post({ action: 'rotate' }, 'operator')
  if (body.rotated !== true)
    watch.note('every due action is done', `the operator’s rotation after a flood of requests: ${body.error}`)
}

/** Every publication fails, and a consumer keeps requesting rotations. */
async function failsAndCalls(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock, cloud } = stage
  await twoKeys(stage, { hours: 24 + luck.below(100) })
  cloud.faults.add({ operation: 'secrets.createVersion', rate: 1, fault: { kind: 'lost-before' } })
  await expectKeys(stage, 1, async () => {
    for (let call = 0; call < 4; call++) {
      await start().post({ action: 'rotate' }, 'consumer')
      clock.advance({ minutes: 11 + luck.below(3) })
    }
  })
  cloud.faults.clear()
}

/** A consumer, or CRON, requests what only the operator may do. */
async function consumerActsAsOperator(stage: Stage, luck: Chance): Promise<void> {
  const { start, served, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const before = served()?.revision
  for (const body of [{ force: true }, { action: 'rollback', revision: 2 }, { action: 'revoke' }]) {
    const { status } = await start().post(body, luck.one(['consumer', 'cron']))
    if (status !== 403 || served()?.revision !== before) {
      watch.note('only the operator rolls back, revokes or forces', JSON.stringify(body))
    }
  }
}
