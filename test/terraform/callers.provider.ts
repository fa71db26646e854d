import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../scripts/local/identities.ts'
import { allThree, both, startRecorder } from '../support/sent-credentials.ts'
import { call } from './called.ts'
import { proofs } from './provider.ts'
import { type Stage, setStage } from './stage.ts'

proofs('who may call a deployment', () => {
  let stage: Stage
  let outputs: Awaited<ReturnType<Stage['outputs']>>
  beforeAll(async () => {
    stage = await setStage({ variables: { consumers: ['app', 'batch'], monitors: ['uptime'] } })
    await stage.apply()
    outputs = await stage.outputs()
    await call(outputs.rotationUrl, { token: outputs.operatorKey, body: {} })
  })
  afterAll(() => stage.end())

  test('two consumers have a credential each, and both fetch the key', async () => {
    const { app, batch } = outputs.consumerKeys
    expect(app).not.toBe(batch)
    expect(await fetchStatuses(app, batch, outputs.operatorKey)).toEqual([200, 200, 200])
  })

  test('a monitor reads the status and is refused by retrieval', async () => {
    const { uptime: token } = outputs.monitorKeys
    expect((await call(outputs.rotationUrl, { token })).status).toBe(200)
    const fetched = await call(outputs.retrievalUrl, { token })
    expect([fetched.status, fetched.body.error]).toEqual([403, 'monitor'])
  })

  test('the commands of the outputs send a key in both headers, with send_caller_key in three, and nothing is deployed for that', async () => {
    expect(outputs.callerHeaders).toEqual(['X-Auth-Token', 'Authorization'])
    const { operatorKey, consumerKeys } = outputs
    expect(await sentByCommands()).toEqual([both(String(operatorKey)), both(String(consumerKeys.app))])
    await stage.set({ send_caller_key: true })
    expect((await stage.plan()).changes).toEqual({
      'output.caller_headers': 'update',
      'output.fetch_command': 'update',
      'output.rotate_command': 'update',
    })
    await stage.apply()
    outputs = await stage.outputs()
    expect(outputs.callerHeaders).toEqual(['X-Auth-Token', 'Authorization', 'X-Caller-Key'])
    expect(await sentByCommands()).toEqual([allThree(String(operatorKey)), allThree(String(consumerKeys.app))])
    await stage.set({ send_caller_key: false })
    await stage.apply()
    outputs = await stage.outputs()
  })

  test('a consumer that is removed is refused, its identity is deleted, and the other one keeps its credential', async () => {
    const { app, batch } = outputs.consumerKeys
    await stage.set({ consumers: ['app'] })
    expect((await stage.plan()).changes).toEqual({
      'scaleway_iam_application.consumer["batch"]': 'delete',
      'scaleway_iam_policy.caller["consumer-batch"]': 'delete',
      'scaleway_iam_api_key.consumer["batch"]': 'delete',
      'scaleway_function.retrieval': 'update',
      'output.consumer_secret_keys': 'update',
    })
    await stage.apply()
    expect(await fetchStatuses(app, batch)).toEqual([200, 401])
    expect(stage.scaleway.iam.applications().filter(({ name }) => name.endsWith('-batch'))).toEqual([])
    expect((await stage.plan()).changes).toEqual({})
  })

  test('consumer_cidrs restrict consumers to their addresses, and neither operator nor monitors', async () => {
    const { app } = outputs.consumerKeys
    await stage.set({ consumer_cidrs: ['203.0.113.0/24'] })
    await stage.apply()
    expect(await fetchStatuses(app, outputs.operatorKey)).toEqual([403, 200])
    expect((await call(outputs.rotationUrl, { token: outputs.monitorKeys.uptime })).status).toBe(200)
    await stage.set({ consumer_cidrs: ['203.0.113.0/24', '127.0.0.0/8'] })
    await stage.apply()
    expect(await fetchStatuses(app)).toEqual([200])
    expect((await stage.plan()).changes).toEqual({})
  })

  test('with operator_key_sha256 no operator is created, and the one that it names is the only one', async () => {
    const created = outputs.operatorKey
    const own = makeOwnOperator()
    await stage.set({ operator_key_sha256: [sha256(own)] })
    await stage.apply()
    outputs = await stage.outputs()
    expect(outputs.operatorKey).toBeNull()
    expect(stage.scaleway.iam.applications().filter(({ name }) => name.endsWith('-operator'))).toEqual([])
    const request = { force: true, dry_run: true }
    expect((await call(outputs.rotationUrl, { token: own, body: request })).status).toBe(200)
    expect((await call(outputs.rotationUrl, { token: created, body: request })).status).toBe(401)
    const { stdout } = await stage.shell(`TOKEN=${own}; ${outputs.rotateCommand}`)
    expect(JSON.parse(stdout)).toHaveProperty('rotated')
    expect((await stage.plan()).changes).toEqual({})
  })

  /** Pastes both commands with another address in place of the functions', and gives the credentials that arrive there. */
  async function sentByCommands() {
    const recorder = await startRecorder()
    try {
      for (const [command, url] of [
        [outputs.rotateCommand, outputs.rotationUrl],
        [outputs.fetchCommand, outputs.retrievalUrl],
      ] as const)
        await stage.shell(command.replace(url, recorder.url))
      return recorder.credentials()
    } finally {
      await recorder.close()
    }
  }

  async function fetchStatuses(...tokens: readonly (string | null | undefined)[]): Promise<number[]> {
    const statuses: number[] = []
    for (const token of tokens) statuses.push((await call(outputs.retrievalUrl, { token })).status)
    return statuses
  }

  function makeOwnOperator(): string {
    const { iam, projectId } = stage.scaleway
    const { id: applicationId } = iam.createApplication({ name: 'our pipeline' })
    const rules = [{ permissionSetNames: ['FunctionsPrivateAccess'], projectIds: [projectId] }]
    iam.createPolicy({ applicationId, rules })
    return iam.createApiKey({ applicationId }).secretKey
  }
})
