import { expect, onTestFinished, test } from 'vitest'
import { root } from '../support/built.ts'
import { proofs } from '../terraform/provider.ts'
import { secretKeysIn } from '../terraform/state.ts'
import { runOn, setRunbookStage } from './terraform-stage.ts'
import { upheavals } from './upheavals.ts'

proofs('the runbook, where another deployment is made', () => {
  for (const { block, title, play } of upheavals) {
    test(`${block}: ${title}`, async () => {
      const world = await setRunbookStage(root)
      onTestFinished(world.stage.end)
      await play(world, runOn(world, block))
    })
  }

  test('a later expiry of the functions’ keys replaces all of them, and the deployment goes on', async () => {
    const { stage, says } = await setRunbookStage(root)
    onTestFinished(stage.end)
    const inDays = (days: number) => new Date(Date.now() + days * 24 * 3_600_000).toISOString()
    await stage.set({ function_key_expires_at: inDays(10) })
    await stage.apply()
    expect((await says('rotation')).problems).toMatchObject([{ code: 'rotator-key-expires-soon' }])
    const before = Object.entries(await secretKeysIn(stage))
    await stage.set({ function_key_expires_at: inDays(100) })
    await stage.apply()
    const after = await secretKeysIn(stage)
    expect(before.filter(([name, key]) => after[name] === key)).toEqual([])
    expect((await says('rotation')).problems).toEqual([])
    expect(await says('retrieval as app')).toHaveProperty('API_KEY')
  })
})
