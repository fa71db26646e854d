import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { ticks } from './begin.ts'

/** Keys that live for days: they are replaced in time, a rollback looks at their end, and none is left behind. */
export const expiring: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, env: { KEY_LIFETIME_DAYS: `${luck.between(12, 14)}`, KEEP_VERSIONS: '3' } })
  await luck.one([areReplaced, areReplaced, areTakenBack, endBelowForeign, endByThemselves])(stage, luck)
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

/** Ticks alone, some as rare as once in two days. */
async function areReplaced(stage: Stage, luck: Chance): Promise<void> {
  for (let tick = 0; tick < 30; tick++) {
    stage.clock.advance({ hours: luck.between(10, 48) })
    stage.watch.look()
    await stage.cleanTick()
  }
}

async function areTakenBack(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, start, watch } = stage
  await rotation.post()
  clock.advance({ days: 2 + luck.below(6) })
  await rotation.post()
  clock.advance({ hours: luck.below(20) })
  const { status } = await start().post({ action: 'rollback', revision: 2 }, 'operator')
  if (status === 200) watch.rolledBack(2)
  await ticks(stage, 3)
}

/** The rotator is dead: no key of it outlives its lifetime. Whoever holds it is refused, and should be. */
async function endByThemselves(stage: Stage): Promise<void> {
  const { rotation, served, cloud, clock, watch } = stage
  await rotation.post()
  watch.look()
  const last = served()
  if (last === undefined) return
  watch.excuse(last.accessKey)
  clock.advance({ days: 15 })
  if (cloud.authenticates(last.secretKey)) watch.note('nothing outlives its bound', 'a key that nobody looks after')
}

/** Below a version by hand nothing supersedes a key: it goes when it has expired. */
async function endBelowForeign(stage: Stage): Promise<void> {
  const { rotation, cloud, ids, clock, watch, keys } = stage
  await rotation.post()
  cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"a key by hand","SECRET_KEY":"a secret by hand"}' })
  watch.edited()
  await ticks(stage, 20 * 24, 24)
  const now = clock.now()
  const expired = keys().filter(({ expiresAt }) => expiresAt !== undefined && expiresAt < now)
  if (expired.length > 0) watch.note('nothing outlives its bound', `${expired.length} expired keys`)
}
