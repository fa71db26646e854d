import type { Fetch } from '../../../functions/rotation/fetch.ts'
import type { Answered, As } from '../../support/rotation.ts'
import { judge } from '../harness/ask.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, deleteByHand, twoKeys } from './begin.ts'

/** While one run is between two of its calls, somebody else does a whole thing. */
export const meanwhile: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([anotherRun, anotherRun, newbornDies, versionAdded, isTakenBack, takesBack, isOvertakenByLeak])(
    stage,
    luck,
  )
  await stage.settle()
  return stage
}

interface Interrupted {
  readonly body: Record<string, unknown>
  readonly as: As
  /** Before this call of it, from 1. */
  readonly nth: number
  /** Right after it instead. */
  readonly after?: boolean
}

/** Lets a run go on as far as its nth call, does something, and lets it go on. */
async function interrupt(
  stage: Stage,
  { body, as, nth, after = false }: Interrupted,
  deed: () => Promise<unknown>,
): Promise<Answered> {
  let calls = 0
  const fetch: Fetch = async (request, options) => {
    calls += 1
    const isTime = calls === nth
    if (isTime && !after) await deed()
    const answer = await stage.cloud.fetch(request, options)
    stage.watch.look()
    if (isTime && after) await deed()
    return answer
  }
  const answered = await stage.instance({ fetch }).post(body, as)
  stage.tell(`${JSON.stringify(body)} by ${as}: ${answered.status} ${JSON.stringify(answered.body)}`)
  judge(stage, body, answered)
  return answered
}

/** A tick or a rotation of another instance. */
async function anotherRun(stage: Stage, luck: Chance): Promise<void> {
  const { start, clock, watch, keys, versions } = stage
  const isFirst = luck.happens(0.4)
  if (!isFirst) await twoKeys(stage, { hours: 24 + luck.below(90) })
  const body = luck.one([{ action: 'rotate' }, { action: 'tend' }])
  const [outer, before] = [{ action: 'rotate' }, versions().length]
  let madeBefore = 0
  let madeWithin = 0
  const start0 = creates(stage)
  const nth = luck.happens(0.5) ? luck.between(2, 3) : luck.between(2, 10)
  const answered = await interrupt(stage, { body: outer, as: 'cron', nth }, async () => {
    madeBefore = creates(stage) - start0
    clock.advance({ seconds: luck.below(15) })
    const inner = await start().post(body)
    stage.tell(`${JSON.stringify(body)} before its call ${nth}: ${inner.status} ${JSON.stringify(inner.body)}`)
    judge(stage, body, inner)
    madeWithin = creates(stage) - start0 - madeBefore
  })
  if (madeBefore > 0 && madeWithin > 0) watch.note('no key is made needlessly', 'while another was in flight')
  if (!isFirst && versions().length - before > 1) watch.note('no key is made needlessly', 'both were published')
  if (madeWithin === 0 && answered.body.rotated !== true) watch.note('what is due is done', `${answered.body.error}`)
  const named = versions().map(({ description = '' }) => description)
  if (keys().some(({ accessKey }) => !named.some(text => text.includes(accessKey)))) {
    watch.note('nothing outlives its bound', 'a key that was certainly not published')
  }
}

/** A person deletes the new key before it is proven. */
async function newbornDies(stage: Stage, luck: Chance): Promise<void> {
  const { keys, served, cloud, watch } = stage
  await twoKeys(stage, { hours: 24 + luck.below(90) })
  await interrupt(stage, { body: { action: 'rotate' }, as: 'cron', nth: luck.between(4, 6) }, async () =>
    deleteByHand(stage, keys()[2]?.accessKey),
  )
  if (!cloud.authenticates(served()?.secretKey ?? '')) watch.note('the served key works', 'a dead key was published')
  stage.clock.advance({ minutes: 11 })
}

/** The operator takes back what is served: a rotation that is under way comes to nothing. */
async function isTakenBack(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, served, watch, clock } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  const nth = luck.between(4, 9)
  cloud.faults.listLagSeconds = luck.happens(0.5) ? luck.below(60) : 0
  const answered = await interrupt(stage, { body: { action: 'rotate' }, as: 'cron', nth }, async () => {
    await start().post({ action: 'rollback', revision: 2 }, 'operator')
    clock.advance({ seconds: 1 })
  })
  if (nth < 8 && answered.body.rotated === true)
    watch.note('no key is made needlessly', 'it was published over a rollback')
  await expectBack(stage)
  if (served()?.revision !== 1) watch.note('a rollback stands', `${served()?.revision} is served`)
}

/** The other way round: somebody rotates in the midst of a rollback. */
async function takesBack(stage: Stage, luck: Chance): Promise<void> {
  const { start, served, watch } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  const body = { action: 'rollback', revision: 2 }
  const leaks = luck.happens(0.4)
  const answered = await interrupt(stage, { body, as: 'operator', nth: luck.between(2, 5) }, () =>
    leaks ? start().post({ action: 'revoke' }, 'operator') : start().post({ action: 'rotate' }),
  )
  if (leaks && served()?.revision !== 3) watch.note('revoked is revoked', 'a rollback took back what replaced a leak')
  if (leaks || answered.status !== 200) return
  await expectBack(stage)
  if (served()?.revision !== 1) watch.note('a rollback stands', `${served()?.revision} is served`)
}

/** A leak is ended while a forced rotation that no list shows yet is under way: its key is not served dead. */
async function isOvertakenByLeak(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, served, watch, clock } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  cloud.faults.listLagSeconds = 1 + luck.below(59)
  const body = { action: 'rotate', force: true }
  const nth = luck.happens(0.5) ? 6 : luck.between(4, 7)
  await interrupt(stage, { body, as: 'operator', nth, after: true }, async () => {
    const answered = await start().post({ action: 'revoke' }, 'operator')
    stage.tell(`revoke: ${answered.status} ${JSON.stringify(answered.body)}`)
    judge(stage, { action: 'revoke' }, answered)
  })
  if (!cloud.authenticates(served()?.secretKey ?? '')) watch.note('the served key works', 'a leak took it meanwhile')
  clock.advance({ minutes: 2 })
}

/** Lists follow, and a tick comes. */
async function expectBack({ cloud, clock, cleanTick }: Stage): Promise<void> {
  clock.advance({ minutes: 2 })
  cloud.faults.listLagSeconds = 0
  await cleanTick()
}

/** A person adds a version: what is asked for gives way, what is forced does not. */
async function versionAdded(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch } = stage
  await twoKeys(stage, { hours: 24 + luck.below(90) })
  const force = luck.happens(0.6)
  const body = force ? { action: 'rotate', force } : { action: 'rotate' }
  const answered = await interrupt(stage, { body, as: 'operator', nth: luck.between(4, 7) }, async () => {
    cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"by","SECRET_KEY":"hand"}' })
    watch.edited()
  })
  if (force && answered.body.rotated !== true) watch.note('what is due is done', `forced: ${answered.body.error}`)
  if (!force && answered.body.rotated === true) watch.note('no key is made needlessly', 'a newer version was there')
}
