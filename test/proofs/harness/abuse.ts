import type { Instance } from '../../support/rotation.ts'
import { ask } from './ask.ts'
import type { Asked } from './asked.ts'
import type { Chance } from './chance.ts'
import { expectRefused } from './refused.ts'
import type { Stage } from './stage.ts'

/** Somebody asks for something without the right to it: a consumer, a monitor, a stranger, or a CRON for too much. */
export async function abuse(stage: Stage, instance: Instance, luck: Chance): Promise<void> {
  const as = luck.one(['consumer', 'monitor', 'stranger', 'cron'] as const)
  if (luck.happens(0.2) && as !== 'monitor') {
    const { status } = await expectRefused(stage, () => instance.status(as))
    stage.tell(`status by ${as}: ${status}`)
    return
  }
  const tooMuch = [
    { action: 'rotate', force: true, source: 'somebody' },
    { action: 'rollback', revision: stage.served()?.revision ?? 1 },
    { action: 'revoke' },
    { action: 'revoke', dry_run: true },
  ] as const
  const allowedToCron = [{}, { action: 'rotate' }, { action: 'rotate', dry_run: true }, { action: 'tend' }] as const
  const body = luck.one<Asked['body']>(as === 'cron' ? tooMuch : [...tooMuch, ...allowedToCron])
  await ask(stage, instance, { body, as })
}
