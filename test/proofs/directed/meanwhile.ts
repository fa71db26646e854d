import type { Fetch } from '../../../functions/rotation/fetch.ts'
import type { Answered, As } from '../../support/rotation.ts'
import { judge } from '../harness/ask.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates, deleteManually, twoKeys } from './begin.ts'

/**
 * While one run is between two of its calls, another run, the operator or a person does something from start to end.
 */
export const meanwhile: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await luck.one([anotherRun, anotherRun, newKeyIsDeleted, versionAdded, isRolledBack, rollsBack, isOvertakenByRevoke])(
    stage,
    luck,
  )
  await stage.settle()
  return stage
}

interface Interrupted {
  readonly body: Record<string, unknown>
  readonly as: As
  /** The call before which the run is interrupted, from 1. */
  readonly nth: number
  /** True to interrupt it right after that call instead. */
  readonly after?: boolean
}

/** Lets a run continue up to its nth call, does something else, and lets it continue. */
async function interrupt(
  stage: Stage,
  { body, as, nth, after = false }: Interrupted,
  act: () => Promise<unknown>,
): Promise<Answered> {
  let calls = 0
  const fetch: Fetch = async (request, options) => {
    calls += 1
    const isTime = calls === nth
    if (isTime && !after) await act()
    const answer = await stage.cloud.fetch(request, options)
    stage.watch.look()
    if (isTime && after) await act()
    return answer
  }
  const answered = await stage.instance({ fetch }).post(body, as)
  stage.tell(`${JSON.stringify(body)} by ${as}: ${answered.status} ${JSON.stringify(answered.body)}`)
  judge(stage, body, answered)
  return answered
}

/** Another instance rotates, or does an hourly run. */
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
  if (madeBefore > 0 && madeWithin > 0)
    watch.note('no unnecessary key is created', 'while another run had one in flight')
  if (!isFirst && versions().length - before > 1) watch.note('no unnecessary key is created', 'both were published')
  if (madeWithin === 0 && answered.body.rotated !== true)
    watch.note('every due action is done', `${answered.body.error}`)
  const named = versions().map(({ description = '' }) => description)
  if (keys().some(({ accessKey }) => !named.some(text => text.includes(accessKey)))) {
    watch.note('no key or version outlives its bound', 'a key that was certainly not published')
  }
}

/** A person deletes the new key before it is proven. */
async function newKeyIsDeleted(stage: Stage, luck: Chance): Promise<void> {
  const { keys, served, cloud, watch } = stage
  await twoKeys(stage, { hours: 24 + luck.below(90) })
  await interrupt(stage, { body: { action: 'rotate' }, as: 'cron', nth: luck.between(4, 6) }, async () =>
    deleteManually(stage, keys()[2]?.accessKey),
  )
  if (!cloud.authenticates(served()?.secretKey ?? '')) watch.note('the served key works', 'a deleted key was published')
  stage.clock.advance({ minutes: 11 })
}

/** The operator rolls back what is served: a rotation that is under way gives way. */
async function isRolledBack(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, start, served, watch, clock } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  const nth = luck.between(4, 9)
  cloud.faults.listLagSeconds = luck.happens(0.5) ? luck.below(60) : 0
  const answered = await interrupt(stage, { body: { action: 'rotate' }, as: 'cron', nth }, async () => {
    await start().post({ action: 'rollback', revision: 2 }, 'operator')
    clock.advance({ seconds: 1 })
  })
  if (nth < 8 && answered.body.rotated === true)
    watch.note('no unnecessary key is created', 'it was published over a rollback')
  await listsCatchUp(stage)
  if (served()?.revision !== 1) watch.note('a rollback stays in force', `revision ${served()?.revision} is served`)
}

/** The reverse: another run rotates, or the operator revokes, during a rollback. */
async function rollsBack(stage: Stage, luck: Chance): Promise<void> {
  const { start, served, watch } = stage
  await twoKeys(stage, { hours: 24 + luck.below(60) })
  const body = { action: 'rollback', revision: 2 }
  const isRevoke = luck.happens(0.4)
  const answered = await interrupt(stage, { body, as: 'operator', nth: luck.between(2, 5) }, () =>
    isRevoke ? start().post({ action: 'revoke' }, 'operator') : start().post({ action: 'rotate' }),
  )
  if (isRevoke && served()?.revision !== 3)
    watch.note('no older key works after a revoke', 'a rollback disabled the version that replaced a leaked key')
  if (isRevoke || answered.status !== 200) return
  await listsCatchUp(stage)
  if (served()?.revision !== 1) watch.note('a rollback stays in force', `revision ${served()?.revision} is served`)
}

/** A revoke during a forced rotation whose key no list shows yet: the rotation must not publish a deleted key. */
async function isOvertakenByRevoke(stage: Stage, luck: Chance): Promise<void> {
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
  if (!cloud.authenticates(served()?.secretKey ?? ''))
    watch.note('the served key works', 'a revoke deleted it meanwhile')
  clock.advance({ minutes: 2 })
}

/** Lets lists catch up, and does an hourly run. */
async function listsCatchUp({ cloud, clock, cleanHourlyRun }: Stage): Promise<void> {
  clock.advance({ minutes: 2 })
  cloud.faults.listLagSeconds = 0
  await cleanHourlyRun()
}

/** A person adds a version: a requested rotation gives way, a forced one does not. */
async function versionAdded(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, watch } = stage
  await twoKeys(stage, { hours: 24 + luck.below(90) })
  const force = luck.happens(0.6)
  const body = force ? { action: 'rotate', force } : { action: 'rotate' }
  const answered = await interrupt(stage, { body, as: 'operator', nth: luck.between(4, 7) }, async () => {
    cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"by","SECRET_KEY":"hand"}' })
    watch.edited()
  })
  if (force && answered.body.rotated !== true) watch.note('every due action is done', `forced: ${answered.body.error}`)
  if (!force && answered.body.rotated === true) watch.note('no unnecessary key is created', 'a newer version existed')
}
