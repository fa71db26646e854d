import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, twoKeys } from './begin.ts'

/** Callers who cannot stop: none makes more keys than there should be, and none stops the others. */
export const flooding: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([pressesTwice, callsAtOnce, callsForDays, failsAndCalls, pressesForeignButtons])(stage, luck)
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

async function expectKeys(stage: Stage, most: number, deed: () => Promise<unknown>): Promise<void> {
  const before = creates(stage)
  await deed()
  const made = creates(stage) - before
  if (made > most) stage.watch.note('no key is made needlessly', `${made}, not ${most}`)
}

/** The operator presses again and again. */
async function pressesTwice(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock } = stage
  await twoKeys(stage, { hours: luck.below(100) + 1 })
  await expectKeys(stage, 1, async () => {
    for (let press = 0; press < luck.between(2, 5); press++) {
      await start().post({ action: 'rotate' }, 'operator')
      clock.advance({ seconds: luck.below(100) })
    }
  })
}

/** Many at once, of one instance. */
async function callsAtOnce(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: 24 + luck.below(100) })
  const instance = stage.start()
  await expectKeys(stage, 1, () =>
    Promise.all(Array.from({ length: 10 }, () => instance.post({ action: 'rotate' }, 'consumer'))),
  )
}

/** A consumer rotates all day long; after that the operator still can. */
async function callsForDays(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock, watch, cleanTick } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  for (let call = 0; call < 72; call++) {
    clock.advance({ hours: 2 + luck.below(2) })
    await start().post({ action: 'rotate' }, 'consumer')
    watch.look()
    await cleanTick()
  }
  clock.advance({ minutes: 20 })
  const { body } = await start().post({ action: 'rotate' }, 'operator')
  if (body.rotated !== true) watch.note('what is due is done', `the operator’s rotation after a flood: ${body.error}`)
}

/** No publication comes to anything, and a consumer asks all the more. */
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

/** A consumer presses what is not theirs. */
async function pressesForeignButtons(stage: Stage, luck: Chance): Promise<void> {
  const { start, served, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const before = served()?.revision
  for (const body of [{ force: true }, { action: 'rollback', revision: 2 }, { action: 'revoke' }]) {
    const { status } = await start().post(body, luck.one(['consumer', 'cron']))
    if (status !== 403 || served()?.revision !== before) {
      watch.note('only the operator presses the buttons', JSON.stringify(body))
    }
  }
}
