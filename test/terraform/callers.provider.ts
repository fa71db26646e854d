import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
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

  test('each role may do what is its own at each function, and a caller of no role nothing', async () => {
    const { operatorKey, consumerKeys, monitorKeys } = outputs
    const reaches = async (token: string | null | undefined) => [
      await answerOf(outputs.retrievalUrl, { token }),
      await answerOf(outputs.rotationUrl, { token }),
      await answerOf(outputs.rotationUrl, { token, body: { dry_run: true } }),
      await answerOf(outputs.rotationUrl, { token, body: { action: 'revoke', dry_run: true } }),
    ]
    expect(await reaches(operatorKey)).toEqual(['200', '200', '200', '200'])
    expect(await reaches(consumerKeys.app)).toEqual(['200', ...Array(3).fill('403 operator-only')])
    expect(await reaches(monitorKeys.uptime)).toEqual(['403 monitor', '200', ...Array(2).fill('403 operator-only')])
    expect(await reaches(makeAdmitted())).toEqual(Array(4).fill('403 unknown-caller'))
    // The platform itself: no code of ours.
    expect(await reaches(undefined)).toEqual(Array(4).fill('403'))
  })

  test('headers that contradict each other name nobody, whichever of the two keys is a right one', async () => {
    const { operatorKey, consumerKeys } = outputs
    for (const url of [outputs.rotationUrl, outputs.retrievalUrl])
      for (const [token, other] of [
        [consumerKeys.app, operatorKey],
        [operatorKey, consumerKeys.app],
        [operatorKey, crypto.randomUUID()],
      ])
        expect(await answerOf(url, { token, headers: { Authorization: `Bearer ${other}` } })).toBe('403 unknown-caller')
  })

  test('the commands of the outputs send a key in both headers, with send_caller_key in three, and nothing is deployed for that', async () => {
    expect(outputs.callerHeaders).toEqual(['X-Auth-Token', 'Authorization'])
    const { operatorKey, consumerKeys } = outputs
    expect(await sentByCommands()).toEqual([both(String(operatorKey)), both(String(consumerKeys.app))])
    await stage.set({ send_caller_key: true })
    expect((await stage.plan()).changes).toEqual({
      'output.caller_headers': 'update',
      'output.fetch_command': 'update',
      'output.keys': 'update',
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
      'scaleway_function.rotation': 'update',
      'output.consumer_secret_keys': 'update',
      'output.keys': 'update',
      'output.policies': 'update',
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
    const own = makeAdmitted()
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

  /** The status and, of a function's refusal, its code. */
  async function answerOf(...[url, given]: Parameters<typeof call>): Promise<string> {
    const { status, body } = await call(url, given)
    return [status, body.error].filter(part => part !== undefined).join(' ')
  }

  /** Gives the key of an application that the platform admits to every function, and Terraform does not know. */
  function makeAdmitted(): string {
    const { iam, projectId } = stage.scaleway
    const { id: applicationId } = iam.createApplication({ name: 'our pipeline' })
    const rules = [{ permissionSetNames: ['FunctionsPrivateAccess'], projectIds: [projectId] }]
    iam.createPolicy({ applicationId, rules })
    return iam.createApiKey({ applicationId }).secretKey
  }
})

proofs('behind a gate that keeps both credential headers', () => {
  test('callers are refused by both functions, until send_caller_key lets the commands of the outputs send a third', async () => {
    const stage = await setStage({ readings: { credentialHeaders: 'neither' } })
    onTestFinished(stage.end)
    await stage.apply()
    const without = await stage.outputs()
    for (const command of [without.rotateCommand, without.fetchCommand]) {
      const { stdout } = await stage.shell(command)
      expect(JSON.parse(stdout)).toMatchObject({ error: 'no-credential' })
    }
    // The triggers do not depend on a header.
    expect((await stage.deployments.fire('key-rotation-rotate')).status).toBe(200)
    await stage.set({ send_caller_key: true })
    await stage.apply()
    const { rotateCommand, fetchCommand } = await stage.outputs()
    expect(JSON.parse((await stage.shell(rotateCommand)).stdout)).toHaveProperty('rotated')
    expect(JSON.parse((await stage.shell(fetchCommand)).stdout)).toHaveProperty('API_KEY')
  })
})
