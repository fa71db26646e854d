import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, deleteManually, postMaybeKilled } from './begin.ts'

/**
 * Quotas that manual versions and forced rotations have nearly filled: an urgent issue still succeeds, and refuses if
 * no slot is left.
 */
export const fullQuotas: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([leavesRoom, leavesRoom, failsAllDay, isFull])(stage, luck)
  await stage.settle()
  return stage
}

/** Adds unmanaged versions that are scheduled for deletion: they count in the quota for a week. */
function fill({ cloud, ids, watch, versions }: Stage, until: number): void {
  while (versions().length < until) {
    const { revision } = cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"by","SECRET_KEY":"hand"}' })
    cloud.secrets.deleteVersion(ids.secretId, revision)
  }
  watch.edited()
}

async function forceAll({ clock, start, watch }: Stage): Promise<void> {
  for (let time = 0; time < 14; time++) {
    clock.advance({ minutes: 11 })
    await start().post({ action: 'rotate', force: true }, 'operator')
    watch.look()
  }
}

/** The operator forces rotations until none is possible; then a person deletes the served key, or it leaks. */
async function leavesRoom(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, start, watch } = stage
  await rotation.post()
  // From 17 versions on routine rotations stop; three more keys could be made.
  fill(stage, luck.one([1, 17]))
  await forceAll(stage)
  clock.advance({ minutes: 11 })
  if (luck.happens(0.5)) {
    deleteManually(stage, served()?.accessKey)
    return stage.cleanHourlyRun()
  }
  const { body } = await start().post({ action: 'revoke' }, 'operator')
  if (body.done !== true) watch.note('every due action is done', `a revoke with nearly full quotas: ${body.error}`)
}

/** The same, and every publication fails. */
async function failsAllDay(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, cloud, watch } = stage
  await rotation.post()
  await forceAll(stage)
  clock.advance({ minutes: 11 })
  deleteManually(stage, served()?.accessKey)
  for (let call = 0; call < 8; call++) {
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: luck.one(['kill-before', 'lost-before']) } })
    await postMaybeKilled(stage, { action: 'rotate' }, 'cron')
    watch.look()
    clock.advance({ minutes: 10, seconds: 1 + luck.below(20) })
  }
  clock.advance({ hours: 2 })
}

/** No version can be added: no key is created for it, and the status says so. A week later a rotation succeeds again. */
async function isFull(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, start, watch } = stage
  await rotation.post()
  clock.advance({ hours: 1 + luck.below(50) })
  fill(stage, 20)
  deleteManually(stage, served()?.accessKey)
  const before = creates(stage)
  await start().post({ action: 'tend' })
  if (creates(stage) > before) watch.note('no unnecessary key is created', 'there was no slot for its version')
  clock.advance({ days: 7, hours: 1 })
}
