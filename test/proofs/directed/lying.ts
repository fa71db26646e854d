import type { Fetch } from '../../../functions/rotation/fetch.ts'
import { simulated } from '../../support/rotation.ts'
import { judge } from '../harness/ask.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, orphan, pressesAboutYoungKey, twoKeys } from './begin.ts'

/** Lists that leave out existing keys and versions, and reads that do not find a new key. */
export const lying: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, settings: { keep_versions: luck.one([0, 3]) } })
  await luck.one([
    leavesKeysOut,
    leavesAllKeysOut,
    leavesVersionsOut,
    leavesVersionsOut,
    leavesRolledBackOut,
    listAndReadAreWrong,
    doesNotShowYet,
    doesNotShowYetToOperator,
    endsEarly,
    lags,
    lags,
  ])(stage, luck)
  await stage.settle()
  return stage
}

/** No key or version may be created, disabled or deleted because a list is wrong. */
async function expectNothingDone(stage: Stage, act: () => Promise<unknown>): Promise<void> {
  const { versions, keys, watch } = stage
  const state = () =>
    JSON.stringify([keys().map(key => key.accessKey), versions().map(({ revision, status }) => [revision, status])])
  const [before, made] = [state(), creates(stage)]
  await act()
  watch.look()
  if (creates(stage) > made) watch.note('no unnecessary key is created', 'a list was wrong')
  else if (state() !== before) watch.note('nothing is rolled back without a request', 'a list was wrong')
}

/** For hours, the list of keys lacks one that a version names. */
async function leavesKeysOut(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, start, clock } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  cloud.faults.omitFromLists([luck.one(['', keys()[0]?.accessKey ?? '', keys()[1]?.accessKey ?? ''])])
  await expectNothingDone(stage, async () => {
    for (let hour = 0; hour < 5; hour++) {
      await start().post({ action: 'tend' })
      clock.advance({ hours: 1 })
    }
  })
  cloud.faults.clear()
}

/** The list lacks every key, also one that no version names yet because another run is about to publish it. */
async function leavesAllKeysOut(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, start, clock } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  await orphan(stage)
  clock.advance({ minutes: luck.below(9) })
  cloud.faults.omitFromLists(keys().map(({ accessKey }) => accessKey))
  await expectNothingDone(stage, () => start().post({ action: 'rotate' }, 'operator'))
  cloud.faults.clear()
}

/** For hours, the list of versions lacks one or both together with its total, or one that was rolled back. */
async function leavesVersionsOut(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, start, clock } = stage
  await twoKeys(stage, { hours: 2 + luck.below(90) })
  if (luck.happens(0.3)) await start().post({ action: 'rollback', revision: 2 }, 'operator')
  const hidden = luck.one([[1], [2], [1, 2]])
  clock.advance({ hours: 2 })
  cloud.faults.omitFromLists(hidden.map(revision => `${ids.secretId}/${revision}`))
  await expectNothingDeleted(stage, async () => {
    for (let hour = 0; hour < 3; hour++) {
      await start().post({ action: 'tend' })
      clock.advance({ hours: 1 })
    }
  })
  cloud.faults.clear()
}

/** A list without any version is a reason to make a key, and none to delete one. */
async function expectNothingDeleted({ keys, watch }: Stage, act: () => Promise<unknown>): Promise<void> {
  const before = keys().map(({ accessKey }) => accessKey)
  await act()
  watch.look()
  const left = new Set(keys().map(({ accessKey }) => accessKey))
  if (!before.every(accessKey => left.has(accessKey))) {
    watch.note('no consumer is refused', 'a list of versions was wrong')
  }
}

/** For less than the settle time the list lacks the rolled-back key. */
async function leavesRolledBackOut(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, start, clock } = stage
  await twoKeys(stage, { hours: luck.below(60) })
  await start().post({ action: 'rollback', revision: 2 }, 'operator')
  cloud.faults.omitFromLists([keys()[1]?.accessKey ?? ''])
  await expectNothingDone(stage, async () => {
    for (let run = 0; run < 3; run++) {
      clock.advance({ minutes: luck.below(18) })
      await start().post({ action: 'tend' })
    }
  })
  cloud.faults.clear()
}

