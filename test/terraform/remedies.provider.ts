import { afterAll, beforeAll, expect, test } from 'vitest'
import { appliedRules } from './applied-policies.ts'
import { proofs } from './provider.ts'
import { type Stage, setStage } from './stage.ts'

proofs('the settings for a platform that allows less than is documented', () => {
  let stage: Stage
  let bound: ReturnType<typeof rules>
  beforeAll(async () => {
    stage = await setStage()
    await stage.apply()
    bound = rules()
  })
  afterAll(() => stage.end())

  test('without bind_to_secrets rotator and reader keep their rights, without a condition', async () => {
    await stage.set({ bind_to_secrets: false })
    expect((await stage.plan()).changes).toEqual(bothPolicies)
    await stage.apply()
    expect(rules()).toEqual({ rotator: unconditional(bound.rotator), reader: unconditional(bound.reader) })
    expect(bound.reader.every(({ condition }) => condition?.includes('resource.id'))).toBe(true)
    expect((await stage.plan()).changes).toEqual({})
  })

  test('extra sets join the rule of their scope, and go again with the setting', async () => {
    await stage.set({
      bind_to_secrets: true,
      rotator_extra_permission_sets: ['SecretManagerFullAccess', 'IAMReadOnly'],
    })
    await stage.apply()
    const extended = rules()
    expect(extended.reader).toEqual(bound.reader)
    expect(extended.rotator.map(({ permissionSetNames }) => permissionSetNames.toSorted())).toEqual([
      ['IAMApplicationManager', 'IAMReadOnly'],
      ['SecretManagerReadOnly'],
      ['SecretManagerSecretCreate'],
      ['SecretManagerFullAccess', 'SecretManagerSecretDelete', 'SecretManagerSecretWrite'],
    ])
    expect(extended.rotator.map(({ condition }) => condition)).toEqual(bound.rotator.map(({ condition }) => condition))
    expect((await stage.plan()).changes).toEqual({})

    await stage.set({ rotator_extra_permission_sets: [] })
    await stage.apply()
    expect(rules()).toEqual(bound)
  })

  function rules() {
    return { rotator: appliedRules(stage.scaleway, 'rotator'), reader: appliedRules(stage.scaleway, 'reader') }
  }
})

const bothPolicies = {
  'scaleway_iam_policy.rotator': 'update',
  'scaleway_iam_policy.reader': 'update',
  'output.policies': 'update',
}

function unconditional<Rule extends object>(given: readonly Rule[]) {
  return given.map(rule => ({ ...rule, condition: '' }))
}
