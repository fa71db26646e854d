import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../scripts/local/identities.ts'
import { misreadByZsh } from '../support/pasted.ts'
import { call } from './called.ts'
import { changeZip } from './changed-zip.ts'
import { proofs } from './provider.ts'
import { functionProcesses, leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'
import { secretKeysIn } from './state.ts'

const noKeyYet = 'keys.default: there is no key to fetch yet.'

proofs('a deployment from apply to destroy', () => {
  let stage: Stage
  let outputs: Awaited<ReturnType<Stage['outputs']>>
  /** What the triggers prove themselves by before any key is replaced. */
  let firstToken: string
  beforeAll(async () => {
    stage = await setStage()
  })
  afterAll(() => stage.end())

  test('after an apply both functions run, both are private, and the next plan is empty, with a warning that there is no key', async () => {
    await stage.apply()
    outputs = await stage.outputs()
    firstToken = sha256(`cron:${(await secretKeysIn(stage)).rotator}`)
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
      expect.objectContaining({
        keys: { default: expect.objectContaining({ status: 200, rotated: true, revision: 1 }) },
      }),
    ])
    const { status, body, headers } = await call(outputs.retrievalUrl, { token: outputs.consumerKeys.app })
    expect([status, headers.get('etag')]).toEqual([200, `"${outputs.secretId}.1"`])
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

  test('the commands of the outputs work as pasted, and the one that rotates does so minutes after a rotation', async () => {
    expect([outputs.rotateCommand, outputs.fetchCommand].flatMap(misreadByZsh)).toEqual([])
    const rotated = await stage.shell(outputs.rotateCommand)
    expect(JSON.parse(rotated.stdout)).toMatchObject({ rotated: true, revision: 2 })
    const fetched = await stage.shell(outputs.fetchCommand)
    expect(JSON.parse(fetched.stdout)).toHaveProperty('API_KEY')
  })

  test('the commands of the outputs work also where only tofu is installed', async () => {
    const tools = 'mkdir tools && ln -s "$(command -v terraform)" tools/tofu'
    const others = 'for tool in awk curl sed; do ln -s "$(command -v $tool)" tools/$tool; done; PATH=$PWD/tools'
    for (const command of [outputs.rotateCommand, outputs.fetchCommand]) {
      const { stdout } = await stage.shell(`${tools} && ${others}; ${command}; /bin/rm -r tools`)
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
      return Date.parse(String(body.overdue_after))
    }
    const before = await due()
    await stage.set({ max_key_age_days: 20 })
    expect((await stage.plan()).changes).toEqual({ 'scaleway_function.rotation': 'update' })
    await stage.apply()
    expect(before - (await due())).toBe(15 * 24 * 3_600_000)
    expect((await stage.plan()).changes).toEqual({})
  })

  test('the key of the rotator is replaced by one command: rotation and both triggers get it before the old one is deleted', async () => {
    const { rotator: old } = await secretKeysIn(stage)
    const key = 'scaleway_iam_api_key.rotator'
    expect((await stage.plan(`-replace=${key}`)).changes).toEqual({
      [key]: 'create,delete',
      'scaleway_function.rotation': 'update',
      'scaleway_function_cron.rotate["default"]': 'update',
      'scaleway_function_cron.tend[0]': 'update',
    })
    stage.scaleway.log.clear()
    await stage.apply(`-replace=${key}`)
    expect(writes()).toEqual([
      'iam.createApiKey',
      'functions.updateFunction',
      'functions.deployFunction',
      'functions.updateCron',
      'functions.updateCron',
      'iam.deleteApiKey',
    ])
    expect(stage.scaleway.authenticates(old)).toBe(false)
    await expectAllWork()
  })

  test('the triggers prove themselves by a hash of the new key, and fire; what proved them before is refused', async () => {
    const { rotator } = await secretKeysIn(stage)
    expect(stage.deployments.crons().map(({ args }) => args)).toEqual(
      expect.arrayContaining([
        { action: 'rotate', keys: ['default'], source: 'cron', token: sha256(`cron:${rotator}`) },
        { action: 'tend', source: 'maintenance', token: sha256(`cron:${rotator}`) },
      ]),
    )
    for (const name of ['key-rotation-rotate', 'key-rotation-tend'])
      expect((await stage.deployments.fire(name)).status).toBe(200)
    const body = { action: 'tend', token: firstToken }
    const refused = await call(outputs.rotationUrl, { token: outputs.operatorKey, body })
    expect([refused.status, refused.body.error]).toEqual([403, 'unknown-caller'])
  })

  test('the key of the reader is replaced by one command, the new one before the old one is deleted', async () => {
    const { reader: old } = await secretKeysIn(stage)
    const key = 'scaleway_iam_api_key.reader'
    expect((await stage.plan(`-replace=${key}`)).changes).toEqual({
      [key]: 'create,delete',
      'scaleway_function.retrieval': 'update',
      // It is told which keys Terraform made.
      'scaleway_function.rotation': 'update',
    })
    stage.scaleway.log.clear()
    await stage.apply(`-replace=${key}`)
    const sent = writes()
    expect([sent.at(0), sent.length, sent.at(-1)]).toEqual(['iam.createApiKey', 6, 'iam.deleteApiKey'])
    expect(stage.scaleway.authenticates(old)).toBe(false)
    await expectAllWork()
  })

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

  /** Without uploads: code does not change here. */
  function writes(): string[] {
    return stage.scaleway.log.entries.filter(({ method }) => method !== 'GET').map(({ operation }) => operation)
  }

  async function expectAllWork(): Promise<void> {
    const fresh = { 'Cache-Control': 'no-cache' }
    expect((await call(outputs.retrievalUrl, { token: outputs.consumerKeys.app, headers: fresh })).status).toBe(200)
    const status = await call(outputs.rotationUrl, { token: outputs.operatorKey })
    expect([status.status, status.body.problems, status.body.unknown_keys]).toEqual([200, [], []])
    expect((await stage.plan()).changes).toEqual({})
  }
})