/** The list lacks the only key, its own read answers 404, and none can be created: what is served stays. */
async function listAndReadAreWrong(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, rotation, start, clock, served, watch } = stage
  await rotation.post()
  watch.look()
  clock.advance({ hours: 1 + luck.below(100) })
  cloud.faults.omitFromLists(keys().map(({ accessKey }) => accessKey))
  cloud.faults.add({ operation: 'iam.getApiKey', rate: 1, fault: { kind: 'not-found' } })
  cloud.faults.add({ operation: 'iam.createApiKey', rate: 1, fault: { kind: 'forbidden' } })
  for (let run = 0; run < 3; run++) {
    await start().post({ action: 'tend' })
    clock.advance({ hours: 1 })
    if (served() === undefined) watch.note('the served key works', 'lists and reads were wrong, and nothing is served')
  }
  cloud.faults.clear()
}

/** Within a minute of a rotation, lists lack the new key and its own read answers 404. */
async function doesNotShowYet(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, clock, keys } = stage
  await twoKeys(stage)
  clock.advance({ seconds: luck.below(50) })
  cloud.faults.omitFromLists([keys()[1]?.accessKey ?? ''])
  cloud.faults.add({ operation: 'iam.getApiKey', fault: { kind: 'not-found' } })
  await expectNothingDone(stage, () => start().post({ action: 'tend' }))
  cloud.faults.clear()
}

/** The same while the operator presses what believes it: no consumer is refused, and a revoke that is done is done. */
async function doesNotShowYetToOperator(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, clock, keys } = stage
  await twoKeys(stage)
  clock.advance({ seconds: luck.below(50) })
  const hidden = keys()[1]?.accessKey ?? ''
  cloud.faults.omitFromLists([hidden])
  cloud.faults.add({
    operation: 'iam.getApiKey',
    rate: 1,
    match: ({ path }) => path.endsWith(hidden),
    fault: { kind: 'not-found' },
  })
  const late = simulated(clock)
  const sleep = async (milliseconds: number) => {
    // A revoke waits for as long as IAM may be late.
    if (milliseconds > 60_000) cloud.faults.clear()
    await late.sleep(milliseconds)
  }
  const body = luck.one(pressesAboutYoungKey)
  judge(stage, body, await start({ clock: { ...late, sleep } }).post(body, 'operator'))
  cloud.faults.clear()
  await stage.cleanHourlyRun()
}

/** A list ends before its own total. */
async function endsEarly(stage: Stage, luck: Chance): Promise<void> {
  const { instance, clock } = stage
  await twoKeys(stage, { hours: 2 + luck.below(100) })
  const misled = instance({ fetch: shortLists(stage, luck) })
  await expectNothingDone(stage, async () => {
    for (let hour = 0; hour < 5; hour++) {
      await misled.post({ action: 'tend' })
      clock.advance({ hours: 0.2 })
    }
  })
}

function shortLists({ cloud }: Stage, luck: Chance): Fetch {
  return async (request, options) => {
    const answer = await cloud.fetch(request, options)
    const list = /\/(api-keys|versions)\?/.exec(request.url)?.[1]
    if (list === undefined || request.method !== 'GET') return answer
    const page: Record<string, unknown> = JSON.parse(await answer.text())
    const name = list === 'versions' ? 'versions' : 'api_keys'
    const items: unknown = page[name]
    if (Array.isArray(items)) page[name] = items.filter(() => !luck.happens(0.5))
    return new Response(JSON.stringify(page), { status: answer.status, headers: answer.headers })
  }
}

/** Lists lag behind everything that a run does: it remembers its own writes. */
async function lags(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, clock, watch } = stage
  const isFirst = luck.happens(0.2)
  if (!isFirst) await twoKeys(stage, { hours: luck.one([30, 121.5, 121.5]) })
  for (let run = luck.between(0, 2); run > 0; run--) {
    await start().post({ action: 'tend' })
    clock.advance({ hours: 1.1 })
  }
  cloud.faults.listLagSeconds = 60
  const body = luck.one([{ action: 'rotate' }, { action: 'revoke' }, { action: 'tend' }, { action: 'tend' }])
  const answered = await start().post(body, 'operator')
  judge(stage, body, answered)
  const { status, body: answer } = answered
  const isDone = body.action !== 'revoke' || answer.done === true
  if (status !== 200 || 'unfinished' in answer || !isDone) {
    watch.note('every due action is done', `${status} ${JSON.stringify(answer)}`)
  }
  clock.advance({ minutes: 2 })
  cloud.faults.listLagSeconds = 0
}
