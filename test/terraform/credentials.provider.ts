import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { call } from './called.ts'
import { commits, hasModulesBefore, makeModuleBefore, putModule } from './module-before.ts'
import type { Outputs } from './outputs.ts'
import { poll } from './polling.ts'
import { proofs, templateFolder } from './provider.ts'
import { leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'
import { resourcesIn, secretKeysIn } from './state.ts'

const credentialsForm = v.array(v.object({ name: v.string() }))
const fresh = { 'Cache-Control': 'no-cache' }
const dayMs = 24 * 3_600_000
const isThere = await hasModulesBefore()

proofs('function_key_months', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage({ variables: { function_key_months: 3 } })
    await setMonth(stage, '2100-11')
    await stage.apply()
    const { rotationUrl, operatorKey } = await stage.outputs()
    expect((await call(rotationUrl, { token: operatorKey, body: {} })).body).toMatchObject({ rotated: true })
  })
  afterAll(() => stage.end())

  test('gives rotator and reader the end of the period after this one, and a plan within this one is empty', async () => {
    for (const month of ['2100-10', '2100-11', '2100-12']) {
      await setMonth(stage, month)
      const { changes, text } = await stage.plan()
      expect([changes, text]).toEqual([{}, expect.not.stringContaining('Warning')])
    }
    expect(await ends(stage)).toEqual({
      rotator: '2101-04-01',
      reader: '2101-04-01',
      'consumer["app"]': null,
      'operator[0]': null,
    })
  })

  test.each([
    ['2101-01', '2101-07-01'],
    ['2101-05', '2101-10-01'],
    ['2101-07', '2102-01-01'],
  ])(
    'has both keys replaced by the first apply of a new period, here of %s, and nobody is refused',
    async (month, end) => {
      const { rotator, reader } = await secretKeysIn(stage)
      await setMonth(stage, month)
      const { changes, text } = await stage.plan()
      expect(changes).toEqual(renewal)
      expect(oneLine(text)).toMatch(
        /A new period of function_key_months has begun: .* which end at 210\d-\d\d-01T00:00:00Z/,
      )
      const callers = await pollCallers(stage)
      stage.scaleway.log.clear()
      await stage.apply()
      expect(await callers.answers()).toEqual(answered)
      const writes = stage.scaleway.log.entries
        .filter(({ method }) => method !== 'GET')
        .map(({ operation }) => operation)
      expect([writes.indexOf('iam.deleteApiKey') > writes.lastIndexOf('functions.updateCron'), writes.at(-1)]).toEqual([
        true,
        'iam.deleteApiKey',
      ])
      expect([rotator, reader].map(stage.scaleway.authenticates)).toEqual([false, false])
      expect(await ends(stage)).toMatchObject({ rotator: end, reader: end })
      const { changes: next, text: after } = await stage.plan()
      expect([next, after]).toEqual([{}, expect.not.stringContaining('Warning')])
      for (const name of ['key-rotation-rotate', 'key-rotation-tend'])
        expect((await stage.deployments.fire(name)).status).toBe(200)
    },
  )

  test('has a plan warn in other words in the last month, and after it', async () => {
    for (const month of ['2101-12', '2102-03']) {
      await setMonth(stage, month)
      const { changes, text } = await stage.plan()
      expect(changes).toEqual(renewal)
      expect(oneLine(text)).toContain('in their last month, or have ended. After 2102-01-01T00:00:00Z nothing rotates')
      expect(text).not.toContain('A new period')
    }
  })

  test('stands in the way neither of an apply that makes a deleted function again nor of a destroy', async () => {
    const { id } = stage.deployments.functions().find(({ name }) => name === 'key-rotation-rotation') ?? {}
    const deleted = await fetch(`${stage.url}/functions/v1beta1/regions/fr-par/functions/${id}`, {
      method: 'DELETE',
      headers: { 'X-Auth-Token': stage.scaleway.owner.secretKey },
    })
    expect(deleted.ok).toBe(true)
    await stage.apply()
    expect((await stage.plan()).changes).toEqual({})
    await stage.destroy()
    expect(await leftOver(stage)).toEqual(nothing)
  })
})

