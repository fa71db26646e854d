import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, deleteByHand, postAndPerhapsDie } from './begin.ts'

/** Quotas that people and the operator have nearly filled: what is urgent still finds room, and knows when there is none. */
export const fullQuotas: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([leavesRoom, leavesRoom, failsAllDay, isFull])(stage, luck)
  await stage.settle()
  return stage
}

/** Versions by hand that are waiting for their deletion: they count for a week. */
function fill({ cloud, ids, watch, versions }: Stage, until: number): void {
  while (versions().length < until) {
    const { revision } = cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"by","SECRET_KEY":"hand"}' })
    cloud.secrets.deleteVersion(ids.secretId, revision)
  }
  watch.edited()
}

async function forceAll({ clock, start, watch }: Stage): Promise<void> {
  for (let press = 0; press < 14; press++) {
    clock.advance({ minutes: 11 })
    await start().post({ action: 'rotate', force: true }, 'operator')
    watch.look()
  }
}

/** The operator forces rotations until none is possible; then the served key is deleted by hand, or it leaks. */
async function leavesRoom(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, start, watch } = stage
  await rotation.post()
  fill(stage, luck.one([1, 15]))
  await forceAll(stage)
  clock.advance({ minutes: 11 })
  if (luck.happens(0.5)) {
    deleteByHand(stage, served()?.accessKey)
    return stage.cleanTick()
  }
  const { body } = await start().post({ action: 'revoke' }, 'operator')
  if (body.done !== true) watch.note('what is due is done', `a leak with nearly full quotas: ${body.error}`)
}

/** The same, and no publication comes to anything. */
async function failsAllDay(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, cloud, watch } = stage
  await rotation.post()
  await forceAll(stage)
  clock.advance({ minutes: 11 })
  deleteByHand(stage, served()?.accessKey)
  for (let call = 0; call < 8; call++) {
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: luck.one(['kill-before', 'lost-before']) } })
    await postAndPerhapsDie(stage, { action: 'rotate' }, 'cron')
    watch.look()
    clock.advance({ minutes: 10, seconds: 1 + luck.below(20) })
  }
  clock.advance({ hours: 2 })
}

/** No version can be added: then no key is made for it. The status says so, and a week later it goes on. */
async function isFull(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, served, start, watch } = stage
  await rotation.post()
  clock.advance({ hours: 1 + luck.below(50) })
  fill(stage, 20)
  deleteByHand(stage, served()?.accessKey)
  const before = creates(stage)
  await start().post({ action: 'tend' })
  if (creates(stage) > before) watch.note('no key is made needlessly', 'there is no room for its version')
  clock.advance({ days: 7, hours: 1 })
}
