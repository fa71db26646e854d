import type { Fetch } from '../../../functions/rotation/fetch.ts'
import { judge } from '../harness/ask.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, orphan, twoKeys } from './begin.ts'

/** Lists that leave out what is there, and reads that do not know what was just made. */
export const lying: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, env: { KEEP_VERSIONS: luck.one(['0', '3']) } })
  await luck.one([
    leavesKeysOut,
    leavesAllKeysOut,
    leavesTakenBackOut,
    liesTwice,
    knowsNothingYet,
    endsEarly,
    lags,
    lags,
  ])(stage, luck)
  await stage.settle()
  return stage
}

/** Whatever a list says, nothing may be made, disabled or deleted for it. */
async function expectNothingDone(stage: Stage, deed: () => Promise<unknown>): Promise<void> {
  const { versions, keys, watch } = stage
  const state = () =>
    JSON.stringify([keys().map(key => key.accessKey), versions().map(({ revision, status }) => [revision, status])])
  const [before, made] = [state(), creates(stage)]
  await deed()
  watch.look()
  if (creates(stage) > made) watch.note('no key is made needlessly', 'a list lied')
  else if (state() !== before) watch.note('nothing is taken back unasked', 'a list lied')
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

/** It lacks every key, also the one that another run is about to publish: that one it cannot be asked about. */
async function leavesAllKeysOut(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, start, clock } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  await orphan(stage)
  clock.advance({ minutes: luck.below(9) })
  cloud.faults.omitFromLists(keys().map(({ accessKey }) => accessKey))
  await expectNothingDone(stage, () => start().post({ action: 'rotate' }, 'operator'))
  cloud.faults.clear()
}

/** For less than the settle time it lacks the key that a rollback took back. */
async function leavesTakenBackOut(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, start, clock } = stage
  await twoKeys(stage, { hours: luck.below(60) })
  await start().post({ action: 'rollback', revision: 2 }, 'operator')
  cloud.faults.omitFromLists([keys()[1]?.accessKey ?? ''])
  await expectNothingDone(stage, async () => {
    for (let tick = 0; tick < 3; tick++) {
      clock.advance({ minutes: luck.below(18) })
      await start().post({ action: 'tend' })
    }
  })
  cloud.faults.clear()
}

/** The list lacks the only key, its own read says 404, and none can be made: what is served stays. */
async function liesTwice(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, keys, rotation, start, clock, served, watch } = stage
  await rotation.post()
  watch.look()
  clock.advance({ hours: 1 + luck.below(100) })
  cloud.faults.omitFromLists(keys().map(({ accessKey }) => accessKey))
  cloud.faults.add({ operation: 'iam.getApiKey', rate: 1, fault: { kind: 'not-found' } })
  cloud.faults.add({ operation: 'iam.createApiKey', rate: 1, fault: { kind: 'forbidden' } })
  for (let tick = 0; tick < 3; tick++) {
    await start().post({ action: 'tend' })
    clock.advance({ hours: 1 })
    if (served() === undefined) watch.note('the served key works', 'lists and reads lied, and nothing is served')
  }
  cloud.faults.clear()
}

/** Minutes after a rotation, lists lag and reads of the new key are answered 404. */
async function knowsNothingYet(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, clock, keys } = stage
  await twoKeys(stage)
  clock.advance({ seconds: luck.below(50) })
  cloud.faults.omitFromLists([keys()[1]?.accessKey ?? ''])
  cloud.faults.add({ operation: 'iam.getApiKey', fault: { kind: 'not-found' } })
  await expectNothingDone(stage, () => start().post({ action: 'tend' }))
  cloud.faults.clear()
}

/** A list ends before its own total. */
async function endsEarly(stage: Stage, luck: Chance): Promise<void> {
  const { instance, clock } = stage
  await twoKeys(stage, { hours: 2 + luck.below(100) })
  const liar = instance({ fetch: shortLists(stage, luck) })
  await expectNothingDone(stage, async () => {
    for (let hour = 0; hour < 5; hour++) {
      await liar.post({ action: 'tend' })
      clock.advance({ hours: 0.2 })
    }
  })
}

function shortLists({ cloud }: Stage, luck: Chance): Fetch {
  return async (request, options) => {
    const answer = await cloud.fetch(request, options)
    const list = /\/(api-keys|versions)\?/.exec(request.url)?.[1]
    if (list === undefined || request.method !== 'GET') return answer
    const told: Record<string, unknown> = JSON.parse(await answer.text())
    const name = list === 'versions' ? 'versions' : 'api_keys'
    const items: unknown = told[name]
    if (Array.isArray(items)) told[name] = items.filter(() => !luck.happens(0.5))
    return new Response(JSON.stringify(told), { status: answer.status, headers: answer.headers })
  }
}

/** Lists lag behind all that a run does: it knows what it did. */
async function lags(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, clock, watch } = stage
  const isFirst = luck.happens(0.2)
  if (!isFirst) await twoKeys(stage, { hours: luck.one([30, 121.5, 121.5]) })
  for (let tick = luck.between(0, 2); tick > 0; tick--) {
    await start().post({ action: 'tend' })
    clock.advance({ hours: 1.1 })
  }
  cloud.faults.listLagSeconds = 60
  const body = luck.one([{ action: 'rotate' }, { action: 'revoke' }, { action: 'tend' }, { action: 'tend' }])
  const answered = await start().post(body, 'operator')
  judge(stage, body, answered)
  const { status, body: told } = answered
  const isDone = body.action !== 'revoke' || told.done === true
  if (status !== 200 || 'unfinished' in told || !isDone) {
    watch.note('what is due is done', `${status} ${JSON.stringify(told)}`)
  }
  clock.advance({ minutes: 2 })
  cloud.faults.listLagSeconds = 0
}
