import { afterAll, beforeAll, expect, test } from 'vitest'
import { bothHeaders, credentialIn } from '../../scripts/deployment/caller-headers.ts'
import type { NewRule } from '../fake-scaleway/index.ts'
import type { Deployment } from '../support/rotation.ts'
import { appliedRules, type Ids, policiesOf, transplant, without } from './applied-policies.ts'
import type { Outputs } from './outputs.ts'
import { proofs } from './provider.ts'
import { newDeployment, rotatorJourneys } from './rotator-journeys.ts'
import { type Stage, setStage } from './stage.ts'
import { secretKeysIn } from './state.ts'

/*
 * What fails when one permission set is removed. The rotator's long journeys run in this process, where
 * time can be advanced, under the same rules that Terraform applied.
 */
const failsWithout = {
  IAMApplicationManager: Object.keys(rotatorJourneys),
  SecretManagerReadOnly: Object.keys(rotatorJourneys),
  SecretManagerSecretCreate: ['rotate', 'tend', 'revoke (compromise)'],
  SecretManagerSecretWrite: ['retire', 'rollback', 'revoke (compromise)'],
  SecretManagerSecretDelete: ['prune'],
}

/** In the order of the conditions. The journeys are those of one of them, so that the others stand beside it. */
const oneOfThem = 'billing'
const names = [oneOfThem, 'default', 'mailer']

