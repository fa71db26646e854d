import { describe, expect, test } from 'vitest'
import { bearerWith, ownerOf, wireClient } from './http/wire-client.ts'
import { allReadings, createScaleway, defaultReadings, type Readings, SimulatedClock } from './index.ts'

const KEYS = '/iam/v1alpha1/api-keys'
const SECRETS = '/secret-manager/v1beta1/regions/fr-par/secrets'
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** A local Scaleway of one reading, with a secret that has two versions. */
function world(readings: Partial<Readings>) {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock, readings })
  const { id } = scaleway.secrets.createSecret({ name: 'key' })
  for (const data of ['one', 'two']) scaleway.secrets.addVersion(id, { data })
  const { projectId, organizationId } = scaleway
  const projectIds = [projectId]
  return {
    clock,
    scaleway,
    id,
    versions: `${SECRETS}/${id}/versions`,
    owner: ownerOf(scaleway),
    withSets: (permissionSetNames: readonly string[], condition = '') =>
      bearerWith(scaleway, [{ permissionSetNames, projectIds, condition }]),
    inOrganization: (permissionSetNames: readonly string[]) =>
      bearerWith(scaleway, [{ permissionSetNames, organizationId }]),
  }
}

test('a local Scaleway that is told nothing has the default readings, and each default is one of its fact', () => {
  expect(createScaleway().state.readings).toEqual(defaultReadings)
  for (const [fact, readings] of Object.entries(allReadings)) {
    expect(readings).toContain(Object.entries(defaultReadings).find(([name]) => name === fact)?.[1])
  }
})

test('a reading that is changed later counts from then on, and for this local Scaleway alone', async () => {
  const { scaleway, owner, versions } = world({})
  const other = world({})
  scaleway.state.readings.refusedKey = '403'
  const unknown = crypto.randomUUID()
  expect((await wireClient(unknown, scaleway).call('GET', KEYS)).status).toBe(403)
  expect((await wireClient(unknown, other.scaleway).call('GET', KEYS)).status).toBe(401)
  expect((await owner.call('GET', versions)).status).toBe(200)
})

describe('resource.id in conditions', () => {
  test.each<[Readings['resourceId'], { create: number; access: number; disable: number; list: number }]>([
    ['present', { create: 200, access: 200, disable: 200, list: 403 }],
    ['absent-on-version-create', { create: 403, access: 200, disable: 200, list: 403 }],
    ['absent-on-access', { create: 200, access: 403, disable: 200, list: 403 }],
  ])('%s', async (resourceId, statuses) => {
    const { scaleway, id, versions, withSets } = world({ resourceId })
    const bearer = withSets(['SecretManagerFullAccess'], `resource.id == "${id}"`)
    const byPath = `/secret-manager/v1beta1/regions/fr-par/secrets-by-path/versions/latest/access?secret_name=key&project_id=${scaleway.projectId}`
    const status = async (...call: Parameters<typeof bearer.call>) => (await bearer.call(...call)).status
    expect({
      create: await status('POST', versions, { data: base64('x') }),
      access: await status('GET', `${versions}/latest_enabled/access`),
      disable: await status('POST', `${versions}/1/disable`, {}),
      list: await status('GET', versions),
    }).toEqual(statuses)
    expect(await status('GET', byPath)).toBe(statuses.access)
    // What a rule without a condition allows, no reading takes away.
    const free = withSets(['SecretManagerFullAccess'])
    expect((await free.call('POST', versions, { data: base64('x') })).status).toBe(200)
    expect((await free.call('GET', `${versions}/latest_enabled/access`)).status).toBe(200)
  })

  test.each(allReadings.resourceId)(
    'a call without it passes a condition that allows for that (%s)',
    async resourceId => {
      const { id, versions, withSets } = world({ resourceId })
      const bearer = withSets(['SecretManagerFullAccess'], `resource.id == "${id}" || !has(resource.id)`)
      expect((await bearer.call('POST', versions, { data: base64('x') })).status).toBe(200)
      expect((await bearer.call('GET', `${versions}/latest_enabled/access`)).status).toBe(200)
    },
  )
})

