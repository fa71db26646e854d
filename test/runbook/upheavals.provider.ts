import { expect, onTestFinished, test } from 'vitest'
import { root } from '../support/built.ts'
import { call } from '../terraform/called.ts'
import { proofs } from '../terraform/provider.ts'
import { secretKeysIn } from '../terraform/state.ts'
import { publish } from './published.ts'
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
    expect((await says('rotation')).problems).toMatchObject([
      { code: 'credential-expires-soon' },
      { code: 'rotator-key-expires-soon' },
    ])
    const before = Object.entries(await secretKeysIn(stage))
    await stage.set({ function_key_expires_at: inDays(100) })
    await stage.apply()
    const after = await secretKeysIn(stage)
    expect(before.filter(([name, key]) => after[name] === key)).toEqual([])
    expect((await says('rotation')).problems).toEqual([])
    expect(await says('retrieval as app')).toHaveProperty('API_KEY')
  })

  test('a key that was removed comes back with its restored secret, which the name needs, and a new application', async () => {
    const { stage, past, says, owner, retrievalUrl } = await setRunbookStage(root)
    onTestFinished(stage.end)
    const { secrets, region } = stage.scaleway
    const consumers = ['app']
    await stage.set({ keys: { default: { consumers }, billing: { consumers } } })
    await stage.apply()
    const { secret_id: id = '', application_id: removed = '' } = (await stage.outputs()).keys.billing ?? {}
    publish({ ...past, applicationId: removed, secretId: id }, 24)
    await stage.set({ keys: { default: { consumers } } })
    await stage.apply()
    await stage.set({ keys: { default: { consumers }, billing: { consumers } } })
    const refused = await stage.run('apply', '-auto-approve', '-no-color')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('name')])
    await owner('POST', `/secret-manager/v1beta1/regions/${region}/secrets/${id}/restore`, {})
    await stage.set({ keys: { default: { consumers }, billing: { consumers, secret: { id } } } })
    await stage.apply()
    expect((await stage.outputs()).keys.billing?.application_id).not.toBe(removed)
    const made = await says('rotation', { keys: ['billing'] })
    expect(made).toMatchObject({ keys: { billing: { rotated: true, revision: 2 } } })
    const token = (await stage.outputs()).consumerKeys.app
    expect((await call(`${retrievalUrl}/billing`, { token })).body).toHaveProperty('API_KEY')
    expect(secrets.versions(id).map(({ status }) => status)).toEqual(['enabled', 'disabled'])
  })
})
