import { randomUUID } from 'node:crypto'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, deleteManually, disableManually, hourlyRuns, orphan, pressesAboutYoungKey, twoKeys } from './begin.ts'

const manualPayload = '{"API_KEY":"a manual key","SECRET_KEY":"a manual secret"}'

/** A person edits one thing in the console, and days pass. */
export const editing: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([
    describesVersion,
    describesKey,
    deletesKey,
    deletesServedKey,
    deletesYoungKey,
    addsAndDisables,
    adds,
    hasAnotherSecret,
    disablesOlder,
    deletesRolledBack,
  ])(stage, luck)
  await stage.settle()
  return stage
}

/** Edits the description of the served version: it is unmanaged now, and its key must keep working. */
async function describesVersion(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, served } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  cloud.secrets.describeVersion(ids.secretId, served()?.revision ?? 0, 'please do not touch')
  watch.edited()
  await hourlyRuns(stage, 48, 4)
}

/** Edits the description of the served key: it still counts as usable. */
async function describesKey(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, watch, served } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  cloud.iam.updateApiKey(served()?.accessKey ?? '', { description: 'the key of the shop' })
  watch.edited()
  const before = creates(stage)
  await hourlyRuns(stage, 48, 4)
  if (creates(stage) > before) watch.note('no unnecessary key is created', 'a description was edited')
}

/** Deletes the key of the version before: if a person then disables the newest version, that key must not be served. */
async function deletesKey(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, keys } = stage
  await twoKeys(stage, { hours: 1 })
  await rotation.post({ action: 'rotate', force: true }, 'operator')
  stage.clock.advance({ hours: 1 + luck.below(50) })
  deleteManually(stage, keys()[1]?.accessKey)
  await stage.cleanHourlyRun()
  disableManually(stage, 3)
}

async function deletesServedKey(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: 1 + luck.below(100) })
  deleteManually(stage, stage.served()?.accessKey)
  await hourlyRuns(stage, 10)
}

/** Deletes the served key within minutes of its publication: whatever the operator then presses, a key that works is served. */
async function deletesYoungKey(stage: Stage, luck: Chance): Promise<void> {
  const { start, served, cloud, watch } = stage
  await twoKeys(stage, { hours: luck.below(9) / 60 })
  deleteManually(stage, served()?.accessKey)
  const before = creates(stage)
  await start().post({ action: luck.one(['rotate', 'tend']) }, luck.one(['cron', 'operator']))
  if (creates(stage) > before) watch.note('no unnecessary key is created', 'a young key was taken for deleted')
  const body = luck.one(pressesAboutYoungKey)
  const { status } = await start().post(body, 'operator')
  watch.look()
  if (status !== 200 || !cloud.authenticates(served()?.secretKey ?? '')) {
    watch.note('the served key works', `${body.action} was answered ${status}`)
  }
  await stage.cleanHourlyRun()
}

/** Adds and disables a version, long before or after a run left a key behind. */
async function addsAndDisables(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, keys, clock } = stage
  const add = () => {
    const { revision } = cloud.secrets.addVersion(ids.secretId, { data: manualPayload })
    cloud.secrets.disableVersion(ids.secretId, revision)
    watch.edited()
  }
  await twoKeys(stage, { hours: 130 })
  await hourlyRuns(stage, 4)
  const isBefore = luck.happens(0.5)
  if (isBefore) add()
  clock.advance({ hours: 2 + luck.below(20) })
  await orphan(stage)
  const made = keys().at(-1)?.accessKey
  if (!isBefore) {
    clock.advance({ minutes: 61 + luck.below(100) })
    add()
  }
  await hourlyRuns(stage, 30, 3)
  if (keys().some(({ accessKey }) => accessKey === made))
    watch.note('no key or version outlives its bound', 'a key that a run left behind')
}

/** Adds a version, which is served: only a requested rotation supersedes it. */
async function adds(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, clock, start, versions } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const { revision } = cloud.secrets.addVersion(ids.secretId, { data: manualPayload })
  watch.edited()
  await hourlyRuns(stage, 40 * 24, 24)
  const served = versions().find(({ status }) => status === 'enabled')
  if (served?.revision !== revision)
    watch.note('no unmanaged key or version is changed', `revision ${served?.revision} is served`)
  clock.advance({ hours: 1 })
  const { body } = await start().post({ action: 'rotate' }, 'operator')
  if (body.rotated !== true) watch.note('every due action is done', 'the operator’s rotation over an unmanaged version')
}

/** The bearer has a key of another deployment, with the marker of that deployment. */
async function hasAnotherSecret(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch, clock } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const description = `api-key-rotation v1 secret=${randomUUID()} run=${randomUUID()} on=2026-03-01`
  const { accessKey } = cloud.iam.createApiKey({ applicationId: ids.applicationId, description })
  clock.advance({ hours: 2 })
  await hourlyRuns(stage, 24, 4)
  if (!cloud.iam.apiKeys().some(key => key.accessKey === accessKey)) {
    return watch.note('no unmanaged key or version is changed', 'another deployment’s key')
  }
  cloud.iam.deleteApiKey(accessKey)
}

/** Disables the version before the newest, right after a rotation: that is not a rollback. */
async function disablesOlder(stage: Stage, luck: Chance): Promise<void> {
  const { rotation, clock, watch, served } = stage
  await twoKeys(stage, { hours: 1 + luck.below(20) })
  await rotation.post({ action: 'rotate', force: true }, 'operator')
  disableManually(stage, 2)
  clock.advance({ minutes: luck.below(30) })
  await stage.cleanHourlyRun()
  if (served()?.revision !== 3)
    watch.note('nothing is rolled back without a request', `revision ${served()?.revision} is served`)
}

/** Deletes the rolled-back key: nothing is left to protect, so the monthly rotation continues. */
async function deletesRolledBack(stage: Stage, luck: Chance): Promise<void> {
  const { start, keys, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  await start().post({ action: 'rollback', revision: 2 }, 'operator')
  await hourlyRuns(stage, 24, 6)
  deleteManually(stage, keys()[1]?.accessKey)
  await hourlyRuns(stage, 2)
  const { body } = await start().post({ action: 'rotate' })
  if (body.rotated !== true) watch.note('every due action is done', `the monthly rotation: ${body.error}`)
}
