import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { root } from '../support/built.ts'
import { runToEnd } from '../terraform/command.ts'
import { terraformEnv } from '../terraform/environment.ts'
import { proofs } from '../terraform/provider.ts'
import { setStage } from '../terraform/stage.ts'
import { mildJourneys } from './terraform-journeys.ts'
import { runOn, type StageWorld, setRunbookStage } from './terraform-stage.ts'

proofs('the runbook, one fault of a deployment after the other', () => {
  let world: StageWorld
  beforeAll(async () => {
    world = await setRunbookStage(root)
  })
  afterAll(() => world.stage.end())

  for (const { block, title, play } of mildJourneys) {
    test(`${block}: ${title}`, () => play(world, runOn(world, block)))
  }

  test('in a folder that was never applied the helpers say so in one sentence', async () => {
    const { folder, end } = await setStage()
    onTestFinished(end)
    const script = `. '${root}scripts/runbook.sh'; echo "status $?"; command -v rotation`
    const { stdout, stderr } = await runToEnd('bash', ['-c', script], { folder, env: terraformEnv(folder) })
    expect(stdout).toBe('status 1\n')
    expect(stderr).toMatch(/^Nothing is applied from this folder and workspace: [^\n│]+\.\n$/)
  })
})
