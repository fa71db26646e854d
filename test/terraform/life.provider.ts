import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from './called.ts'
import { changeZip } from './changed-zip.ts'
import { proofs } from './provider.ts'
import { functionProcesses, leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'
import { secretKeysIn } from './state.ts'

const noKeyYet = 'There is no key to fetch yet.'

proofs('a deployment from apply to destroy', () => {
  let stage: Stage
  let outputs: Awaited<ReturnType<Stage['outputs']>>
  beforeAll(async () => {
    stage = await setStage()
  })
  afterAll(() => stage.end())

  test('after an apply both functions run, both are private, and the next plan is empty, with a warning that there is no key', async () => {
    await stage.apply()
    outputs = await stage.outputs()
    expect(
      stage.deployments
        .functions()
        .map(({ name, status }) => `${name} ${status}`)
        .toSorted(),
    ).toEqual(['key-rotation-retrieval ready', 'key-rotation-rotation ready'])
    expect((await call(outputs.rotationUrl)).status).toBe(403)
    expect((await call(outputs.retrievalUrl)).status).toBe(403)
    const { changes, text } = await stage.plan()
    expect(changes).toEqual({})
    expect(text).toContain(noKeyYet)
  })

  test('the monthly CRON makes a working key, retrieval serves it, and the plan stays empty without a warning', async () => {
    const fired = await stage.deployments.fire('key-rotation-rotate')
    expect([fired.status, JSON.parse(fired.body)]).toEqual([
      200,
      expect.objectContaining({ rotated: true, revision: 1 }),
    ])
    const { status, body, headers } = await call(outputs.retrievalUrl, { token: outputs.consumerKeys.app })
    expect([status, headers.get('etag')]).toEqual([200, '"1"'])
    expect(stage.scaleway.authenticates(String(body.SECRET_KEY))).toBe(true)
    expect(stage.scaleway.iam.apiKeys(outputs.applicationId).map(key => key.accessKey)).toEqual([body.API_KEY])
    const { changes, text } = await stage.plan()
    expect(changes).toEqual({})
    expect(text).not.toContain('Warning')
  })

  test('the hourly CRON finds nothing to do', async () => {
    const fired = await stage.deployments.fire('key-rotation-tend')
    expect([fired.status, JSON.parse(fired.body)]).toEqual([200, expect.objectContaining({ reason: 'not-due' })])
  })

  test('the commands of the outputs work as pasted', async () => {
    for (const command of [outputs.rotateCommand, outputs.fetchCommand]) {
      const { stdout } = await stage.shell(command)
      expect(JSON.parse(stdout)).toHaveProperty(command === outputs.rotateCommand ? 'rotated' : 'API_KEY')
    }
  })

  test('a changed zip is deployed again, and nothing else is', async () => {
    const before = processes()
    await changeZip(join(stage.folder, 'dist/retrieval.zip'))
    expect((await stage.plan()).changes).toEqual({ 'scaleway_function.retrieval': 'update' })
    await stage.apply()
    const { status, headers } = await call(outputs.retrievalUrl, { token: outputs.consumerKeys.app })
    expect([status, headers.get('x-changed')]).toEqual([200, 'yes'])
    expect(processes()['key-rotation-rotation']).toBe(before['key-rotation-rotation'])
    expect((await stage.plan()).changes).toEqual({})
  })

  test('a changed variable changes the function that it belongs to, and nothing else', async () => {
    const due = async () => {
      const { body } = await call(outputs.rotationUrl, { token: outputs.operatorKey })
      return Date.parse(String(body.next_rotation_due))
    }
    const before = await due()
    await stage.set({ max_key_age_days: 20 })
    expect((await stage.plan()).changes).toEqual({ 'scaleway_function.rotation': 'update' })
    await stage.apply()
    expect(before - (await due())).toBe(15 * 24 * 3_600_000)
    expect((await stage.plan()).changes).toEqual({})
  })

  test.each([
    ['rotator', 'rotation'],
    ['reader', 'retrieval'],
  ] as const)(
    'the key of the %s is replaced by one command, the new one before the old one is deleted, and both functions work',
    async (role, name) => {
      const { [role]: old } = await secretKeysIn(stage)
      const key = `scaleway_iam_api_key.${role}`
      const replaced = await stage.plan(`-replace=${key}`)
      expect(replaced.changes).toEqual({ [key]: 'create,delete', [`scaleway_function.${name}`]: 'update' })
      stage.scaleway.log.clear()
      await stage.apply(`-replace=${key}`)
      expect(keyAndFunctionWrites()).toEqual([
        'iam.createApiKey',
        'functions.updateFunction',
        'functions.deployFunction',
        'iam.deleteApiKey',
      ])
      expect(stage.scaleway.authenticates(old)).toBe(false)
      const fresh = { 'Cache-Control': 'no-cache' }
      expect((await call(outputs.retrievalUrl, { token: outputs.consumerKeys.app, headers: fresh })).status).toBe(200)
      expect((await call(outputs.rotationUrl, { token: outputs.operatorKey })).status).toBe(200)
      expect((await stage.plan()).changes).toEqual({})
    },
  )

  test('the key of the operator is replaced the same way, and both functions accept the new one', async () => {
    const key = 'scaleway_iam_api_key.operator[0]'
    const old = outputs.operatorKey
    await stage.apply(`-replace=${key}`)
    outputs = await stage.outputs()
    const request = { force: true, dry_run: true }
    expect((await call(outputs.rotationUrl, { token: old, body: request })).status).toBe(401)
    expect((await call(outputs.rotationUrl, { token: outputs.operatorKey, body: request })).status).toBe(200)
    expect((await call(outputs.retrievalUrl, { token: outputs.operatorKey })).status).toBe(200)
    expect((await stage.plan()).changes).toEqual({})
  })

  test('destroy leaves only the secret, which is scheduled for deletion, and no process', async () => {
    expect(functionProcesses()).toHaveLength(2)
    await stage.destroy()
    expect(await leftOver(stage)).toEqual(nothing)
    expect(stage.scaleway.secrets.secret(outputs.secretId).deletionRequestedAt).toBeInstanceOf(Date)
    expect(functionProcesses()).toEqual([])
    await expect(fetch(outputs.rotationUrl)).rejects.toThrow()
  })

  test('the local Scaleway knew every call of the provider', () => {
    expect(stage.scaleway.log.unknown()).toEqual([])
  })

  function processes() {
    return Object.fromEntries(stage.deployments.functions().map(({ name, processId }) => [name, processId]))
  }

  function keyAndFunctionWrites(): string[] {
    return stage.scaleway.log.entries
      .filter(({ method, operation }) => method !== 'GET' && /ApiKey|Function$/.test(operation))
      .map(({ operation }) => operation)
  }
})
