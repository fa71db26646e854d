import { expect, test } from 'vitest'
import { ownerOf } from './http/wire-client.ts'
import { createScaleway, SimulatedClock } from './index.ts'
import { Table } from './table.ts'

function setUp() {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock })
  const applicationId = scaleway.iam.createApplication({ name: 'a' }).id
  const { id: secretId } = scaleway.secrets.createSecret({ name: 'key' })
  const owner = ownerOf(scaleway)
  const versions = `/secret-manager/v1beta1/regions/fr-par/secrets/${secretId}/versions`
  const keys = `/iam/v1alpha1/api-keys?bearer_id=${applicationId}`
  return {
    clock,
    scaleway,
    applicationId,
    secretId,
    owner,
    versions,
    listKeys: async () => {
      const { body } = await owner.call('GET', keys)
      return Array.isArray(body?.api_keys) ? body.api_keys.map(key => key.access_key) : []
    },
    listVersions: async () => {
      const { body } = await owner.call('GET', versions)
      return Array.isArray(body?.versions)
        ? body.versions.map(({ revision, status, latest }) => `${revision} ${status}${latest ? ' latest' : ''}`)
        : []
    },
  }
}

test('a lagging list shows neither the newest creations nor the newest deletions', async () => {
  const { scaleway, clock, applicationId, listKeys } = setUp()
  const old = scaleway.iam.createApiKey({ applicationId }).accessKey
  clock.advance({ minutes: 5 })
  scaleway.faults.listLagSeconds = 60
  scaleway.iam.deleteApiKey(old)
  const fresh = scaleway.iam.createApiKey({ applicationId }).accessKey
  expect(await listKeys()).toEqual([old])
  clock.advance({ seconds: 59 })
  expect(await listKeys()).toEqual([old])
  clock.advance({ seconds: 1 })
  expect(await listKeys()).toEqual([fresh])
})

test('a lagging list of versions shows their former status and the former latest', async () => {
  const { scaleway, clock, secretId, listVersions } = setUp()
  scaleway.secrets.addVersion(secretId, { data: 'one' })
  clock.advance({ minutes: 5 })
  scaleway.faults.listLagSeconds = 60
  scaleway.secrets.addVersion(secretId, { data: 'two' })
  scaleway.secrets.disableVersion(secretId, 1)
  expect(await listVersions()).toEqual(['1 enabled latest'])
  clock.advance({ minutes: 1 })
  expect(await listVersions()).toEqual(['2 enabled latest', '1 disabled'])
})

test('everything but lists is current while lists lag', async () => {
  const { scaleway, clock, secretId, owner, versions, applicationId } = setUp()
  clock.advance({ minutes: 5 })
  scaleway.faults.listLagSeconds = 60
  const { accessKey, secretKey } = scaleway.iam.createApiKey({ applicationId })
  scaleway.secrets.addVersion(secretId, { data: 'one' })
  expect((await owner.call('GET', `/iam/v1alpha1/api-keys/${accessKey}`)).status).toBe(200)
  expect((await owner.call('GET', `${versions}/latest_enabled/access`)).status).toBe(200)
  expect(scaleway.authenticates(secretKey)).toBe(true)
  expect(scaleway.iam.apiKeys(applicationId)).toHaveLength(1)
  expect(scaleway.secrets.versions(secretId)).toHaveLength(1)
})

test('a version whose seven days have just ended is still in a lagging list', async () => {
  const { scaleway, clock, secretId, listVersions } = setUp()
  scaleway.secrets.addVersion(secretId, { data: 'one' })
  scaleway.secrets.deleteVersion(secretId, 1)
  scaleway.faults.listLagSeconds = 60
  clock.advance({ days: 7, seconds: 30 })
  expect(scaleway.secrets.versions(secretId)).toEqual([])
  expect(await listVersions()).toEqual(['1 scheduled_for_deletion latest'])
  clock.advance({ seconds: 30 })
  expect(await listVersions()).toEqual([])
})

test('a list can be made to leave out items, by id or by a predicate, until the fault is removed', async () => {
  const { scaleway, applicationId, secretId, listKeys, listVersions } = setUp()
  const [one, two] = [1, 2].map(() => scaleway.iam.createApiKey({ applicationId }).accessKey)
  for (const data of ['one', 'two']) scaleway.secrets.addVersion(secretId, { data })
  const stopOmitting = scaleway.faults.omitFromLists([String(one), `${secretId}/2`])
  expect(await listKeys()).toEqual([two])
  expect(await listVersions()).toEqual(['1 enabled'])
  stopOmitting()
  expect(await listKeys()).toEqual([one, two])
  scaleway.faults.omitFromLists(({ operation }) => operation === 'iam.listApiKeys')
  expect(await listKeys()).toEqual([])
  expect(await listVersions()).toHaveLength(2)
  scaleway.faults.clear()
  expect(await listKeys()).toEqual([one, two])
})

test('a table can be read as of every moment of the last hour, however much changes', () => {
  const table = new Table<number, string>()
  const second = 1000
  for (let at = 0; at < 2000; at++) {
    if (at % 3 === 2) table.delete((at - 1) % 7, at * second)
    else table.set(at % 7, `written at ${at}`, at * second)
    if (at < 100) continue
    const moment = at - 90
    expect(new Set(table.asOf(moment * second))).toEqual(new Set(replayed(moment).values()))
  }
})

/** What the table of the test above held at that moment. */
function replayed(moment: number): Map<number, string> {
  const held = new Map<number, string>()
  for (let at = Math.max(0, moment - 50); at <= moment; at++) {
    if (at % 3 === 2) held.delete((at - 1) % 7)
    else held.set(at % 7, `written at ${at}`)
  }
  return held
}
