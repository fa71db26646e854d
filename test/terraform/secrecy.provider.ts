import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../scripts/local/identities.ts'
import { expectNoSecret } from '../support/secrets.ts'
import { call } from './called.ts'
import { proofs } from './provider.ts'
import { type Stage, setStage } from './stage.ts'
import { resourcesIn, secretKeysIn } from './state.ts'

const environment = v.record(v.string(), v.string())
const outputsForm = v.record(v.string(), v.object({ sensitive: v.boolean(), value: v.unknown() }))

proofs('no credential is where it should not be', () => {
  let stage: Stage
  let secretKeys: string[]
  let rotatedKey: string
  let cronToken: string
  let texts: string[]
  beforeAll(async () => {
    stage = await setStage({ variables: { monitors: ['uptime'] } })
    const first = await stage.plan()
    const applied = await stage.apply()
    const { rotationUrl, retrievalUrl, operatorKey } = await stage.outputs()
    await call(rotationUrl, { token: operatorKey, body: {} })
    rotatedKey = String((await call(retrievalUrl, { token: operatorKey })).body.SECRET_KEY)
    const replaced = await stage.plan('-replace=scaleway_iam_api_key.rotator')
    const shown = await stage.run('show', '-no-color')
    const keys = await secretKeysIn(stage)
    secretKeys = Object.values(keys)
    cronToken = sha256(`cron:${keys.rotator}`)
    texts = [first.text, applied.stdout, applied.stderr, replaced.text, shown.stdout]
  })
  afterAll(() => stage.end())

  test('nothing that Terraform prints holds a secret key, the deploying one included', () => {
    expect(secretKeys).toHaveLength(5)
    expectNoSecret(texts, [...secretKeys, rotatedKey, stage.scaleway.owner.secretKey])
  })

  test('nor does it hold the token of the triggers, or the hash of any key', async () => {
    expect(stage.deployments.crons().map(({ args }) => args.token)).toEqual([cronToken, cronToken])
    expectNoSecret(texts, [cronToken, ...secretKeys.map(sha256)])
    const { stdout } = await stage.run('output', '-json')
    expectNoSecret([stdout], [cronToken])
  })

  test('a trigger that a person changed is planned to be repaired, without its token', async () => {
    for (const { id, args } of stage.deployments.crons()) {
      const response = await fetch(`${stage.url}/functions/v1beta1/regions/fr-par/crons/${id}`, {
        method: 'PATCH',
        headers: { 'X-Auth-Token': stage.scaleway.owner.secretKey },
        body: JSON.stringify({ schedule: '5 5 5 5 *', args: { ...args, token: 'of a person' } }),
      })
      expect(response.status).toBe(200)
    }
    const { changes, text } = await stage.plan()
    expect(changes).toEqual({
      'scaleway_function_cron.rotate["default"]': 'update',
      'scaleway_function_cron.tend[0]': 'update',
    })
    expectNoSecret([text, (await stage.apply()).stdout], [cronToken])
  })

  test('only outputs that are sensitive hold a secret key', async () => {
    const { stdout } = await stage.run('output', '-json')
    const outputs = Object.entries(v.parse(outputsForm, JSON.parse(stdout)))
    const holding = outputs.filter(([, { value }]) => secretKeys.some(key => JSON.stringify(value).includes(key)))
    expect(holding.map(([name]) => name).toSorted()).toEqual([
      'consumer_secret_keys',
      'monitor_secret_keys',
      'operator_secret_key',
    ])
    expect(holding.every(([, { sensitive }]) => sensitive)).toBe(true)
  })

  test('a function is given its own secret key as a secret variable, and the hashes alone of the callers’ keys', async () => {
    const { rotator, reader, ...callers } = await secretKeysIn(stage)
    for (const { type, values } of await resourcesIn(stage)) {
      if (type !== 'scaleway_function') continue
      const plain = JSON.stringify(v.parse(environment, values.environment_variables))
      expectNoSecret([plain], secretKeys)
      expect(plain).toContain(sha256(callers['operator[0]'] ?? ''))
      // The API gives a hash back, which is all that the state holds of it.
      expect(JSON.stringify(values.secret_environment_variables)).toMatch(
        /^\{"(ROTATOR|READER)_SECRET_KEY":"\$argon2id/,
      )
    }
    expectNoSecret([JSON.stringify(stage.deployments.functions())], [rotator, reader])
  })

  test('the namespace has no variables, which every function in it would see', async () => {
    const namespaces = (await resourcesIn(stage)).filter(({ type }) => type === 'scaleway_function_namespace')
    expect(namespaces.map(({ values }) => values.environment_variables ?? {})).toEqual([{}])
    expect(namespaces.map(({ values }) => values.secret_environment_variables ?? {})).toEqual([{}])
  })

  test('the rotated key is in neither state nor plan, and the deploying key is not in the state either', async () => {
    const state = await stage.state()
    const file = await stage.shell('cat terraform.tfstate')
    expectNoSecret([state, file.stdout], [rotatedKey, stage.scaleway.owner.secretKey])
    expectNoSecret([(await stage.plan()).json], [rotatedKey])
  })

  test('of the resources in the state only API keys hold a secret key', async () => {
    for (const { type, values } of await resourcesIn(stage)) {
      if (type === 'scaleway_iam_api_key') continue
      expectNoSecret([JSON.stringify(values)], secretKeys)
    }
  })
})