proofs('the policies that Terraform makes for three keys', () => {
  let stage: Stage
  let outputs: Outputs
  let rules: NewRule[]
  let secretIds: string[]
  beforeAll(async () => {
    const keys = Object.fromEntries(names.map(name => [name, { consumers: ['app'] }]))
    stage = await setStage({ variables: { monitors: ['uptime'], keys } })
    await stage.apply()
    outputs = await stage.outputs()
    secretIds = names.map(name => outputs.keys[name]?.secret_id ?? '')
    rules = appliedRules(stage.scaleway, 'rotator')
  })
  afterAll(() => stage.end())

  test('the rotator has the five sets of this proof and no other', () => {
    const sets = rules.flatMap(({ permissionSetNames }) => permissionSetNames)
    expect(sets.toSorted()).toEqual(Object.keys(failsWithout).toSorted())
  })

  test('with all of them, every journey of the rotator works', async () => {
    expect(await failingJourneys(rules)).toEqual([])
  })

  test.each(Object.entries(failsWithout))('without %s these fail and no others: %j', async (set, expected) => {
    expect(await failingJourneys(without(rules, set))).toEqual(expected)
  })

  test('the rights on Secret Manager of rotator and reader have a condition on the secrets of the keys', () => {
    const theseSecrets = secretIds.map(id => `resource.id == "${id}"`).join(' || ')
    const mayNameNone = new Set(['SecretManagerReadOnly', 'SecretManagerSecretCreate'])
    for (const rule of [...rules, ...appliedRules(stage.scaleway, 'reader')]) {
      if (rule.organizationId !== undefined) continue
      const isEscaped = rule.permissionSetNames.some(name => mayNameNone.has(name))
      expect(rule.condition).toBe(isEscaped ? `${theseSecrets} || !has(resource.id)` : theseSecrets)
      expect(rule.permissionSetNames.every(name => mayNameNone.has(name))).toBe(isEscaped)
    }
  })

  test.each(names)('the rotator cannot read the stored key %s, and the reader can do nothing else', async name => {
    await rotateByForce(name)
    const { rotator, reader } = await secretKeysIn(stage)
    const { versions, stored } = pathsOf(outputs.keys[name]?.secret_id ?? '')
    expect(await statusOf(stored, rotator)).toBe(403)
    expect(await statusOf(stored, reader)).toBe(200)
    expect(await statusOf(versions, rotator)).toBe(200)
    expect(await statusOf(versions, reader)).toBe(403)
  })

  test('neither rotator nor reader can read or change another secret; the rotator sees only its list of versions', async () => {
    const other = stage.scaleway.secrets.createSecret({ name: 'other', type: 'opaque' }).id
    stage.scaleway.secrets.addVersion(other, { data: 'not theirs' })
    const { rotator, reader } = await secretKeysIn(stage)
    const { secret, versions, stored } = pathsOf(other)
    for (const key of [rotator, reader]) {
      expect(await statusOf(secret, key)).toBe(403)
      expect(await statusOf(stored, key)).toBe(403)
      expect(await statusOf(versions, key, 'POST', { data: 'AAAA' })).toBe(403)
      expect(await statusOf(`${versions}/1/disable`, key, 'POST', {})).toBe(403)
      expect(await statusOf(`${versions}/1`, key, 'DELETE')).toBe(403)
    }
    // A list names no single resource, so no condition can distinguish the secrets.
    expect(await statusOf(versions, rotator)).toBe(200)
    expect(await statusOf(versions, reader)).toBe(403)
  })

  test('without SecretManagerSecretAccess the fetch fails, and works again with it', async () => {
    await rotateByForce(oneOfThem)
    const [policy] = policiesOf(stage.scaleway, 'reader')
    expect(appliedRules(stage.scaleway, 'reader').flatMap(rule => rule.permissionSetNames)).toEqual([
      'SecretManagerSecretAccess',
    ])
    const before = appliedRules(stage.scaleway, 'reader')
    expect((await fetchKey()).status).toBe(200)
    stage.scaleway.iam.removePermissionSet(policy?.id ?? '', 'SecretManagerSecretAccess')
    const refused = await fetchKey()
    expect([refused.status, await refused.json()]).toEqual([
      502,
      expect.objectContaining({ error: 'upstream-refused' }),
    ])
    stage.scaleway.iam.updatePolicy(policy?.id ?? '', { rules: before })
    expect((await fetchKey()).status).toBe(200)
  })

  test.each([
    ['operator', () => ({ url: outputs.rotationUrl, key: outputs.operatorKey })],
    ['consumer-app', () => ({ url: `${outputs.retrievalUrl}/${oneOfThem}`, key: outputs.consumerKeys.app })],
    ['monitor-uptime', () => ({ url: outputs.rotationUrl, key: outputs.monitorKeys.uptime })],
  ])(
    'without FunctionsPrivateAccess, its only permission set, the %s no longer reaches its function',
    async (role, theirs) => {
      const { url, key } = theirs()
      const before = appliedRules(stage.scaleway, role)
      expect(before.flatMap(rule => rule.permissionSetNames)).toEqual(['FunctionsPrivateAccess'])
      const call = () => fetch(url, { headers: credentialIn(bothHeaders, key ?? '') })
      expect([200, 503]).toContain((await call()).status)
      const [policy] = policiesOf(stage.scaleway, role)
      stage.scaleway.iam.removePermissionSet(policy?.id ?? '', 'FunctionsPrivateAccess')
      expect((await call()).status).toBe(403)
      stage.scaleway.iam.updatePolicy(policy?.id ?? '', { rules: before })
    },
  )

  async function failingJourneys(remaining: readonly NewRule[]): Promise<string[]> {
    const failing: string[] = []
    for (const [name, { prepare, succeeds }] of Object.entries(rotatorJourneys)) {
      const deployment = newDeployment()
      giveRotator(deployment, rules)
      await prepare(deployment)
      giveRotator(deployment, remaining)
      if (!(await succeeds(deployment))) failing.push(name)
    }
    return failing
  }

  function giveRotator({ cloud, ids }: Deployment, given: readonly NewRule[]): void {
    const [policy] = policiesOf(cloud, 'rotator')
    const from: Ids = { ...stage.scaleway, secretId: outputs.keys[oneOfThem]?.secret_id ?? '' }
    cloud.iam.updatePolicy(policy?.id ?? '', { rules: transplant(given, from, { ...cloud, secretId: ids.secretId }) })
  }

  async function rotateByForce(name: string): Promise<void> {
    const headers = credentialIn(bothHeaders, outputs.operatorKey ?? '')
    const body = JSON.stringify({ force: true })
    const response = await fetch(`${outputs.rotationUrl}/${name}`, { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({ rotated: true })
  }

  function fetchKey(): Promise<Response> {
    const headers = { ...credentialIn(bothHeaders, outputs.consumerKeys.app ?? ''), 'Cache-Control': 'no-cache' }
    return fetch(`${outputs.retrievalUrl}/${oneOfThem}`, { headers })
  }

  async function statusOf(path: string, secretKey: string, method = 'GET', body?: object): Promise<number> {
    const headers = { 'X-Auth-Token': secretKey }
    return (await fetch(`${stage.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })).status
  }
})

function pathsOf(secretId: string) {
  const secret = `/secret-manager/v1beta1/regions/fr-par/secrets/${secretId}`
  return { secret, versions: `${secret}/versions`, stored: `${secret}/versions/latest_enabled/access` }
}
