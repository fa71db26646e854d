import type { Answered } from '../../support/rotation.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { deleteByHand, ticks, twoKeys } from './begin.ts'

/** A rollback in one of many situations, and days after it. */
export const rollingBack: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, env: { KEEP_VERSIONS: luck.one(['0', '3']) } })
  await luck.one([
    stands,
    stands,
    stands,
    namesAnother,
    namesAnother,
    findsDeadKey,
    findsNothing,
    comesLate,
    comesLate,
    isTakenBack,
  ])(stage, luck)
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

async function takeBack({ start, watch, tell }: Stage, revision: number): Promise<Answered> {
  const answered = await start().post({ action: 'rollback', revision }, 'operator')
  tell(`rollback of ${revision}: ${answered.status} ${JSON.stringify(answered.body)}`)
  if (answered.status === 200) watch.rolledBack(revision)
  return answered
}

/** Nothing undoes it: no tick, no monthly rotation. The operator ends it. */
async function stands(stage: Stage, luck: Chance): Promise<void> {
  const { clock, cloud, watch, start, served } = stage
  const isHurried = luck.happens(0.4)
  await twoKeys(stage, { hours: isHurried ? luck.below(0.02) : luck.below(119) })
  if (isHurried) cloud.faults.listLagSeconds = luck.below(60)
  const { status } = await takeBack(stage, 2)
  if (status !== 200 && !isHurried) watch.note('a rollback stands', `it was answered ${status}`)
  if (isHurried) await start().post({ action: 'tend' })
  cloud.faults.listLagSeconds = 0
  for (let day = 0; day < 10 && status === 200; day++) {
    await ticks(stage, 20, luck.one([1, 5]))
    await start().post({ action: 'rotate' }, luck.one(['cron', 'consumer']))
    await stage.cleanTick()
    if (served()?.revision !== 1) watch.note('a rollback stands', `${served()?.revision} is served`)
  }
  watch.rollbackMayEnd()
  clock.advance({ minutes: 20 })
  const { body } = await start().post({ action: 'rotate' }, 'operator')
  if (body.rotated !== true || served()?.revision !== body.revision) {
    watch.note('what is due is done', 'the operator’s rotation did not end the rollback')
  }
}

/** It names a revision that is not the served one. */
async function namesAnother(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: 1 + luck.below(24) })
  await stage.rotation.post({ action: 'rotate', force: true }, 'operator')
  const lags = luck.happens(0.5)
  stage.cloud.faults.listLagSeconds = lags ? 60 : 0
  stage.clock.advance(lags ? { seconds: luck.below(50) } : { hours: luck.below(24) })
  await takeBack(stage, luck.one([1, 2, 2]))
  stage.clock.advance({ minutes: 2 })
  stage.cloud.faults.listLagSeconds = 0
  await stage.cleanTick()
  const left = stage.served()?.revision
  if (left !== 3) stage.watch.note('nothing is taken back unasked', `${left} is served`)
}

/** There is nothing to go back to. */
async function findsNothing(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, watch } = stage
  await rotation.post()
  watch.look()
  clock.advance({ hours: luck.below(100) })
  await takeBack(stage, 1)
  if (served() === undefined) watch.note('the served key works', 'a rollback left nothing to serve')
}

/** The key before was deleted by hand. */
async function findsDeadKey(stage: Stage, luck: Chance): Promise<void> {
  const { keys, served, cloud, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  deleteByHand(stage, keys()[0]?.accessKey)
  await takeBack(stage, 2)
  if (!cloud.authenticates(served()?.secretKey ?? '')) watch.note('the served key works', 'after a rollback')
  await stage.cleanTick()
}

/** It comes when the overlap ends, perhaps in the midst of the tick that retires. */
async function comesLate(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, instance, clock, watch } = stage
  await twoKeys(stage, { hours: 119.5 + luck.below(3) })
  let calls = luck.between(1, 6)
  const interrupted = instance({
    fetch: async (request, options) => {
      calls -= 1
      if (calls === 0) await takeBack(stage, 2)
      watch.look()
      return cloud.fetch(request, options)
    },
  })
  await interrupted.post({ action: 'tend' })
  await stage.cleanTick()
  clock.advance({ hours: 1 })
  await ticks(stage, 150, 10)
}

/** A person enables again, days later, what was taken back: its holders of before have a whole overlap from then on. */
async function isTakenBack(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch } = stage
  await twoKeys(stage, { hours: luck.below(24) })
  await takeBack(stage, 2)
  await ticks(stage, luck.between(100, 150), 5)
  cloud.secrets.enableVersion(ids.secretId, 2)
  watch.edited()
  watch.look()
  await ticks(stage, 130, 2)
}
