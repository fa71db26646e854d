import type { Instance } from '../support/rotation.ts'
import { type Asked, ask } from './harness/ask.ts'
import { type Chance, chance } from './harness/chance.ts'
import { type Life, nothing } from './harness/life.ts'
import { provedByLives } from './harness/lives.ts'
import { createStage, type Stage } from './harness/stage.ts'

const days = 30
const hourlyRun: Asked = { body: { action: 'tend' }, as: 'cron' }
const byConsumer: Asked = { body: { action: 'rotate' }, as: 'consumer' }
const forced: Asked = { body: { action: 'rotate', force: true }, as: 'operator' }
const refusedForQuota = new Set(['secrets.createVersion', 'iam.createApiKey'])

/**
 * A month in which a consumer's credential calls rotate over and over, several times at once and on lists that lag,
 * with the hourly run; no call fails. In every second simulated run there are three instances, which `max_scale` of 1
 * does not exclude.
 */
const floodByConsumer: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const instances = Array.from({ length: seed % 2 === 0 ? 1 : 3 }, () => stage.start())
  for (let hour = 0; hour < days * 24; hour++) {
    stage.clock.advance({ minutes: 60 })
    if (!without.has(hour)) await flood(stage, instances, luck)
    stage.cloud.faults.clear()
    await ask(stage, at(instances, 0), hourlyRun)
    expectQuotasUntouched(stage)
  }
  await stage.settle()
  return stage
}

async function flood(stage: Stage, instances: Instance[], luck: Chance): Promise<void> {
  const replaced = luck.between(0, instances.length - 1)
  if (luck.happens(0.1)) instances.splice(replaced, 1, stage.start({ skewMs: luck.between(-2_000, 2_000) }))
  stage.cloud.faults.listLagSeconds = luck.happens(0.5) ? luck.below(60) : 0
  const burst = luck.happens(0.2) ? 6 : 1
  const answers = await Promise.all(
    Array.from({ length: burst }, (_, nth) => ask(stage, at(instances, nth), byConsumer)),
  )
  if (instances.length === 1 && answers.some(answer => answer?.body.error === 'blocked')) {
    stage.watch.note('no quota is exceeded', 'requests of a consumer made a rotation reach our own limit')
  }
}

function at(instances: readonly Instance[], nth: number): Instance {
  const instance = instances[nth % instances.length]
  if (instance === undefined) throw new RangeError('There is no instance.')
  return instance
}

/** An operator who forces 30 rotations in a day, with hourly runs in between and, in some, lost answers. */
const forcedAllDay: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const instance = stage.start()
  await ask(stage, instance, hourlyRun)
  for (let nth = 0; nth < 30; nth++) {
    stage.clock.advance({ minutes: luck.between(20, 76) })
    if (luck.happens(0.5)) stage.cloud.faults.add({ rate: 0.05, fault: { kind: 'lost-after' } })
    if (!without.has(nth)) await ask(stage, instance, forced)
    stage.cloud.faults.clear()
    await ask(stage, instance, hourlyRun)
    expectQuotasUntouched(stage)
  }
  // Rotations that our own limit blocked succeed again once deleted versions have left the list.
  await stage.settle()
  await stage.settle()
  const { status } = await stage.start().post({ action: 'rotate' }, 'operator')
  if (status !== 200) stage.watch.note('no quota is exceeded', `a rotation two weeks later answered ${status}`)
  return stage
}

/** Our limits are reached before Scaleway's: it never refuses a call because of a quota. */
function expectQuotasUntouched({ cloud, watch }: Stage): void {
  const refused = cloud.log.entries.find(({ operation, status }) => refusedForQuota.has(operation) && status === 403)
  if (refused !== undefined) watch.note('no quota is exceeded', `Scaleway refused ${refused.operation}`)
}

function figures(stage: Stage) {
  const { log } = stage.cloud
  const count = (operation: string) =>
    log.entries.filter(entry => entry.operation === operation && entry.status === 200).length
  return {
    calls: log.entries.length,
    rotations: count('secrets.createVersion'),
    asked: stage.history.length,
    'most versions': stage.watch.most.versions,
    'most keys': stage.watch.most.keys,
  }
}

function remark(figures: Readonly<Record<string, number>>): string {
  const { asked = 0, rotations = 0, 'most versions': versions = 0, 'most keys': keys = 0 } = figures
  return `${asked} calls made ${rotations} rotations; at most ${versions} versions and ${keys} keys at a time`
}

/** Quotas while a consumer floods the function with requests. */
export const consumerFloods = provedByLives({
  name: 'consumer-floods',
  does: 'a month of a consumer’s credential that calls rotate over and over, up to six at once, at one or three instances',
  promises: 'no quota is reached, every invariant holds',
  life: floodByConsumer,
  lives: { share: 2, full: 30 },
  livesPerPiece: 1,
  parts: days * 24,
  figures,
  remark,
})

/** Quotas while an operator forces rotations. */
export const operatorForces = provedByLives({
  name: 'operator-forces',
  does: 'an operator forces 30 rotations in a day, some with lost answers',
  promises: 'no quota is reached, every invariant holds, a rotation works again',
  life: forcedAllDay,
  lives: { share: 10, full: 200 },
  livesPerPiece: 2,
  parts: 30,
  figures,
  remark,
})
