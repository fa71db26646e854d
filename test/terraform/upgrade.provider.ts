import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { call } from './called.ts'
import { commits, hasModulesBefore, makeModuleBefore, putModule } from './module-before.ts'
import { poll } from './polling.ts'
import { proofs, templateFolder } from './provider.ts'
import { type Stage, setStage } from './stage.ts'

const isThere = await hasModulesBefore()
if (!isThere) process.stdout.write('An upgrade is not tried: this clone has no history back to the modules before.\n')

proofs('an upgrade of a deployment with one key', () => {
  describe.runIf(isThere)('from the module before', () => {
    let before: string
    beforeAll(async () => {
      before = await makeModuleBefore(commits.oneKey)
    })
    afterAll(() => rm(before, { recursive: true, force: true }))

    test('changes functions, CRONs and one policy alone, and no caller is refused or answered 500 meanwhile', async () => {
      const stage = await deployedBefore({
        cron_schedule: '30 4 * * 1',
        max_key_age_days: 9,
        permission_set_names: ['ObjectStorageReadOnly'],
      })
      const { retrievalUrl, rotationUrl, consumerKeys, operatorKey } = await stage.outputs()
      expect((await call(rotationUrl, { token: operatorKey, body: {} })).body).toMatchObject({ rotated: true })
      const [key] = stage.scaleway.iam.apiKeys((await stage.outputs()).applicationId)

      await putModule(templateFolder(), stage.folder)
      const { changes } = await stage.plan()
      expect(changes).toEqual({
        'scaleway_iam_policy.rotator': 'update',
        'scaleway_function.rotation': 'update',
        'scaleway_function.retrieval': 'update',
        'scaleway_function_cron.rotate["default"]': 'update',
        'output.keys': 'create',
        'output.policies': 'create',
        'output.rotate_command': 'update',
        'output.fetch_command': 'update',
      })

      const headers = { 'Cache-Control': 'no-cache' }
      const fetching = poll(async () => {
        const { status, body } = await call(retrievalUrl, { token: consumerKeys.app, headers })
        return `${status} ${body.API_KEY ?? body.error}`
      })
      const looking = poll(async () => {
        const { status, body } = await call(rotationUrl, { token: operatorKey, headers })
        return `${status} ${body.healthy ?? body.error}`
      })
      await fetching.more(3)
      await stage.apply()
      await fetching.more(3)
      const [fetched, looked] = await Promise.all([fetching.stop(), looking.stop()])
      expect([...fetched.answers.keys()]).toEqual([`200 ${key?.accessKey}`])
      expect([...looked.answers.keys()]).toEqual(['200 true'])
      expect((await stage.plan()).changes).toEqual({})
      for (const name of ['key-rotation-rotate', 'key-rotation-tend'])
        expect((await stage.deployments.fire(name)).status).toBe(200)
    })

    test('keeps a bearer without a policy, a paused rotation and an existing secret as they are', async () => {
      const stage = await deployedBefore({ rotation_enabled: false })
      const { iam, secrets } = stage.scaleway
      const application = iam.createApplication({ name: 'ours already' })
      const secret = secrets.createSecret({ name: 'ours already', type: 'key_value' })
      await stage.set({ application_id: application.id, secret_id: secret.id })
      await putModule(before, stage.folder)
      await stage.apply()
      await putModule(templateFolder(), stage.folder)
      expect((await stage.plan()).changes).toEqual({
        'scaleway_iam_policy.rotator': 'update',
        'scaleway_function.rotation': 'update',
        'scaleway_function.retrieval': 'update',
        'output.keys': 'create',
        'output.policies': 'create',
        'output.rotate_command': 'update',
        'output.fetch_command': 'update',
      })
      await stage.apply()
      expect((await stage.plan()).changes).toEqual({})
    })

    async function deployedBefore(variables: Readonly<Record<string, unknown>>): Promise<Stage> {
      const stage = await setStage({ variables })
      onTestFinished(stage.end)
      await putModule(before, stage.folder)
      await stage.apply()
      return stage
    }
  })
})

proofs('an upgrade of a deployment', () => {
  test.runIf(isThere)('of 0.1.0 replaces nothing, and no consumer is refused meanwhile', async () => {
    const stage = await deployedFrom(commits.first, {})
    const { retrievalUrl, rotationUrl, consumerKeys, operatorKey } = await stage.outputs()
    const { body } = await call(rotationUrl, { token: operatorKey, body: {} })
    expect(body).toMatchObject({ rotated: true })
    await putModule(templateFolder(), stage.folder)
    const { changes } = await stage.plan()
    expect(Object.fromEntries(Object.entries(changes).filter(([address]) => !address.startsWith('output.')))).toEqual({
      'scaleway_iam_policy.rotator': 'update',
      'scaleway_function.rotation': 'update',
      'scaleway_function.retrieval': 'update',
      'scaleway_function_cron.rotate["default"]': 'update',
      'scaleway_function_cron.tend[0]': 'update',
    })
    const fetching = poll(async () => {
      const headers = { 'Cache-Control': 'no-cache' }
      const fetched = await call(retrievalUrl, { token: consumerKeys.app, headers })
      return `${fetched.status} ${fetched.body.API_KEY ?? fetched.body.error}`
    })
    await fetching.more(3)
    await stage.apply()
    await fetching.more(3)
    expect([...(await fetching.stop()).answers.keys()]).toEqual([`200 ${body.access_key}`])
    expect((await stage.plan()).changes).toEqual({})
  })

  test.runIf(isThere)(
    'from before provider.tf deploys the functions again, and moves and replaces nothing',
    async () => {
      const keys = { default: { consumers: ['app'] }, billing: { consumers: ['app'] } }
      const stage = await deployedFrom(commits.providerInside, { scw_region: 'fr-par', keys })
      const addresses = async () => (await stage.run('state', 'list')).stdout
      const before = await addresses()
      await putModule(templateFolder(), stage.folder)
      expect((await stage.plan()).changes).toEqual({
        'scaleway_function.rotation': 'update',
        'scaleway_function.retrieval': 'update',
        'output.keys': 'update',
        'output.policies': 'create',
      })
      await stage.apply()
      expect(await addresses()).toBe(before)
      expect((await stage.plan()).changes).toEqual({})
    },
  )

  async function deployedFrom(commit: string, variables: Readonly<Record<string, unknown>>): Promise<Stage> {
    const before = await makeModuleBefore(commit)
    onTestFinished(() => rm(before, { recursive: true, force: true }))
    const stage = await setStage({ variables })
    onTestFinished(stage.end)
    await putModule(before, stage.folder)
    await stage.apply()
    return stage
  }
})
