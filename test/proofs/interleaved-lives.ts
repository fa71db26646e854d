import type { Answered, As } from '../support/rotation.ts'
import { type Chance, chance } from './chance.ts'
import { type InterleavedRun, interleave } from './interleave.ts'
import type { Life } from './life.ts'
import { type Stage, setStage } from './stage.ts'

/** Two or three runs at the same time, interleaved call by call, on a world that chance chose; then days of clean ticks. */
export const interleavedLife: Life = async seed => {
  const luck = chance(seed)
  const stage = setStage({ seed })
  await begin(stage, luck)
  if (luck.happens(0.3)) {
    stage.cloud.iam.createApiKey({ applicationId: stage.ids.applicationId, description: 'made by hand' })
    stage.watch.edited()
  }
  stage.cloud.faults.listLagSeconds = luck.happens(0.5) ? luck.below(60) : 0
  stage.tell(`lists lag ${stage.cloud.faults.listLagSeconds.toFixed(0)} s`)
  const asking = Array.from({ length: luck.happens(0.4) ? 3 : 2 }, () => luck.one(asked))
  const runs = asking.map((one, index) => runOf(`${index + 1}`, one, { stage, luck, others: without(asking, index) }))
  await interleave(stage, runs, luck)
  stage.cloud.faults.listLagSeconds = 0
  await stage.cleanTick()
  // From here on age may end a rollback.
  stage.watch.rollbackMayEnd()
  await stage.settle()
  return stage
}

/** From nothing, with one key, in the overlap, after it, overdue, taken back. */
async function begin({ rotation, clock, tell }: Stage, luck: Chance): Promise<void> {
  const beginning = luck.one([
    'nothing',
    'one key',
    'in the overlap',
    'after it',
    'overdue',
    'minutes old',
    'taken back',
  ])
  tell(`it begins with ${beginning}`)
  if (beginning === 'nothing') return
  await rotation.post()
  clock.advance({ days: beginning === 'overdue' ? 36 : 30, hours: luck.below(20) })
  if (beginning === 'one key' || beginning === 'overdue') return
  await rotation.post()
  if (beginning === 'minutes old') clock.advance({ minutes: luck.below(15) })
  if (beginning === 'in the overlap') clock.advance({ hours: luck.below(119) })
  if (beginning === 'after it') clock.advance({ hours: 119 + luck.below(6) })
  if (beginning === 'taken back') {
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

interface Asked {
  readonly body: Readonly<Record<string, unknown>>
  readonly as: As
}

function without<Item>(items: readonly Item[], index: number): Item[] {
  return items.filter((_, other) => other !== index)
}

interface Surroundings {
  readonly stage: Stage
  readonly luck: Chance
  readonly others: readonly Asked[]
}

function runOf(number: string, { body, as }: Asked, { stage, luck, others }: Surroundings): InterleavedRun {
  const name = `${number}: ${JSON.stringify(body)} by ${as}`
  const skewMs = luck.happens(0.5) ? luck.between(-5_000, 5_000) : 0
  return {
    name,
    skewMs,
    act: async instance => {
      const served = stage.served()?.revision ?? 1
      const asking = body.action === 'rollback' ? { ...body, revision: served } : { ...body }
      const answered = await instance.post(asking, as)
      stage.tell(`${name} → ${answered.status} ${JSON.stringify(answered.body)}`)
      judge(stage, asking, answered)
      const nobodyElseMay = others.every(other => other.as !== 'operator')
      if (body.action === 'rollback' && answered.status === 200 && nobodyElseMay) stage.watch.rolledBack(served)
    },
  }
}

/** What an answer promises. */
export function judge(
  { watch }: Stage,
  body: Readonly<Record<string, unknown>>,
  { status, body: told }: Answered,
): void {
  watch.look()
  if (![200, 409, 502, 504].includes(status)) watch.note('every call is answered', `${status}`)
  if (body.action === 'revoke' && told.done === true && typeof told.revision === 'number') watch.revoked(told.revision)
}
