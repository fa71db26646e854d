import { chance } from '../harness/chance.ts'
import { Intruders } from '../harness/intruders.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { twoKeys } from './begin.ts'

const hours = 24 * 9
const all = ['bearer', 'reader', 'rotator', 'operator', 'consumer', 'monitor'] as const

/**
 * Somebody holds the rotator's key and makes keys with it, for the deployment's own applications or for the bearer: an
 * alarm from the next hourly run on that comes 15 minutes later, until a person deletes them.
 */
export const stolen: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, watchesAll: true })
  const { clock, watch } = stage
  await twoKeys(stage, { hours: luck.below(150) })
  const intruders = new Intruders(stage)
  const endMs = clock.now().getTime() + hours * 3_600_000
  intruders.enter(luck, all)
  while (clock.now().getTime() < endMs) {
    clock.advance({ minutes: luck.one([60, 60, 16, 5, luck.below(1_500)]) })
    if (luck.happens(0.07)) intruders.enter(luck, all)
    await judgedHourlyRun(stage, intruders)
  }
  intruders.leave()
  await judgedHourlyRun(stage, intruders)
  const { status } = await stage.start().status()
  if (status !== 200) watch.note('a key that somebody else made is an alarm', `${status} after all were deleted`)
  await stage.settle()
  return stage
}

async function judgedHourlyRun(stage: Stage, intruders: Intruders): Promise<void> {
  const from = stage.lines.length
  await stage.cleanHourlyRun()
  await intruders.judge(stage.lines.slice(from))
}
