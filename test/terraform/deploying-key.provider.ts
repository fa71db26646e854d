import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { FakeScaleway, NewRule } from '../fake-scaleway/index.ts'
import { without } from './applied-policies.ts'
import { proofs } from './provider.ts'
import { leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'

/** What docs/deploy.md gives the deploying key, with the step and the call that is refused without each. */
const organizationSets = {
  IAMApplicationManager: ['apply', 'iam.createApplication'],
  IAMPolicyManager: ['apply', 'iam.createPolicy'],
} as const
const projectSets = {
  FunctionsFullAccess: ['apply', 'functions.createNamespace'],
  SecretManagerReadOnly: ['apply', 'secrets.getSecret'],
  SecretManagerSecretCreate: ['apply', 'secrets.createSecret'],
  SecretManagerSecretWrite: ['change', 'secrets.updateSecret'],
  SecretManagerSecretDelete: ['destroy', 'secrets.deleteSecret'],
} as const

/** What docs/deploy.md gives a pipeline that renews credentials, and one that plans alone. */
const pipelines = {
  renews: {
    organization: ['IAMApplicationManager', 'IAMPolicyReadOnly'],
    project: ['FunctionsFullAccess', 'SecretManagerReadOnly'],
  },
  plans: { organization: ['IAMReadOnly'], project: ['FunctionsReadOnly', 'SecretManagerReadOnly'] },
} as const

const steps = {
  apply: ['apply', '-auto-approve'],
  change: ['apply', '-auto-approve', '-var=tags=["changed"]'],
  destroy: ['destroy', '-auto-approve'],
} as const

proofs('the deploying key', () => {
  test('applies, plans, changes and destroys with the sets that docs/deploy.md lists', async () => {
    const { stage } = await stageOfDeployer()
    await stage.apply()
    expect((await stage.plan()).changes).toEqual({})
    await stage.apply('-var=tags=["changed"]')
    await stage.destroy()
    expect(await leftOver(stage)).toEqual({ ...nothing, applications: 1, keys: 1, policies: 1 })
  })

  test('is enough with fewer sets in a pipeline: to renew every credential, or to plan and warn', async () => {
    const { stage, policyId } = await stageOfDeployer()
    await stage.apply()
    const { iam, organizationId, projectId } = stage.scaleway
    const give = ({ organization, project }: (typeof pipelines)['renews' | 'plans']) =>
      iam.updatePolicy(policyId, {
        rules: [
          { permissionSetNames: organization, organizationId },
          { permissionSetNames: project, projectIds: [projectId] },
        ],
      })
    await stage.set({ function_key_months: 1, consumer_key_generations: [1, 2] })
    give(pipelines.plans)
    expect(Object.keys((await stage.plan()).changes).length).toBeGreaterThan(0)
    expect((await stage.run('apply', '-auto-approve')).stderr).toContain('insufficient permissions')
    give(pipelines.renews)
    await stage.apply()
    await stage.set({ consumer_key_generations: [2] })
    await stage.apply()
    expect((await stage.plan()).changes).toEqual({})
  })

  const sets = Object.entries({ ...organizationSets, ...projectSets })
  test.each(sets)('without %s the step and call %j are refused', async (set, [step, operation]) => {
    const { stage, rules, policyId } = await stageOfDeployer()
    if (step !== 'apply') await stage.apply()
    stage.scaleway.iam.updatePolicy(policyId, { rules: without(rules, set) })
    stage.scaleway.log.clear()
    expect(await refusedCalls(stage, steps[step])).toEqual([operation])
  })
})

/**
 * Runs a step until it is refused: the provider repeats a refused call about secrets for two minutes
 * (docs/scaleway.md#provider-retries).
 */
async function refusedCalls({ scaleway, interruptible }: Stage, args: readonly string[]): Promise<string[]> {
  const refused = () => scaleway.log.entries.filter(({ status }) => status === 403).map(({ operation }) => operation)
  const interrupt = new AbortController()
  let isOver = false
  const run = interruptible(interrupt.signal, ...args).finally(() => {
    isOver = true
  })
  while (!isOver && refused().length === 0) await pause(50)
  interrupt.abort()
  expect((await run).code).not.toBe(0)
  return [...new Set(refused())]
}

async function stageOfDeployer() {
  let deployer: ReturnType<typeof makeDeployer> | undefined
  const stage = await setStage({
    deployer: scaleway => {
      deployer = makeDeployer(scaleway)
      return deployer.key
    },
  })
  onTestFinished(stage.end)
  if (deployer === undefined) throw new Error('the stage was given no deployer')
  return { stage, rules: deployer.rules, policyId: deployer.policyId }
}

function makeDeployer({ iam, organizationId, projectId }: FakeScaleway) {
  const { id: applicationId } = iam.createApplication({ name: 'deployer' })
  const rules: NewRule[] = [
    { permissionSetNames: Object.keys(organizationSets), organizationId },
    { permissionSetNames: Object.keys(projectSets), projectIds: [projectId] },
  ]
  const { id: policyId } = iam.createPolicy({ applicationId, rules })
  return { key: iam.createApiKey({ applicationId }), rules, policyId }
}