proofs('consumer_key_generations', () => {
  test('replaces every caller’s credential without refusing anybody, and leaves the older ones where they are until they are removed', async () => {
    const stage = await newStage({ consumers: ['app', 'batch'], monitors: ['uptime'] })
    await stage.apply()
    const first = await stage.outputs()
    expect((await call(first.rotationUrl, { token: first.operatorKey, body: {} })).status).toBe(200)
    const callers = await pollCallers(stage)

    await stage.set({ consumer_key_generations: [1, 2] })
    expect((await stage.plan()).changes).toEqual({
      'scaleway_iam_api_key.caller["consumer-app#2"]': 'create',
      'scaleway_iam_api_key.caller["consumer-batch#2"]': 'create',
      'scaleway_iam_api_key.caller["monitor-uptime#2"]': 'create',
      'scaleway_iam_api_key.caller["operator#2"]': 'create',
      ...bothFunctions,
      ...newSecretKeys,
    })
    await stage.apply()
    expect((await stage.plan()).changes).toEqual({})
    const second = await stage.outputs()
    expect(await opens(first)).toEqual({ operator: [200, 200], app: 200, batch: 200, uptime: 200 })
    expect(await opens(second)).toEqual({ operator: [200, 200], app: 200, batch: 200, uptime: 200 })
    expect(keysOf(second)).not.toEqual(expect.arrayContaining(keysOf(first)))
    const { body } = await call(first.rotationUrl, { token: second.monitorKeys.uptime })
    expect(body).toMatchObject({ healthy: true, unknown_keys: [], problems: [] })
    const twice = (name: string) => [name, name]
    const ofCallers = ['consumer-app', 'consumer-batch', 'monitor-uptime', 'operator'].flatMap(twice)
    expect(
      v
        .parse(credentialsForm, body.credentials)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([...ofCallers, 'reader', 'rotator'])
    // The commands to paste take the new one, and here it is handed out.
    expect(JSON.parse((await stage.shell(second.fetchCommand)).stdout)).toHaveProperty('API_KEY')
    callers.use(second)

    await stage.set({ consumer_key_generations: [2] })
    expect((await stage.plan()).changes).toEqual({
      'scaleway_iam_api_key.consumer["app"]': 'delete',
      'scaleway_iam_api_key.consumer["batch"]': 'delete',
      'scaleway_iam_api_key.monitor["uptime"]': 'delete',
      'scaleway_iam_api_key.operator[0]': 'delete',
      ...bothFunctions,
    })
    await stage.apply()
    expect(await callers.answers()).toEqual(answered)
    expect(await opens(first)).toEqual({ operator: [401, 401], app: 401, batch: 401, uptime: 401 })
    expect(await opens(second)).toEqual({ operator: [200, 200], app: 200, batch: 200, uptime: 200 })
    expect((await stage.plan()).changes).toEqual({})

    await stage.set({ consumer_key_generations: [3, 2] })
    expect((await stage.plan()).changes).toMatchObject({ 'scaleway_iam_api_key.caller["consumer-app#3"]': 'create' })
    await stage.apply()
    await stage.set({ consumer_key_generations: [3] })
    await stage.apply()
    expect(await opens(second)).toEqual({ operator: [401, 401], app: 401, batch: 401, uptime: 401 })
    expect(await opens(await stage.outputs())).toEqual({ operator: [200, 200], app: 200, batch: 200, uptime: 200 })
  })
})

proofs('an organization that enforces a maximum lifetime of keys', () => {
  test('works with both: no apply is refused, and each new generation ends later than the one before', async () => {
    const stage = await newStage({ function_key_months: 3 })
    stage.scaleway.iam.setMaxApiKeyExpirationSeconds((190 * dayMs) / 1000)
    const refused = await stage.run('apply', '-auto-approve', '-no-color')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('maximum duration')])

    const [near, far] = [inDays(100), inDays(180)]
    await stage.set({ function_key_expires_at: near })
    await stage.apply()
    expect(
      (await call((await stage.outputs()).rotationUrl, { token: (await stage.outputs()).operatorKey, body: {} })).body,
    ).toMatchObject({ rotated: true })
    const callers = await pollCallers(stage)
    await stage.set({ consumer_key_generations: [1, 2], consumer_key_expires_at: { 2: far } })
    await stage.apply()
    callers.use(await stage.outputs())
    await stage.set({ consumer_key_generations: [2] })
    await stage.apply()
    expect(await callers.answers()).toEqual(answered)
    const [day] = far.split('T')
    expect(await ends(stage)).toMatchObject({ 'caller["consumer-app#2"]': day, 'caller["operator#2"]': day })
    expect((await stage.plan()).changes).toEqual({})
  })
})

proofs('an existing deployment', () => {
  test.runIf(isThere)('is upgraded, then has both switched on, and nobody is refused', async () => {
    const before = await makeModuleBefore(commits.oneKey)
    onTestFinished(() => rm(before, { recursive: true, force: true }))
    const stage = await newStage({})
    await putModule(before, stage.folder)
    await stage.apply()
    const { rotationUrl, operatorKey } = await stage.outputs()
    expect((await call(rotationUrl, { token: operatorKey, body: {} })).body).toMatchObject({ rotated: true })
    await putModule(templateFolder(), stage.folder)
    await stage.apply()

    const callers = await pollCallers(stage)
    await stage.set({ function_key_months: 3, consumer_key_generations: [1, 2] })
    const { changes, text } = await stage.plan()
    const { 'output.monitor_secret_keys': _, ...changedOutputs } = newSecretKeys
    expect(changes).toEqual({
      ...renewal,
      'scaleway_iam_api_key.caller["consumer-app#2"]': 'create',
      'scaleway_iam_api_key.caller["operator#2"]': 'create',
      ...changedOutputs,
    })
    expect(text).not.toContain('Warning: Check')
    await stage.apply()
    callers.use(await stage.outputs())
    await stage.set({ consumer_key_generations: [2] })
    await stage.apply()
    expect(await callers.answers()).toEqual(answered)
    expect((await stage.plan()).changes).toEqual({})
  })
})

