import type { Instance } from '../support/rotation.ts'
import { type Chance, chance } from './harness/chance.ts'
import { type InterleavedRun, interleave } from './harness/interleave.ts'
import { type Life, nothing } from './harness/life.ts'
import { type AskedOfSeveral, createSeveralStage, type SeveralStage } from './harness/several-stage.ts'

const names = ['billing', 'mailer', 'search'] as const

/** The parts that can be left out: three requests, the lag, the skew, a kill. */
export const severalInterleavedParts = 6
const lag = 3
const skew = 4
const kill = 5

/**
 * Two or three overlapping requests about several keys, to one instance or to two, interleaved call by call from a
 * random start, one of which may be killed; then days of clean hourly runs.
 */
export const severalInterleavedLife: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = createSeveralStage({ seed, names: names.slice(0, luck.between(2, 3)) })
  await begin(stage, luck)
  const listLagSeconds = luck.happens(0.5) ? luck.below(60) : 0
  stage.cloud.faults.listLagSeconds = without.has(lag) ? 0 : listLagSeconds
  const skews = [luck.between(-5_000, 5_000), luck.between(-5_000, 5_000)]
  const asked = Array.from({ length: luck.happens(0.4) ? 3 : 2 }, () => draw(stage, luck))
  const hosts = luck.happens(0.5) ? 1 : 2
  stage.tell(`${hosts} instance${hosts === 1 ? '' : 's'}, lists lag ${stage.cloud.faults.listLagSeconds.toFixed(0)} s`)
  const isKilled = luck.happens(0.3) && !without.has(kill)
  if (isKilled)
    stage.cloud.faults.add({ nth: luck.between(1, 40), fault: { kind: luck.one(['kill-before', 'kill-after']) } })
  const runs = Array.from(
    { length: hosts },
    (_, host): InterleavedRun => ({
      name: `instance ${host + 1}`,
      skewMs: luck.happens(0.5) || without.has(skew) ? 0 : (skews[host] ?? 0),
      act: async instance => {
        const own = asked.filter((_, index) => index % hosts === host && !without.has(index))
        await Promise.all(own.map(one => askOrRollBack(stage, instance, { one, all: asked })))
      },
    }),
  )
  await interleave(stage, runs, luck, { passing: luck.one([0.3, 0.02]) })
  stage.cloud.faults.clear()
  // So long the key of a run that was killed counts as that run's work.
  if (isKilled) stage.clock.advance({ minutes: 11 })
  stage.look()
  await stage.cleanHourlyRun()
  // From here on age may end a rollback.
  for (const name of stage.names) stage.of(name).watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

/** A rollback is about the revision that is served when it is sent, and stays in force unless an operator asks for more. */
async function askOrRollBack(
  stage: SeveralStage,
  instance: Instance,
  { one, all }: { one: AskedOfSeveral; all: readonly AskedOfSeveral[] },
): Promise<void> {
  const { body, path = '/' } = one
  if (body.action !== 'rollback') return void (await stage.ask(instance, one))
  const name = path.slice(1)
  const revision = stage.served(name)?.revision ?? 1
  const answers = await stage.ask(instance, { ...one, body: { ...body, revision } })
  const isOnlyOperator = all.every(other => other === one || other.as !== 'operator')
  if (answers?.get(name)?.status === 200 && isOnlyOperator) stage.of(name).watch.rolledBack(revision)
}

/** Each key begins by itself: with nothing, with one key, in the overlap, after it, or overdue. */
async function begin({ rotation, names: all, clock, tell, look }: SeveralStage, luck: Chance): Promise<void> {
  const [first, ...others] = all
  const rotate = (keys: readonly string[]) => rotation.post({ action: 'rotate', force: true, keys }, 'operator')
  const older = luck.happens(0.8) ? all : others
  if (luck.happens(0.9)) await rotate(older)
  clock.advance({ days: luck.one([1, 30, 36]), hours: luck.below(20) })
  look()
  if (luck.happens(0.6)) await rotate(luck.happens(0.5) && first !== undefined ? [first] : all)
  clock.advance({ minutes: luck.one([luck.below(15), luck.below(119 * 60), 119 * 60 + luck.below(6 * 60)]) })
  tell(`start: ${older.length} of ${all.length} keys have an older one`)
  look()
}

function draw({ names: all }: SeveralStage, luck: Chance): AskedOfSeveral {
  const [first = '', ...others] = luck.happens(0.5) ? all : all.toReversed()
  const keys = luck.one([all, others, [first]])
  return luck.one<AskedOfSeveral>([
    { body: { action: 'tend' }, as: 'cron' },
    { body: { action: 'tend' }, as: 'cron' },
    { body: { action: 'rotate', keys, source: 'cron' }, as: 'cron' },
    { body: { action: 'rotate', keys }, as: 'operator' },
    { body: { action: 'rotate', force: true, keys }, as: 'operator' },
    { body: { action: 'rotate', force: true }, as: 'operator', path: `/${first}` },
    { body: { action: 'rollback' }, as: 'operator', path: `/${first}` },
    { body: { action: 'revoke', keys }, as: 'operator' },
  ])
}
