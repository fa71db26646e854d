import { ask } from './harness/ask.ts'
import type { Asked } from './harness/asked.ts'
import { chance } from './harness/chance.ts'
import { type Life, nothing } from './harness/life.ts'
import { provedByLives } from './harness/lives.ts'
import { expectQuotasUntouched, quotaFigures } from './harness/quotas.ts'
import { createStage } from './harness/stage.ts'

const presses = 40
const hourlyRun: Asked = { body: { action: 'tend' }, as: 'cron' }
const rotate: Asked = { body: { action: 'rotate' }, as: 'operator' }
const forced: Asked = { body: { action: 'rotate', force: true }, as: 'operator' }

/** An operator who presses every ten minutes for hours, with hourly runs in between and, in some, lost answers. */
const pressedAllDay: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const instance = stage.start()
  await ask(stage, instance, hourlyRun)
  for (let nth = 0; nth < presses; nth++) {
    stage.clock.advance({ minutes: luck.one([9, 10, 10, 11, 30]) })
    if (luck.happens(0.5)) stage.cloud.faults.add({ rate: 0.05, fault: { kind: 'lost-after' } })
    if (!without.has(nth)) await ask(stage, instance, luck.one([rotate, forced]))
    stage.cloud.faults.clear()
    if (nth % 6 === 0) await ask(stage, instance, hourlyRun)
    expectQuotasUntouched(stage)
  }
  // Rotations that our own limit blocked succeed again once deleted versions have left the list.
  await stage.settle()
  await stage.settle()
  const { status } = await stage.start().post({ action: 'rotate' }, 'operator')
  if (status !== 200) stage.watch.note('no quota is exceeded', `a rotation two weeks later answered ${status}`)
  return stage
}

/** Quotas while an operator forces rotations. */
export const operatorForces = provedByLives({
  name: 'operator-forces',
  does: 'an operator rotates or forces every ten minutes for nine hours, sometimes with lost answers',
  promises: 'no quota is reached, every invariant holds, a rotation works again',
  life: pressedAllDay,
  lives: { share: 10, full: 200 },
  livesPerPiece: 2,
  parts: presses,
  figures: quotaFigures,
  remark: ({ rotations = 0, 'most versions': versions = 0, 'most keys': keys = 0, asked = 0 }) =>
    `${asked} calls made ${rotations} rotations; at most ${versions} versions and ${keys} keys at a time`,
})
