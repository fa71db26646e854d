import { ask, inWords } from './harness/ask.ts'
import type { Asked } from './harness/asked.ts'
import { type Chance, chance } from './harness/chance.ts'
import { type InterleavedRun, interleave } from './harness/interleave.ts'
import { type Life, nothing } from './harness/life.ts'
import { createStage, type Stage } from './harness/stage.ts'

/** The parts of an interleaved simulated run that can be left out: three runs, an unmanaged key, the lag, the skew. */
export const interleavedParts = 6
const unmanagedKey = 3
const lag = 4
const skew = 5

/** Two or three overlapping runs, interleaved call by call, from a random start; then days of clean hourly runs. */
export const interleavedLife: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await begin(stage, luck)
  if (luck.happens(0.3) && !without.has(unmanagedKey)) {
    stage.cloud.iam.createApiKey({ applicationId: stage.ids.applicationId, description: 'made manually' })
    stage.watch.edited()
  }
  const listLagSeconds = luck.happens(0.5) ? luck.below(60) : 0
  stage.cloud.faults.listLagSeconds = without.has(lag) ? 0 : listLagSeconds
  stage.tell(`lists lag ${stage.cloud.faults.listLagSeconds.toFixed(0)} s`)
  const asking = Array.from({ length: luck.happens(0.4) ? 3 : 2 }, () => luck.one(asked))
  const skews = asking.map(() => (luck.happens(0.5) ? luck.between(-5_000, 5_000) : 0))
  const runs = asking
    .map((request, index): PlannedRun => ({ request, index, skewMs: without.has(skew) ? 0 : (skews[index] ?? 0) }))
    .filter(({ index }) => !without.has(index))
  await interleave(
    stage,
    runs.map(run => runOf(stage, run, runs)),
    luck,
  )
  stage.cloud.faults.listLagSeconds = 0
  await stage.cleanHourlyRun()
  // From here on age may end a rollback.
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

/** Brings the deployment to a random start: from no key at all to a rollback in force. */
async function begin({ rotation, clock, tell }: Stage, luck: Chance): Promise<void> {
  const beginning = luck.one([
    'nothing',
    'one key',
    'in the overlap',
    'after it',
    'overdue',
    'minutes old',
    'rolled back',
  ])
  tell(`start: ${beginning}`)
  if (beginning === 'nothing') return
  await rotation.post()
  clock.advance({ days: beginning === 'overdue' ? 36 : 30, hours: luck.below(20) })
  if (beginning === 'one key' || beginning === 'overdue') return
  await rotation.post()
  if (beginning === 'minutes old') clock.advance({ minutes: luck.below(15) })
  if (beginning === 'in the overlap') clock.advance({ hours: luck.below(119) })
  if (beginning === 'after it') clock.advance({ hours: 119 + luck.below(6) })
  if (beginning === 'rolled back') {
    clock.advance({ hours: luck.below(100) })
    await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    clock.advance({ hours: luck.below(100) })
  }
}

const asked: readonly [Asked, ...Asked[]] = [
  { body: { action: 'rotate', source: 'cron' }, as: 'cron' },
  { body: { action: 'rotate' }, as: 'operator' },
  { body: { action: 'rotate', force: true }, as: 'operator' },
  { body: { action: 'tend' }, as: 'cron' },
  { body: { action: 'tend' }, as: 'cron' },
  { body: { action: 'rollback' }, as: 'operator' },
  { body: { action: 'revoke' }, as: 'operator' },
]

interface PlannedRun {
  readonly request: Asked
  readonly index: number
  readonly skewMs: number
}

function runOf(stage: Stage, { request, index, skewMs }: PlannedRun, all: readonly PlannedRun[]): InterleavedRun {
  const { body, as } = request
  return {
    name: `${index + 1}: ${inWords(request)}`,
    skewMs,
    act: async instance => {
      const served = stage.served()?.revision ?? 1
      const asking = body.action === 'rollback' ? { ...body, revision: served } : { ...body }
      const answered = await ask(stage, instance, { body: asking, as })
      const isOnlyOperator = all.every(other => other.index === index || other.request.as !== 'operator')
      if (body.action === 'rollback' && answered?.status === 200 && isOnlyOperator) stage.watch.rolledBack(served)
    },
  }
}
