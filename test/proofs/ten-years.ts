import type { Fault } from '../fake-scaleway/index.ts'
import { ask } from './harness/ask.ts'
import { chance } from './harness/chance.ts'
import { type Life, nothing } from './harness/life.ts'
import { provedByLives } from './harness/lives.ts'
import { mishaps } from './harness/mishaps.ts'
import { createStage, type Stage } from './harness/stage.ts'

const days = 3_652
const faultRate = 0.05
const dayMs = 86_400_000

const faults: readonly Fault[] = [...mishaps, { kind: 'kill-before' }, { kind: 'kill-after' }]

/**
 * Ten years of a daily `tend` and a monthly rotation without an operator. One call in 20 meets a fault, except on days
 * left out.
 */
const tenYears: Life = async (seed, without = nothing) => {
  const stage = createStage({ seed })
  const { clock, watch, cloud } = stage
  let instance = stage.start()
  for (let day = 0; day < days; day++) {
    clock.advance({ days: 1 })
    watch.look()
    const luck = chance(seed * 10_000 + day)
    if (!without.has(day)) for (const fault of faults) cloud.faults.add({ rate: faultRate / faults.length, fault })
    const isFirstOfMonth = clock.now().getUTCDate() === 1
    const body = isFirstOfMonth ? { action: 'rotate', source: 'cron' } : { action: 'tend' }
    const answered = await ask(stage, instance, { body, as: 'cron' })
    cloud.faults.clear()
    // The platform ends an idle instance after 15 minutes; sometimes one is frozen and continues a day later.
    if (answered === undefined || luck.happens(0.8)) instance = stage.start({ skewMs: luck.between(-2_000, 2_000) })
    watch.look()
  }
  await stage.settle()
  return stage
}

const oldest = 'most days between two'

function publications({ log }: Stage['cloud']): Date[] {
  return log.entries
    .filter(({ operation, status }) => operation === 'secrets.createVersion' && status === 200)
    .map(({ at }) => at)
}

function longestBetween(createdAt: readonly Date[]): number {
  const times = createdAt.map(date => date.getTime())
  return Math.max(0, ...times.slice(1).map((time, index) => (time - (times[index] ?? time)) / dayMs))
}

/** Ten years without an operator. */
export const tenYearsProof = provedByLives({
  name: 'ten-years',
  does: `ten years with one hourly run a day and the monthly rotation; ${faultRate * 100} % of the calls fail or kill the run`,
  promises: 'every invariant holds without an operator',
  life: tenYears,
  lives: { share: 2, full: 20 },
  livesPerPiece: 1,
  parts: days,
  figures: ({ versions, cloud }) => ({
    rotations: versions()[0]?.revision ?? 0,
    calls: cloud.log.entries.length,
    [oldest]: longestBetween(publications(cloud)),
  }),
  remark: ({ rotations = 0, [oldest]: days = 0 }) =>
    `${rotations} rotations; the longest time between two was ${days.toFixed(1)} days`,
})
