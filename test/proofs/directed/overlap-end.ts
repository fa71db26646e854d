import { chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage } from '../harness/stage.ts'
import { twoKeys } from './begin.ts'

/**
 * Runs of `tend` in several instances, minutes apart, around the moments at which the overlap and the settle time end.
 */
export const overlapEnd: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const { clock, cloud, watch, start } = stage
  const months = luck.between(0, 5)
  for (let month = 0; month < months; month++) await twoKeys(stage, { hours: 130, apartDays: 7 })
  await twoKeys(stage, { hours: 119.8 })
  cloud.faults.listLagSeconds = luck.happens(0.3) ? luck.below(60) : 0
  for (const maxMinutes of [...Array(12).fill(6), ...Array(6).fill(30)]) {
    clock.advance({ minutes: luck.below(maxMinutes) })
    watch.look()
    await start().post({ action: 'tend' })
    watch.look()
  }
  await stage.settle()
  return stage
}
