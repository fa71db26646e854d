import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { disableManually, orphan, twoKeys } from './begin.ts'

/** One key can never be deleted, or one version never disabled: everything else continues. */
export const stubborn: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await twoKeys(stage, { hours: 1 })
  await stage.rotation.post({ action: 'rotate', force: true }, 'operator')
  stage.clock.advance({ hours: 119.9 })
  await orphan(stage)
  stage.clock.advance({ hours: 2 })
  await luck.one([keyStays, versionStays])(stage, luck)
  await stage.settle()
  return stage
}

async function hourlyRunsWithFaults({ start, clock, watch }: Stage): Promise<void> {
  for (let run = 0; run < 4; run++) {
    await start().post({ action: 'tend' })
    watch.look()
    clock.advance({ hours: 1 })
  }
}

async function keyStays(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, watch } = stage
  const [first, second, , left] = keys().map(({ accessKey }) => accessKey)
  const stuck = luck.one([first, second, left]) ?? ''
  const match = ({ path }: { path: string }) => path.endsWith(stuck)
  cloud.faults.add({ operation: 'iam.deleteApiKey', match, rate: 1, fault: { kind: 'forbidden' } })
  await hourlyRunsWithFaults(stage)
  const overdue = [first, second, left].filter(
    key => key !== stuck && keys().some(({ accessKey }) => accessKey === key),
  )
  if (overdue.length > 0)
    watch.note('no key or version outlives its bound', `${overdue.length} keys, because another one cannot be deleted`)
}

/** A version that stays enabled may be served again, so its key must work. */
async function versionStays(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, served, versions, watch } = stage
  const stuck = luck.between(1, 2)
  const match = ({ path }: { path: string }) => path.endsWith(`/${stuck}/disable`)
  cloud.faults.add({ operation: 'secrets.disableVersion', match, rate: 1, fault: { kind: 'forbidden' } })
  await hourlyRunsWithFaults(stage)
  const other = versions().find(({ revision }) => revision === 3 - stuck)
  if (other?.status === 'enabled')
    watch.note('no key or version outlives its bound', `revision ${3 - stuck} is enabled`)
  cloud.faults.clear()
  disableManually(stage, served()?.revision ?? 0)
}
