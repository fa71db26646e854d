import { chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage } from '../harness/stage.ts'

const boundMs = (35 + 2 * 2) * 86_400_000

/** The monthly CRON never fires: the hourly run rotates. */
export const noCron: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const { clock, watch, versions } = stage
  for (let run = 0; run < 45; run++) {
    await stage.cleanHourlyRun()
    clock.advance({ hours: luck.between(10, 48) })
    watch.look()
  }
  await stage.cleanHourlyRun()
  const ageMs = clock.now().getTime() - (versions()[0]?.createdAt.getTime() ?? 0)
  if (ageMs > boundMs) watch.note('every due action is done', 'the rotation is overdue')
  await stage.settle()
  return stage
}
