import { randomUUID } from 'node:crypto'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, deleteByHand, disableByHand, orphan, ticks, twoKeys } from './begin.ts'

const byHand = '{"API_KEY":"a key by hand","SECRET_KEY":"a secret by hand"}'

/** A person edits one thing in the console, and days pass. */
export const editing: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([
    describesVersion,
    describesKey,
    deletesKey,
    deletesServedKey,
    addsAndDisables,
    adds,
    hasAnotherSecret,
    disablesOlder,
    deletesTakenBack,
  ])(stage, luck)
  await stage.settle()
  return stage
}

/** The description of the served version: it is somebody’s own now, and its key must go on working. */
async function describesVersion(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, served } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  cloud.secrets.describeVersion(ids.secretId, served()?.revision ?? 0, 'please do not touch')
  watch.edited()
  await ticks(stage, 48, 4)
}

/** The description of the served key: it works all the same. */
async function describesKey(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, watch, served } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  cloud.iam.updateApiKey(served()?.accessKey ?? '', { description: 'the key of the shop' })
  watch.edited()
  const before = creates(stage)
  await ticks(stage, 48, 4)
  if (creates(stage) > before) watch.note('no key is made needlessly', 'a description was edited')
}

/** The key of the version before: whoever then disables the newest must not fall on it. */
async function deletesKey(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, keys } = stage
  await twoKeys(stage, { hours: 1 })
  await rotation.post({ action: 'rotate', force: true }, 'operator')
  stage.clock.advance({ hours: 1 + luck.below(50) })
  deleteByHand(stage, keys()[1]?.accessKey)
  await stage.cleanTick()
  disableByHand(stage, 3)
}

async function deletesServedKey(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: 1 + luck.below(100) })
  deleteByHand(stage, stage.served()?.accessKey)
  await ticks(stage, 10)
}

/** A version by hand, disabled again, long before or after a run left a key behind. */
async function addsAndDisables(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, keys, clock } = stage
  const add = () => {
    const { revision } = cloud.secrets.addVersion(ids.secretId, { data: byHand })
    cloud.secrets.disableVersion(ids.secretId, revision)
    watch.edited()
  }
  await twoKeys(stage, { hours: 130 })
  await ticks(stage, 4)
  const isBefore = luck.happens(0.5)
  if (isBefore) add()
  clock.advance({ hours: 2 + luck.below(20) })
  await orphan(stage)
  const made = keys().at(-1)?.accessKey
  if (!isBefore) {
    clock.advance({ minutes: 61 + luck.below(100) })
    add()
  }
  await ticks(stage, 30, 3)
  if (keys().some(({ accessKey }) => accessKey === made))
    watch.note('nothing outlives its bound', 'a key that a run left')
}

/** A version that is served: only a requested rotation supersedes it. */
async function adds(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, clock, start, versions } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const { revision } = cloud.secrets.addVersion(ids.secretId, { data: byHand })
  watch.edited()
  await ticks(stage, 40 * 24, 24)
  const served = versions().find(({ status }) => status === 'enabled')
  if (served?.revision !== revision) watch.note('nothing unmarked is touched', `${served?.revision} is served`)
  clock.advance({ hours: 1 })
  const { body } = await start().post({ action: 'rotate' }, 'operator')
  if (body.rotated !== true) watch.note('what is due is done', 'the operator’s rotation over a version by hand')
}

/** The bearer has a key of another deployment, with that one’s marker. */
async function hasAnotherSecret(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, clock } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const description = `api-key-rotation v1 secret=${randomUUID()} run=${randomUUID()} on=2026-03-01`
  const { accessKey } = cloud.iam.createApiKey({ applicationId: ids.applicationId, description })
  clock.advance({ hours: 2 })
  await ticks(stage, 24, 4)
  if (!cloud.iam.apiKeys().some(key => key.accessKey === accessKey)) {
    return watch.note('nothing unmarked is touched', 'another deployment’s key')
  }
  cloud.iam.deleteApiKey(accessKey)
}

/** The version before, right after a rotation: that is no rollback. */
async function disablesOlder(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, watch, served } = stage
  await twoKeys(stage, { hours: 1 + luck.below(20) })
  await rotation.post({ action: 'rotate', force: true }, 'operator')
  disableByHand(stage, 2)
  clock.advance({ minutes: luck.below(30) })
  await stage.cleanTick()
  if (served()?.revision !== 3) watch.note('nothing is taken back unasked', `${served()?.revision} is served`)
}

/** The key that a rollback took back: nothing of it is left, so the monthly rotation goes on. */
async function deletesTakenBack(stage: Stage, luck: Chance): Promise<void> {
  const { start, keys, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  await start().post({ action: 'rollback', revision: 2 }, 'operator')
  await ticks(stage, 24, 6)
  deleteByHand(stage, keys()[1]?.accessKey)
  await ticks(stage, 2)
  const { body } = await start().post({ action: 'rotate' })
  if (body.rotated !== true) watch.note('what is due is done', `the monthly rotation: ${body.error}`)
}
