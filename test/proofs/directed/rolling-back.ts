import type { Answered } from '../../support/rotation.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { deleteManually, hourlyRuns, twoKeys } from './begin.ts'

/** A rollback in one of many situations, and days after it. */
export const rollingBack: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, settings: { keep_versions: luck.one([0, 3]) } })
  await luck.one([
    staysInForce,
    staysInForce,
    staysInForce,
    namesAnother,
    namesAnother,
    findsDeletedKey,
    findsNothing,
    comesLate,
    comesLate,
    isUndoneManually,
  ])(stage, luck)
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

async function rollBack({ start, watch, tell }: Stage, revision: number): Promise<Answered> {
  const answered = await start().post({ action: 'rollback', revision }, 'operator')
  tell(`rollback of ${revision}: ${answered.status} ${JSON.stringify(answered.body)}`)
  if (answered.status === 200) watch.rolledBack(revision)
  return answered
}

/** Neither the hourly run nor the monthly rotation ends it; the operator does. */
async function staysInForce(stage: Stage, luck: Chance): Promise<void> {
  const { clock, cloud, watch, start, served } = stage
  const isRightAfter = luck.happens(0.4)
  await twoKeys(stage, { hours: isRightAfter ? luck.below(0.02) : luck.below(119) })
  if (isRightAfter) cloud.faults.listLagSeconds = luck.below(60)
  const { status } = await rollBack(stage, 2)
  if (status !== 200 && !isRightAfter) watch.note('a rollback stays in force', `the rollback was answered ${status}`)
  if (isRightAfter) await start().post({ action: 'tend' })
  cloud.faults.listLagSeconds = 0
  for (let day = 0; day < 10 && status === 200; day++) {
    await hourlyRuns(stage, 20, luck.one([1, 5]))
    await start().post({ action: 'rotate' }, 'cron')
    await stage.cleanHourlyRun()
    if (served()?.revision !== 1) watch.note('a rollback stays in force', `revision ${served()?.revision} is served`)
  }
  watch.rollbackMayEnd()
  clock.advance({ minutes: 20 })
  const { body } = await start().post({ action: 'rotate' }, 'operator')
  if (body.rotated !== true || served()?.revision !== body.revision) {
    watch.note('every due action is done', 'the operator’s rotation did not end the rollback')
  }
}

/** It names a revision that is not the served one. */
async function namesAnother(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: 1 + luck.below(24) })
  await stage.rotation.post({ action: 'rotate', force: true }, 'operator')
  const lags = luck.happens(0.5)
  stage.cloud.faults.listLagSeconds = lags ? 60 : 0
  stage.clock.advance(lags ? { seconds: luck.below(50) } : { hours: luck.below(24) })
  await rollBack(stage, luck.one([1, 2, 2]))
  stage.clock.advance({ minutes: 2 })
  stage.cloud.faults.listLagSeconds = 0
  await stage.cleanHourlyRun()
  const left = stage.served()?.revision
  if (left !== 3) stage.watch.note('nothing is rolled back without a request', `revision ${left} is served`)
}

/** There is nothing to go back to. */
async function findsNothing(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, watch } = stage
  await rotation.post()
  watch.look()
  clock.advance({ hours: luck.below(100) })
  await rollBack(stage, 1)
  if (served() === undefined) watch.note('the served key works', 'a rollback left nothing to serve')
}

/** A person deleted the key before. */
async function findsDeletedKey(stage: Stage, luck: Chance): Promise<void> {
  const { keys, served, cloud, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  deleteManually(stage, keys()[0]?.accessKey)
  await rollBack(stage, 2)
  if (!cloud.authenticates(served()?.secretKey ?? '')) watch.note('the served key works', 'after a rollback')
  await stage.cleanHourlyRun()
}

/** It comes when the overlap ends, perhaps during the hourly run that retires. */
async function comesLate(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, instance, clock, watch } = stage
  await twoKeys(stage, { hours: 119.5 + luck.below(3) })
  let calls = luck.between(1, 6)
  const interrupted = instance({
    fetch: async (request, options) => {
      calls -= 1
      if (calls === 0) await rollBack(stage, 2)
      watch.look()
      return cloud.fetch(request, options)
    },
  })
  await interrupted.post({ action: 'tend' })
  await stage.cleanHourlyRun()
  clock.advance({ hours: 1 })
  await hourlyRuns(stage, 150, 10)
}

/**
 * Days later, a person enables the rolled-back version again: consumers that hold the key before have a whole overlap
 * from then on.
 */
async function isUndoneManually(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch } = stage
  await twoKeys(stage, { hours: luck.below(24) })
  await rollBack(stage, 2)
  await hourlyRuns(stage, luck.between(100, 150), 5)
  cloud.secrets.enableVersion(ids.secretId, 2)
  watch.edited()
  watch.look()
  await hourlyRuns(stage, 130, 2)
}
