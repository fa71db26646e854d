import { afterAll, beforeAll, test } from 'vitest'
import { root } from '../support/built.ts'
import { proofs } from '../terraform/provider.ts'
import { mildJourneys } from './terraform-journeys.ts'
import { runOn, type StageWorld, setRunbookStage } from './terraform-stage.ts'

proofs('the runbook, one trouble of a deployment after the other', () => {
  let world: StageWorld
  beforeAll(async () => {
    world = await setRunbookStage(root)
  })
  afterAll(() => world.stage.end())

  for (const { block, title, live } of mildJourneys) {
    test(`${block}: ${title}`, () => live(world, runOn(world, block)))
  }
})
