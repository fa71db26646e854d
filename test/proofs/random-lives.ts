import type { Fault } from '../fake-scaleway/index.ts'
import type { As, Instance } from '../support/rotation.ts'
import { abuse } from './harness/abuse.ts'
import { ask } from './harness/ask.ts'
import type { Asked } from './harness/asked.ts'
import { type Chance, chance } from './harness/chance.ts'
import { Intruders } from './harness/intruders.ts'
import { type Life, nothing } from './harness/life.ts'
import { editManually } from './harness/manual-edits.ts'
import { mishaps } from './harness/mishaps.ts'
import { createStage, type Stage } from './harness/stage.ts'

const days = 60
const maxKeyAgeMs = 35 * 86_400_000

/** A source that is never random: what is unlikely does not happen, and of a choice it takes the first. */
const calm: Chance = {
  happens: probability => probability > 0.5,
  below: () => 0,
  between: min => min,
  one: ([item]) => item,
}

/** The instance that takes the calls: another one after the instance was killed, and sometimes without that. */
interface Host {
  instance: Instance
  /** The last moment (epoch milliseconds) with a fault, a lag or an edit. */
  disturbedMs: number
  readonly intruders: Intruders
}

/** No simulated run has more steps than this. */
export const randomParts = 160

/**
 * 60 days of hourly runs and rotations with faults, killed runs and lists that lag, a CRON that is delivered again,
 * operators who force, roll back and revoke, people who edit, callers who ask for what they may not, and an attacker who
 * makes keys. About one call a day. A step that is left out is an undisturbed hourly run.
 */
export const randomLife: Life = async (seed, without = nothing) => {
  const stage = createStage({ seed })
  const { clock, watch } = stage
  const host: Host = { instance: stage.start(), disturbedMs: clock.now().getTime(), intruders: new Intruders(stage) }
  const endMs = clock.now().getTime() + days * 86_400_000
  for (let step = 0; clock.now().getTime() < endMs; step++) {
    const luck = chance(seed * 1_000 + step)
    clock.advance({ minutes: luck.happens(0.2) ? luck.below(20) : luck.below(48 * 60) })
    watch.look()
    if (without.has(step)) await call(stage, host, calm)
    else if (luck.happens(0.08)) edit(stage, host, luck)
    else if (luck.happens(0.1)) await abuse(stage, host.instance, luck)
    else if (luck.happens(0.03)) intrude(stage, host, luck)
    else await call(stage, host, luck)
  }
  stage.cloud.faults.clear()
  // Keys that a rollback keeps are deleted after the next publication, which comes with the age of the newest key.
  watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

async function call(stage: Stage, host: Host, luck: Chance): Promise<void> {
  const { cloud, watch, clock } = stage
  const [body, as] = draw(stage, luck)
  const isDisturbed = disturb(stage, luck)
  const from = stage.lines.length
  if (as === 'operator' || isOverdue(stage)) watch.rollbackMayEnd()
  const answered = await ask(stage, host.instance, { body, as })
  cloud.faults.clear()
  if (isDisturbed) host.disturbedMs = clock.now().getTime()
  if (answered === undefined || luck.happens(0.15)) host.instance = stage.start({ skewMs: luck.between(-2_000, 2_000) })
  watch.look()
  if (answered === undefined) return
  if (body.action === 'rollback' && answered.status === 200) watch.rolledBack(Number(body.revision))
  const isQuiet = clock.now().getTime() - host.disturbedMs > 15 * 60_000
  if (as !== 'cron') return
  if (body.action === 'tend' && isQuiet) {
    watch.afterCleanHourlyRun(answered.status)
    const isJudged = host.intruders.areThere || luck.happens(0.1)
    if (answered.status === 200 && isJudged) await host.intruders.judge(stage.lines.slice(from))
  }
  if (luck.happens(0.1)) await deliverAgain(stage, host, { body, as }, luck)
}

/** The CRON's call comes once more, after five minutes or more. */
async function deliverAgain(stage: Stage, host: Host, asked: Asked, luck: Chance): Promise<void> {
  stage.clock.advance({ minutes: luck.one([5, 11, 5 + luck.below(60)]) })
  stage.watch.look()
  if (isOverdue(stage)) stage.watch.rollbackMayEnd()
  await ask(stage, host.instance, asked)
}

/** Somebody who holds the rotator's key makes a key, or a person deletes those that were made. */
function intrude({ clock, cloud, ids }: Stage, host: Host, luck: Chance): void {
  if (luck.happens(0.4)) host.intruders.leave()
  else if (cloud.iam.apiKeys(ids.applicationId).length < 10) host.intruders.enter(luck)
  host.disturbedMs = clock.now().getTime()
}

function draw(stage: Stage, luck: Chance): [Record<string, unknown>, As] {
  const served = stage.served()?.revision ?? 1
  if (luck.happens(0.8)) return [{ action: 'tend' }, 'cron']
  return luck.one<[Record<string, unknown>, As]>([
    [{ action: 'rotate' }, 'cron'],
    [{ action: 'rotate' }, 'cron'],
    [{ action: 'rotate' }, 'operator'],
    [{ action: 'rotate', force: luck.happens(0.3) }, 'operator'],
    [luck.happens(0.3) ? { action: 'rollback', revision: served } : { action: 'tend' }, 'operator'],
    [luck.happens(0.1) ? { action: 'revoke' } : { action: 'tend' }, 'operator'],
  ])
}

/** At random, adds a fault, a kill or a lag to the next call. Gives true if it added any. */
function disturb({ cloud }: Stage, luck: Chance): boolean {
  const lags = luck.happens(0.25)
  const fails = luck.happens(0.2)
  const isKilled = luck.happens(0.08)
  if (lags) cloud.faults.listLagSeconds = luck.below(60)
  if (fails) cloud.faults.add({ rate: luck.below(0.2), fault: luck.one<Fault>(mishaps) })
  if (isKilled) cloud.faults.add({ nth: luck.between(1, 12), fault: { kind: luck.one(['kill-before', 'kill-after']) } })
  return lags || fails || isKilled
}

function isOverdue({ versions, clock }: Stage): boolean {
  const newest = versions().find(({ description }) => description?.startsWith('api-key-rotation v1'))
  return newest === undefined || clock.now().getTime() - newest.createdAt.getTime() > maxKeyAgeMs - 86_400_000
}

function edit(stage: Stage, host: Host, luck: Chance): void {
  editManually(stage, luck)
  host.disturbedMs = stage.clock.now().getTime()
}
