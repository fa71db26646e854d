import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { deleteByHand, orphan, postAndPerhapsDie, ticks, twoKeys } from './begin.ts'

const revoke = { action: 'revoke' }

/** A key leaks, and the operator presses `revoke`: alone, again, after other things, and with calls that go wrong. */
export const leaking: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, env: { TIMEOUT_SECONDS: luck.one(['300', '900']) } })
  await luck.one([goesWrong, goesWrong, afterOrphan, pressedAgain, leaksAgain, rightAfterRotation, isTakenBack])(
    stage,
    luck,
  )
  await stage.settle()
  return stage
}

/** Every secret key of ours that works. */
function alive({ cloud, secrets, ids }: Stage): string[] {
  const others = [cloud.owner, ids.rotator, ids.reader, ids.operator, ids.consumer].map(({ secretKey }) => secretKey)
  return secrets().filter(secret => cloud.authenticates(secret) && !others.includes(secret))
}

/** Presses the button, and looks whether the answer is true. */
async function press(stage: Stage, before: readonly string[]): Promise<void> {
  const { status, body } = await stage.start().post(revoke, 'operator')
  stage.tell(`revoke: ${status} ${JSON.stringify(body)}`)
  stage.watch.look()
  if (body.done !== true) stage.watch.note('what is due is done', `a revoke without faults answered ${status}`)
  else if (typeof body.revision === 'number') stage.watch.revoked(body.revision)
  expectDead(stage, before)
}

function expectDead({ cloud, watch }: Stage, leaked: readonly string[]): void {
  const left = leaked.filter(secret => cloud.authenticates(secret))
  if (left.length > 0) watch.note('revoked is revoked', `${left.length} leaked keys work`)
}

/** A call of it fails, or it dies; whatever is published then, ticks bring the rest to an end. */
async function goesWrong(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, served, watch, clock, timeOut } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const leaked = alive(stage)
  const newest = served()?.revision ?? 0
  const nth = luck.between(1, 22)
  const once = luck.happens(0.5)
  const isNotFound = luck.happens(0.4)
  if (isNotFound) {
    const times = once ? { nth: luck.between(1, 2) } : { rate: 1 }
    cloud.faults.add({ operation: 'iam.deleteApiKey', ...times, fault: { kind: 'not-found' } })
  } else if (luck.happens(0.3)) timeOut(nth, luck.happens(0.5))
  else cloud.faults.add({ nth, fault: { kind: luck.one(['kill-before', 'kill-after', 'lost-after', 'forbidden']) } })
  const answered = await postAndPerhapsDie(stage, revoke, 'operator')
  stage.tell(`revoke, call ${nth} fails: ${answered?.status} ${JSON.stringify(answered?.body)}`)
  watch.look()
  if (isNotFound && once && answered?.body.done !== true) watch.note('what is due is done', 'a single 404')
  if (answered?.body.done === true) expectDead(stage, leaked)
  if ((served()?.revision ?? 0) <= newest) return
  clock.advance({ minutes: 15 })
  await stage.cleanTick()
  clock.advance({ hours: 1 })
  await stage.cleanTick()
  expectDead(stage, leaked)
}

/** Another run had just died with a key in its hands. */
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
    watch.note('revoked is revoked', 'an older key is there')
}

/** Pressed again within minutes it only cleans; unless the new key is gone. */
async function pressedAgain(stage: Stage, luck: Chance): Promise<void> {
  const { clock, served, keys, watch } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  await press(stage, alive(stage))
  const first = served()
  const isGone = luck.happens(0.5)
  if (isGone) deleteByHand(stage, first?.accessKey)
  clock.advance({ minutes: isGone ? 11 + luck.below(4) : luck.below(7) })
  await press(stage, [])
  if (!isGone && served()?.revision !== first?.revision) watch.note('no key is made needlessly', 'by a repeated revoke')
  if (isGone && keys().length === 0) watch.note('the served key works', 'after a repeated revoke')
}

/** The new key leaks as well, days later. */
async function leaksAgain(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage, { hours: luck.below(100) })
  await press(stage, alive(stage))
  await ticks(stage, luck.between(2, 60), 2)
  await press(stage, alive(stage))
}

/** The key that leaked is minutes old. */
async function rightAfterRotation(stage: Stage, luck: Chance): Promise<void> {
  await twoKeys(stage)
  stage.clock.advance({ minutes: luck.below(9) })
  await press(stage, alive(stage))
}

/** A revoke that was cut off is not taken back: what is behind it has leaked. */
async function isTakenBack(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, served, watch, start } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  const leaked = alive(stage)
  const newest = served()?.revision ?? 0
  cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-after' } })
  await postAndPerhapsDie(stage, revoke, 'operator')
  await start().post({ action: 'rollback', revision: newest + 1 }, 'operator')
  if (leaked.includes(served()?.secretKey ?? '')) watch.note('revoked is revoked', 'a leaked key is served again')
}
