import { type Instance, simulated } from '../../support/rotation.ts'
import { ask } from '../harness/ask.ts'
import type { Asked } from '../harness/asked.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { orphan, twoKeys } from './begin.ts'

const hourlyRun: Asked = { body: { action: 'tend' }, as: 'cron' }

/**
 * The function's clock is minutes to months ahead or behind for some runs, whoever asks for them, or goes back during one; then
 * it is right again. Meanwhile nothing is made, disabled or deleted, and afterwards everything due is done.
 */
export const wrongClock: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const { clock, start, tell, watch } = stage
  await twoKeys(stage, { hours: luck.one([0, 1, 60, 118, 122]) })
  if (luck.happens(0.3)) await orphan(stage)
  const skewMs = offBy(luck)
  tell(`the function's clock is off by ${(skewMs / 3_600_000).toFixed(1)} h`)
  for (let run = 0; run < 4; run++) {
    clock.advance({ minutes: luck.between(5, 300) })
    watch.look()
    await unchanged(stage, start({ skewMs }), run === 0 ? hourlyRun : anything(stage, luck))
  }
  await goesBack(stage, luck)
  clock.advance({ minutes: 20 })
  await stage.settle()
  return stage
}

/** More than the five minutes that count as right, in either direction. */
function offBy(luck: Chance): number {
  const minutes = luck.one([6 + luck.below(60), 61 + luck.below(1_500), 1_440 * (1 + luck.below(130))])
  return luck.one([-1, 1]) * minutes * 60_000
}

function anything({ served }: Stage, luck: Chance): Asked {
  const rollback = { action: 'rollback', revision: served()?.revision }
  return luck.one<Asked>([
    hourlyRun,
    { body: { action: 'rotate' }, as: 'cron' },
    { body: { action: 'rotate', force: true }, as: 'operator' },
    { body: rollback, as: 'operator' },
    { body: { action: 'revoke' }, as: 'operator' },
    { body: { action: 'tend', dry_run: true }, as: 'operator' },
  ])
}

async function unchanged(stage: Stage, instance: Instance, asked: Asked): Promise<void> {
  const before = everything(stage)
  const answered = await ask(stage, instance, asked)
  const { status, body } = await instance.status()
  const isSaid = status === 503 && JSON.stringify(body.problems).includes('"clock-skew"')
  const note = (detail: string) => stage.watch.note('a wrong clock changes nothing', detail)
  if (everything(stage) !== before) note(`${JSON.stringify(asked.body)} changed something`)
  if (answered?.body.error !== 'clock-skew') note(`${JSON.stringify(asked.body)} was answered ${answered?.status}`)
  if (!isSaid) note(`the status was ${status} without the alarm`)
}

/** All that there is, as one text. */
function everything({ keys, versions }: Stage): string {
  const all = [keys().map(({ accessKey }) => accessKey), versions().map(({ revision, status }) => [revision, status])]
  return JSON.stringify(all)
}

/** The clock goes back after one of the calls of a run: what the run has decided by then is done, and nothing more. */
async function goesBack(stage: Stage, luck: Chance): Promise<void> {
  const { instance, cloud, clock, watch, tell } = stage
  const nth = luck.between(1, 12)
  const backMs = -Math.abs(offBy(luck))
  tell(`the clock goes back by ${(-backMs / 3_600_000).toFixed(1)} h after call ${nth}`)
  let calls = 0
  const right = simulated(clock)
  const goingBack = instance({
    clock: {
      now: () => ({ ...right.now(), wallMs: right.now().wallMs + (calls < nth ? 0 : backMs) }),
      sleep: right.sleep,
    },
    fetch: async (request, options) => {
      const answer = await cloud.fetch(request, options)
      calls += 1
      watch.look()
      return answer
    },
  })
  await ask(stage, goingBack, luck.one([hourlyRun, { body: { action: 'rotate', force: true }, as: 'operator' }]))
}