describe('disabling and enabling a version', () => {
  test.each<[Readings['disableVersion'], number]>([
    ['secret-write', 200],
    ['full-access', 403],
  ])('%s', async (disableVersion, withWrite) => {
    const { versions, withSets } = world({ disableVersion })
    const sets = ['SecretManagerReadOnly', 'SecretManagerSecretCreate', 'SecretManagerSecretWrite']
    const writer = withSets(sets)
    const manager = withSets(['SecretManagerFullAccess'])
    for (const what of ['disable', 'enable']) {
      expect((await writer.call('POST', `${versions}/1/${what}`, {})).status).toBe(withWrite)
      expect((await manager.call('POST', `${versions}/1/${what}`, {})).status).toBe(200)
    }
    const previous = { data: base64('x'), disable_previous: true }
    expect((await writer.call('POST', versions, previous)).status).toBe(withWrite)
    expect((await writer.call('PATCH', `${versions}/1`, { description: 'd' })).status).toBe(200)
    if (withWrite === 403) {
      const { body } = await writer.call('POST', `${versions}/1/disable`, {})
      expect(body).toMatchObject({ details: [{ action: 'write', resource: 'secret_version' }] })
    }
  })
})

describe('listing keys', () => {
  test.each<[Readings['listKeys'], number]>([
    ['application-manager', 200],
    ['needs-read-only', 403],
  ])('%s', async (listKeys, asManager) => {
    const { inOrganization } = world({ listKeys })
    const manager = inOrganization(['IAMApplicationManager'])
    expect((await manager.call('GET', KEYS)).status).toBe(asManager)
    expect((await manager.call('GET', `${KEYS}/${manager.accessKey}`)).status).toBe(200)
    expect((await manager.call('POST', KEYS, { application_id: manager.applicationId })).status).toBe(200)
    for (const reads of ['IAMReadOnly', 'IAMApplicationReadOnly']) {
      expect((await inOrganization(['IAMApplicationManager', reads]).call('GET', KEYS)).status).toBe(200)
    }
  })
})

describe('versions that wait for their deletion', () => {
  test.each<[Readings['scheduledVersions'], number]>([
    ['count', 403],
    ['do-not-count', 200],
  ])('%s', async (scheduledVersions, status) => {
    const { scaleway, id, owner, versions } = world({ scheduledVersions })
    for (let more = 3; more <= 20; more += 1) scaleway.secrets.addVersion(id, { data: String(more) })
    expect((await owner.call('POST', versions, { data: base64('x') })).status, 'all enabled').toBe(403)
    scaleway.secrets.deleteVersion(id, 1)
    expect((await owner.call('POST', versions, { data: base64('x') })).status).toBe(status)
  })
})

describe('the name of a deleted secret', () => {
  test.each<[Readings['deletedSecretName'], number]>([
    ['taken', 400],
    ['free', 200],
  ])('%s', async (deletedSecretName, status) => {
    const { scaleway, id, owner, versions } = world({ deletedSecretName })
    await owner.call('DELETE', `${SECRETS}/${id}`)
    const again = await owner.call('POST', SECRETS, { name: 'key', project_id: scaleway.projectId })
    expect(again.status).toBe(status)
    const restored = await owner.call('POST', `${SECRETS}/${id}/restore`, {})
    expect(restored.status, 'the old one is restored unless its name has gone').toBe(status === 400 ? 200 : 400)
    if (status === 400) return
    await owner.call('POST', `${SECRETS}/${again.body?.id}/versions`, { data: base64('new') })
    const byPath = `${SECRETS}-by-path/versions/latest/access?secret_name=key&project_id=${scaleway.projectId}`
    expect((await owner.call('GET', byPath)).body).toMatchObject({ data: base64('new') })
    expect((await owner.call('GET', versions)).status).toBe(200)
  })
})