/** What a new period changes. */
const renewal = {
  'scaleway_iam_api_key.rotator': 'create,delete',
  'scaleway_iam_api_key.reader': 'create,delete',
  'scaleway_function.rotation': 'update',
  'scaleway_function.retrieval': 'update',
  'scaleway_function_cron.rotate["default"]': 'update',
  'scaleway_function_cron.tend[0]': 'update',
}
const bothFunctions = { 'scaleway_function.rotation': 'update', 'scaleway_function.retrieval': 'update' }
const newSecretKeys = {
  'output.consumer_secret_keys': 'update',
  'output.monitor_secret_keys': 'update',
  'output.operator_secret_key': 'update',
}

/** What consumer and operator are answered all the while. */
const answered = { consumer: ['200'], operator: ['200 true'] }

/** Has a consumer fetch the key, and the operator look at the status, again and again. */
async function pollCallers(stage: Stage) {
  let outputs = await stage.outputs()
  const fetching = poll(async () => {
    const { consumerKeys, retrievalUrl } = outputs
    const { status, body } = await call(retrievalUrl, { token: consumerKeys.app, headers: fresh })
    return [status, body.error].filter(part => part !== undefined).join(' ')
  })
  const looking = poll(async () => {
    const { status, body } = await call(outputs.rotationUrl, { token: outputs.operatorKey, headers: fresh })
    return `${status} ${body.healthy ?? body.error}`
  })
  await Promise.all([fetching.more(3), looking.more(1)])
  return {
    /** Has both use other credentials from the next call on. */
    use: (others: typeof outputs) => {
      outputs = others
    },
    answers: async () => {
      await Promise.all([fetching.more(3), looking.more(2)])
      const [fetched, looked] = await Promise.all([fetching.stop(), looking.stop()])
      return { consumer: [...fetched.answers.keys()], operator: [...looked.answers.keys()] }
    },
  }
}

/** Puts a month in place of the calendar's, in the copied module. */
async function setMonth({ folder }: Stage, month: string): Promise<void> {
  const [year, ofYear] = month.split('-').map(Number)
  const file = join(folder, 'main.tf')
  const changed = (await readFile(file, 'utf8')).replace(
    /^( {2}this_month = ).*$/m,
    `$1${12 * (year ?? 0) + (ofYear ?? 0) - 1}`,
  )
  await writeFile(file, changed)
}

/** The day on which each key of the deployment itself ends, by its name in main.tf. */
async function ends(stage: Stage): Promise<Record<string, string | null>> {
  const keys = (await resourcesIn(stage)).filter(({ type }) => type === 'scaleway_iam_api_key')
  return Object.fromEntries(
    keys.map(({ address, values: { expires_at } }) => [
      address.replace('scaleway_iam_api_key.', ''),
      typeof expires_at === 'string' && expires_at !== '' ? expires_at.slice(0, 10) : null,
    ]),
  )
}

/** What a set of credentials is answered: the operator at both functions, each other where it belongs. */
async function opens({ rotationUrl, retrievalUrl, operatorKey, consumerKeys, monitorKeys }: Outputs) {
  const statusOf = async (url: string, token: string | null | undefined) =>
    (await call(url, { token, headers: fresh })).status
  return {
    operator: [await statusOf(rotationUrl, operatorKey), await statusOf(retrievalUrl, operatorKey)],
    app: await statusOf(retrievalUrl, consumerKeys.app),
    batch: await statusOf(retrievalUrl, consumerKeys.batch),
    uptime: await statusOf(rotationUrl, monitorKeys.uptime),
  }
}

function keysOf({ operatorKey, consumerKeys, monitorKeys }: Outputs) {
  return [operatorKey, ...Object.values(consumerKeys), ...Object.values(monitorKeys)]
}

function inDays(days: number): string {
  return `${new Date(Date.now() + days * dayMs).toISOString().slice(0, 10)}T00:00:00Z`
}

/** A warning as it is written: Terraform breaks its lines. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

async function newStage(variables: Readonly<Record<string, unknown>>): Promise<Stage> {
  const stage = await setStage({ variables })
  onTestFinished(stage.end)
  return stage
}
