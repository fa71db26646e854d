import { abuse } from '../harness/abuse.ts'
import { ask } from '../harness/ask.ts'
import type { Asked } from '../harness/asked.ts'
import { chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage } from '../harness/stage.ts'
import { twoKeys } from './begin.ts'

/**
 * Callers without a right ask for everything, over and over: they change nothing, cost Scaleway no call, and delay
 * neither the CRON nor the operator.
 */
export const unentitled: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const { clock, start, watch, served } = stage
  await twoKeys(stage, { hours: luck.below(200) })
  const before = served()?.revision
  const instance = start()
  for (let call = 0; call < 30; call++) {
    clock.advance({ seconds: luck.below(100) })
    await abuse(stage, instance, luck)
  }
  watch.look()
  if (served()?.revision !== before) watch.note('whoever has no right is refused', 'another revision is served')
  clock.advance({ minutes: 11 })
  const asked = luck.one<Asked>([
    { body: { action: 'rotate' }, as: 'operator' },
    { body: { action: 'rotate' }, as: 'cron' },
    { body: { action: 'rotate', force: true }, as: 'operator' },
  ])
  const answered = await ask(stage, instance, asked)
  if (answered?.body.rotated !== true) watch.note('every due action is done', `after many calls: ${answered?.status}`)
  await stage.settle()
  return stage
}
