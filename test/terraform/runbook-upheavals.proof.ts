import { onTestFinished, test } from 'vitest'
import { root } from '../support/built.ts'
import { proofs } from './proofs.ts'
import { runOn, setRunbookStage } from './runbook-stage.ts'
import { upheavals } from './runbook-upheavals.ts'

proofs('the runbook, where a deployment becomes another one', () => {
  for (const { block, title, live } of upheavals) {
    test(`${block}: ${title}`, async () => {
      const world = await setRunbookStage(root)
      onTestFinished(world.stage.end)
      await live(world, runOn(world, block, block !== 'The state is lost 2'))
    })
  }
})
