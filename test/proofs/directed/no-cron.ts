import { chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage } from '../harness/stage.ts'

const boundMs = (35 + 2 * 2) * 86_400_000

/** The monthly CRON never fires: ticks rotate by themselves. */
export const noCron: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const { clock, watch, versions } = stage
  for (let tick = 0; tick < 45; tick++) {
    await stage.cleanTick()
    clock.advance({ hours: luck.between(10, 48) })
    watch.look()
  }
  await stage.cleanTick()
  const ageMs = clock.now().getTime() - (versions()[0]?.createdAt.getTime() ?? 0)
  if (ageMs > boundMs) watch.note('what is due is done', 'the rotation is overdue')
  await stage.settle()
  return stage
}
