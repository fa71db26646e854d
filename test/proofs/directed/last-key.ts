import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { deleteByHand, disableByHand, postAndPerhapsDie, ticks, twoKeys } from './begin.ts'

/** The new key comes to nothing: what still works is kept, and a new one is made as soon as that can be. */
export const lastKey: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([cannotBeReplaced, leakIsCutOff, leakIsCutOff, firstIsCutOff])(stage, luck)
  await stage.settle()
  return stage
}

/** The organization has no room for another key. */
function blockKeys({ cloud }: Stage): void {
  const body = { type: 'quotas_exceeded', message: 'quota(s) exceeded', details: [] }
  cloud.faults.add({ operation: 'iam.createApiKey', rate: 1, fault: { kind: 'json', status: 403, body } })
}

async function blockedTicks({ start, clock, watch }: Stage, forHours: number): Promise<void> {
  for (let hour = 0; hour < forHours; hour += 5) {
    clock.advance({ hours: 5 })
    watch.look()
    await start().post({ action: 'tend' })
  }
}

/** The newest key is deleted by hand while none can be made: the one before is the last. */
async function cannotBeReplaced(stage: Stage, luck: Chance): Promise<void> {
  const { keys, cloud } = stage
  await twoKeys(stage, { hours: 1 + luck.below(100) })
  deleteByHand(stage, keys()[1]?.accessKey)
  blockKeys(stage)
  await blockedTicks(stage, 180)
  cloud.faults.clear()
}

/** A revoke dies right after its publication, and that one comes to nothing. */
async function leakIsCutOff(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, served, watch } = stage
  await twoKeys(stage, { hours: 1 + luck.below(100) })
  cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-after' } })
  await postAndPerhapsDie(stage, { action: 'revoke' }, 'operator')
  if (luck.happens(0.5)) deleteByHand(stage, keys()[2]?.accessKey)
  else disableByHand(stage, served()?.revision ?? 0)
  const works = () => cloud.authenticates(served()?.secretKey ?? '')
  const worked = works()
  if (luck.happens(0.5)) blockKeys(stage)
  await blockedTicks(stage, 20)
  if (worked && !works()) watch.note('the served key works', 'what was served is not any more, and nothing came')
  cloud.faults.clear()
}

/** The very first rotation dies with a key in its hands: the next one need not wait until that key is an orphan. */
async function firstIsCutOff(stage: Stage, luck: Chance): Promise<void> {
  stage.cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-before' } })
  await postAndPerhapsDie(stage, { action: 'rotate' }, 'cron')
  stage.clock.advance({ minutes: 11 + luck.below(30) })
  await stage.cleanTick()
  await ticks(stage, 3)
}
