import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { deleteManually, disableManually, hourlyRuns, postMaybeKilled, twoKeys } from './begin.ts'

/** The new key is lost: the last working key is kept, and another new one is created as soon as possible. */
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

async function hourlyRunsWithoutSlot({ start, clock, watch }: Stage, forHours: number): Promise<void> {
  for (let hour = 0; hour < forHours; hour += 5) {
    clock.advance({ hours: 5 })
    watch.look()
    await start().post({ action: 'tend' })
  }
}

/** A person deletes the newest key while none can be created: the one before is the last. */
async function cannotBeReplaced(stage: Stage, luck: Chance): Promise<void> {
  const { keys, cloud } = stage
  await twoKeys(stage, { hours: 1 + luck.below(100) })
  deleteManually(stage, keys()[1]?.accessKey)
  blockKeys(stage)
  await hourlyRunsWithoutSlot(stage, 180)
  cloud.faults.clear()
}

/** A revoke is killed right after its publication, and a person then deletes the new key or disables its version. */
async function leakIsCutOff(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, served, watch } = stage
  await twoKeys(stage, { hours: 1 + luck.below(100) })
  cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-after' } })
  await postMaybeKilled(stage, { action: 'revoke' }, 'operator')
  if (luck.happens(0.5)) deleteManually(stage, keys()[2]?.accessKey)
  else disableManually(stage, served()?.revision ?? 0)
  const works = () => cloud.authenticates(served()?.secretKey ?? '')
  const worked = works()
  if (luck.happens(0.5)) blockKeys(stage)
  await hourlyRunsWithoutSlot(stage, 20)
  if (worked && !works()) watch.note('the served key works', 'the served key no longer works, and no other replaced it')
  cloud.faults.clear()
}

/**
 * The very first rotation is killed before it publishes its key: the next one does not wait until that key is an
 * orphan.
 */
async function firstIsCutOff(stage: Stage, luck: Chance): Promise<void> {
  stage.cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-before' } })
  await postMaybeKilled(stage, { action: 'rotate' }, 'cron')
  stage.clock.advance({ minutes: 11 + luck.below(30) })
  await stage.cleanHourlyRun()
  await hourlyRuns(stage, 3)
}
