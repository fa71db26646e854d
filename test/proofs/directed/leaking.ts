import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { deleteManually, hourlyRuns, orphan, postMaybeKilled, twoKeys } from './begin.ts'
import { meetsPublication } from './meeting-publication.ts'

const revoke = { action: 'revoke' }

/** A key leaks, and the operator sends `revoke`: alone, repeated, after other runs, and with failing calls. */
export const leaking: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, env: { TIMEOUT_SECONDS: luck.one(['300', '900']) } })
  const cases = [goesWrong, goesWrong, afterOrphan, isRepeated, leaksAgain, rightAfterRotation, isRolledBack] as const
  await luck.one([...cases, meetsPublication])(stage, luck)
  await stage.settle()
  return stage
}

/** Every secret key of ours that works. */
function working({ cloud, secrets, ids }: Stage): string[] {
  const own = [cloud.owner, ids.rotator, ids.reader, ids.operator, ids.consumer, ids.monitor]
  const others = own.map(({ secretKey }) => secretKey)
  return secrets().filter(secret => cloud.authenticates(secret) && !others.includes(secret))
}

/** Sends `revoke`, and checks that the answer is true. */
async function sendRevoke(stage: Stage, before: readonly string[]): Promise<void> {
  const { status, body } = await stage.start().post(revoke, 'operator')
  stage.tell(`revoke: ${status} ${JSON.stringify(body)}`)
  stage.watch.look()
  if (body.done !== true) stage.watch.note('every due action is done', `a revoke without faults answered ${status}`)
  else if (typeof body.revision === 'number') stage.watch.revoked(body.revision)
  expectDeleted(stage, before)
}

function expectDeleted({ cloud, watch }: Stage, leaked: readonly string[]): void {
  const left = leaked.filter(secret => cloud.authenticates(secret))
  if (left.length > 0) watch.note('no older key works after a revoke', `${left.length} leaked keys work`)
}

/** A call of the revoke fails, or the revoke is killed: if it has published, the next hourly runs finish it. */
async function goesWrong(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, served, watch, clock, timeOut } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const leaked = working(stage)
  const newest = served()?.revision ?? 0
  const nth = luck.between(1, 22)
  const once = luck.happens(0.5)
  const isNotFound = luck.happens(0.4)
  if (isNotFound) {
    const times = once ? { nth: luck.between(1, 2) } : { rate: 1 }
    cloud.faults.add({ operation: 'iam.deleteApiKey', ...times, fault: { kind: 'not-found' } })
  } else if (luck.happens(0.3)) timeOut(nth, luck.happens(0.5))
  else cloud.faults.add({ nth, fault: { kind: luck.one(['kill-before', 'kill-after', 'lost-after', 'forbidden']) } })
  const answered = await postMaybeKilled(stage, revoke, 'operator')
  stage.tell(`revoke, call ${nth} fails: ${answered?.status} ${JSON.stringify(answered?.body)}`)
  watch.look()
  if (isNotFound && once && answered?.body.done !== true) watch.note('every due action is done', 'a single 404')
  if (answered?.body.done === true) expectDeleted(stage, leaked)
  if ((served()?.revision ?? 0) <= newest) return
  clock.advance({ minutes: 15 })
  await stage.cleanHourlyRun()
  clock.advance({ hours: 1 })
  await stage.cleanHourlyRun()
  expectDeleted(stage, leaked)
}

/** Another run was killed just before, and left an unpublished key. */
async function afterOrphan(stage: Stage, luck: Chance): Promise<void> {
  const { clock, keys, watch, cloud } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  cloud.faults.listLagSeconds = luck.below(60)
  await orphan(stage)
  const made = keys().map(({ accessKey }) => accessKey)
  clock.advance({ seconds: luck.happens(0.5) ? luck.below(60) : 600 + luck.below(2_000) })
  cloud.faults.listLagSeconds = luck.below(60)
  const { body } = await stage.start().post(revoke, 'operator')
  if (typeof body.revision !== 'number' || body.done !== true) return
  if (keys().some(({ accessKey }) => made.includes(accessKey)))
    watch.note('no older key works after a revoke', 'an older key is left')
}

/** A revoke that is repeated within minutes only cleans up, unless the new key is gone. */
async function isRepeated(stage: Stage, luck: Chance): Promise<void> {
  const { clock, served, keys, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  await sendRevoke(stage, working(stage))
  const first = served()
  const isGone = luck.happens(0.5)
  if (isGone) deleteManually(stage, first?.accessKey)
  clock.advance({ minutes: isGone ? 11 + luck.below(4) : luck.below(7) })
  await sendRevoke(stage, [])
  if (!isGone && served()?.revision !== first?.revision)
    watch.note('no unnecessary key is created', 'by a repeated revoke')
  if (isGone && keys().length === 0) watch.note('the served key works', 'after a repeated revoke')
}

/** The new key leaks as well, days later. */
async function leaksAgain(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: luck.below(100) })
  await sendRevoke(stage, working(stage))
  await hourlyRuns(stage, luck.between(2, 60), 2)
  await sendRevoke(stage, working(stage))
}

/** The key that leaked is minutes old. */
async function rightAfterRotation(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage)
  stage.clock.advance({ minutes: luck.below(9) })
  await sendRevoke(stage, working(stage))
}

/** The publication of a revoke that was cut off cannot be rolled back: the version before it has leaked. */
async function isRolledBack(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, served, watch, start } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const leaked = working(stage)
  const newest = served()?.revision ?? 0
  cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-after' } })
  await postMaybeKilled(stage, revoke, 'operator')
  await start().post({ action: 'rollback', revision: newest + 1 }, 'operator')
  if (leaked.includes(served()?.secretKey ?? ''))
    watch.note('no older key works after a revoke', 'a leaked key is served again')
}