describe('a new key', () => {
  /** Whether IAM, and whether Secret Manager knows the key. */
  test.each<[Readings['newKey'], Readonly<Record<number, readonly [boolean, boolean]>>]>([
    ['at-once', { 0: [true, true] }],
    ['after-5-s', { 0: [false, false], 4.999: [false, false], 5: [true, true] }],
    ['after-30-s', { 0: [false, false], 29.999: [false, false], 30: [true, true] }],
    ['after-2-min', { 0: [false, false], 119.999: [false, false], 120: [true, true] }],
    ['endpoints-differ', { 0: [true, false], 29.999: [true, false], 30: [true, true] }],
  ])('%s', async (newKey, known) => {
    const { clock, scaleway, versions } = world({ newKey })
    const start = clock.now().getTime()
    const bearer = bearerWith(scaleway)
    for (const [seconds, expected] of Object.entries(known)) {
      clock.advance({ milliseconds: start + Number(seconds) * 1000 - clock.now().getTime() })
      // It has no right at all: 403 is the answer to a key that authenticates.
      const answers = [await bearer.call('GET', `${KEYS}/${bearer.accessKey}`), await bearer.call('GET', versions)]
      expect(answers.map(({ status }) => status === 403)).toEqual(expected)
      const refused = answers.filter(({ status }) => status !== 403)
      for (const { body } of refused) expect(body).toMatchObject({ type: 'denied_authentication', reason: 'not_found' })
      expect(scaleway.authenticates(bearer.secretKey)).toBe(expected.every(Boolean))
    }
    expect((await ownerOf(scaleway).call('GET', KEYS)).status, 'the owner was there before').toBe(200)
  })
})

describe('latest_enabled', () => {
  test('current: it is what is enabled now', async () => {
    const { clock, scaleway, id, owner, versions } = world({ latestEnabled: 'current' })
    clock.advance({ hours: 1 })
    scaleway.secrets.addVersion(id, { data: 'three' })
    expect((await owner.call('GET', `${versions}/latest_enabled/access`)).body).toMatchObject({ data: base64('three') })
    scaleway.secrets.disableVersion(id, 3)
    expect((await owner.call('GET', `${versions}/latest_enabled`)).body).toMatchObject({ revision: 2 })
  })

  test('behind: it is what was enabled a minute ago, also if that has been disabled since', async () => {
    const { clock, scaleway, id, owner, versions } = world({ latestEnabled: 'behind' })
    const latest = async () => (await owner.call('GET', `${versions}/latest_enabled/access`)).body
    expect((await owner.call('GET', `${versions}/latest_enabled/access`)).status, 'nothing yet').toBe(404)
    clock.advance({ minutes: 1 })
    scaleway.secrets.addVersion(id, { data: 'three' })
    scaleway.secrets.disableVersion(id, 2)
    expect(await latest()).toMatchObject({ revision: 2, data: base64('two') })
    expect((await owner.call('GET', `${versions}/latest_enabled`)).body).toMatchObject({ revision: 2 })
    clock.advance({ seconds: 59 })
    expect(await latest()).toMatchObject({ revision: 2 })
    clock.advance({ seconds: 1 })
    expect(await latest()).toMatchObject({ revision: 3, data: base64('three') })
    // A version by its number, and lists, are current.
    expect((await owner.call('GET', `${versions}/2/access`)).status).toBe(404)
  })
})

describe('a refused key', () => {
  test.each(allReadings.refusedKey)('is answered %s, with the same body', async refusedKey => {
    const { clock, scaleway } = world({ refusedKey })
    const { id: applicationId } = scaleway.iam.createApplication({ name: 'a' })
    const { secretKey } = scaleway.iam.createApiKey({ applicationId, expiresAt: new Date(clock.now().getTime() + 1) })
    clock.advance({ seconds: 1 })
    for (const [presented, reason] of [
      [crypto.randomUUID(), 'not_found'],
      ['not-a-uuid', 'invalid_argument'],
      [secretKey, 'expired'],
    ] as const) {
      expect(await wireClient(presented, scaleway).call('GET', KEYS)).toMatchObject({
        status: Number(refusedKey),
        body: { type: 'denied_authentication', reason },
      })
    }
    const { status, body } = await bearerWith(scaleway).call('GET', KEYS)
    expect([status, body?.type], 'a key without rights is another refusal').toEqual([403, 'permissions_denied'])
  })
})
