import type { Instance } from '../support/rotation.ts'
import { type Chance, chance } from './harness/chance.ts'
import { expectDone, plannedAlone } from './harness/healthy.ts'
import { interleave } from './harness/interleave.ts'
import { type Life, nothing } from './harness/life.ts'
import { type AskedOfSeveral, createSeveralStage, type SeveralStage } from './harness/several-stage.ts'
import { expectGiven, expectStatus } from './harness/several-status.ts'
import { restore, restoreInTime, type Troubled, trouble } from './harness/troubles.ts'

const allNames = ['billing', 'mailer', 'search', 'weather'] as const
const days = 30
const dayMs = 86_400_000

/** No simulated run has more steps than this. */
export const severalParts = 90

/** Draws two to four keys, the second with timers of its own. */
export function severalKeys(seed: number, luck: Chance): SeveralStage {
  const names = allNames.slice(0, luck.between(2, allNames.length))
  return createSeveralStage({ seed, names, timers: { mailer: { overlapHours: 24, keepVersions: 1 } } })
}

/** The keys that meet trouble, and those that must not notice it. */
interface Sides {
  readonly troubled: readonly [string, ...string[]]
  readonly healthy: readonly string[]
}

/** A step of a simulated run. */
interface Scene extends Troubled, Sides {
  readonly instance: Instance
}

/**
 * A month of several keys. One or two of them meet faults, slowness, full limits, people who edit, a deleted secret or a
 * deleted application. The others must not notice: in each run, all that was due for them is done, and no more than that.
 * A step that is left out is an undisturbed hourly run.
 */
export const severalLife: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = severalKeys(seed, luck)
  const sides = sidesOf(stage.names, luck)
  stage.tell(`trouble for ${sides.troubled.join(' and ')} of ${stage.names.join(', ')}`)
  const state = { deletedMs: new Map<string, number>(), gone: new Set<string>() }
  const live = async (instance: Instance) => {
    const endMs = stage.clock.now().getTime() + days * dayMs
    for (let step = 0; stage.clock.now().getTime() < endMs; step++) {
      const drawn = chance(seed * 1_000 + step)
      stage.clock.advance({ minutes: drawn.happens(0.2) ? drawn.below(20) : drawn.below(48 * 60) })
      stage.look()
      const scene: Scene = { stage, instance, ...sides, ...state, luck: drawn }
      restoreInTime(scene)
      if (!without.has(step)) await trouble(scene)
      await call(scene, without.has(step) ? hourlyRun : draw(scene))
    }
    for (const name of state.deletedMs.keys()) restore(stage, name)
  }
  const passing = luck.one([0.3, 0.02])
  await interleave(stage, [{ name: 'the instance', skewMs: 0, act: live }], luck, { passing })
  stage.cloud.faults.clear()
  for (const name of stage.names) if (!state.gone.has(name)) stage.of(name).watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

function sidesOf(names: readonly string[], luck: Chance): Sides {
  const [first = '', ...others] = luck.happens(0.5) ? names : names.toReversed()
  const [second, ...rest] = others
  if (second === undefined || rest.length === 0 || luck.happens(0.7)) return { troubled: [first], healthy: others }
  return { troubled: [first, second], healthy: rest }
}

const hourlyRun: AskedOfSeveral = { body: { action: 'tend' }, as: 'cron' }

/** What is asked: most often the hourly run, else a CRON or an operator who presses for one or several keys. */
function draw({ stage, troubled, healthy, luck }: Scene): AskedOfSeveral {
  if (luck.happens(0.7)) return hourlyRun
  const one = luck.one([...troubled, ...healthy])
  const some = stage.names.filter(() => luck.happens(0.6))
  const keys = some.length === 0 ? stage.names : some
  return luck.one<AskedOfSeveral>([
    { body: { action: 'rotate', keys: stage.names, source: 'cron' }, as: 'cron' },
    { body: { action: 'rotate', keys, source: 'cron' }, as: 'cron' },
    { body: { action: 'rotate', force: luck.happens(0.3), keys }, as: 'operator' },
    { body: { action: 'rotate', force: luck.happens(0.3) }, as: 'operator', path: `/${one}` },
    { body: { action: 'tend', keys }, as: 'operator' },
    { body: { action: 'rollback', revision: stage.served(one)?.revision ?? 1 }, as: 'operator', path: `/${one}` },
    luck.happens(0.4) ? { body: { action: 'revoke', keys }, as: 'operator' } : hourlyRun,
  ])
}

/** One request, before which it is asked of each healthy key alone what is due. */
async function call({ stage, instance, healthy, luck }: Scene, asked: AskedOfSeveral): Promise<void> {
  const planned = await plannedAlone(stage, asked, healthy)
  if (luck.happens(0.2)) await instance.status('monitor')
  for (const name of healthy) {
    const isDue = planned.get(name)?.actions.some(action => action.startsWith('issue ')) === true
    if (asked.as === 'operator' || isDue) stage.of(name).watch.rollbackMayEnd()
  }
  const answers = await stage.ask(instance, asked)
  const isUnread = luck.happens(0.1)
  if (isUnread) await expectGiven(stage, instance, healthy)
  stage.cloud.faults.clear()
  stage.slowMs.clear()
  if (answers !== undefined) expectDone(stage, planned, answers)
  for (const name of healthy) {
    const { status } = answers?.get(name) ?? {}
    if (status === undefined) continue
    const { watch } = stage.of(name)
    if (asked.body.action === 'tend') watch.afterCleanHourlyRun(status)
    if (asked.body.action === 'rollback' && status === 200) watch.rolledBack(Number(asked.body.revision))
  }
  // What was read amid the faults is remembered for a minute.
  if (!isUnread && luck.happens(0.2)) await expectStatus(stage, instance)
}
