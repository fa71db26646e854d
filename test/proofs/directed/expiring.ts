import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { hourlyRuns } from './begin.ts'

/**
 * Keys that expire after days: they are replaced in time, a rollback takes their expiry into account, and none is left
 * behind.
 */
export const expiring: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, settings: { key_lifetime_days: luck.between(12, 14) } })
  await luck.one([areReplaced, areReplaced, areRolledBack, expireBelowUnmanaged, expireWithoutRotator])(stage, luck)
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

/** Hourly runs alone, some of them two days apart. */
async function areReplaced(stage: Stage, luck: Chance): Promise<void> {
  for (let run = 0; run < 30; run++) {
    stage.clock.advance({ hours: luck.between(10, 48) })
    stage.watch.look()
    await stage.cleanHourlyRun()
  }
}

async function areRolledBack(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, start, watch } = stage
  await rotation.post()
  clock.advance({ days: 2 + luck.below(6) })
  await rotation.post()
  clock.advance({ hours: luck.below(20) })
  const { status } = await start().post({ action: 'rollback', revision: 2 }, 'operator')
  if (status === 200) watch.rolledBack(2)
  await hourlyRuns(stage, 3)
}

/** The rotator no longer runs: its keys expire all the same. Their consumers are refused, as they should be. */
async function expireWithoutRotator(stage: Stage): Promise<void> {
  const { rotation, served, cloud, clock, watch } = stage
  await rotation.post()
  watch.look()
  const last = served()
  if (last === undefined) return
  watch.excuse(last.accessKey)
  clock.advance({ days: 15 })
  if (cloud.authenticates(last.secretKey))
    watch.note('no key or version outlives its bound', 'a key without a running rotator')
}

/** Below an unmanaged version nothing supersedes a key: it is deleted once it has expired. */
async function expireBelowUnmanaged(stage: Stage): Promise<void> {
  const { rotation, cloud, ids, clock, watch, keys } = stage
  await rotation.post()
  cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"a manual key","SECRET_KEY":"a manual secret"}' })
  watch.edited()
  await hourlyRuns(stage, 20 * 24, 24)
  const now = clock.now()
  const expired = keys().filter(({ expiresAt }) => expiresAt !== undefined && expiresAt < now)
  if (expired.length > 0) watch.note('no key or version outlives its bound', `${expired.length} expired keys`)
}
