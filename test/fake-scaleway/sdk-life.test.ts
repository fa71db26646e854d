import { createClient, Iamv1alpha1, Secretv1beta1 } from '@scaleway/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createScaleway, type FakeScaleway, type ServedScaleway, SimulatedClock, serve } from './index.ts'

let clock: SimulatedClock
let scaleway: FakeScaleway
let server: ServedScaleway

beforeEach(async () => {
  clock = new SimulatedClock()
  scaleway = createScaleway({ clock })
  server = await serve(scaleway)
})
afterEach(() => server.close())

function apis({ accessKey, secretKey }: { accessKey: string; secretKey: string }) {
  const client = createClient({
    accessKey,
    secretKey,
    apiURL: server.url,
    defaultOrganizationId: scaleway.organizationId,
    defaultProjectId: scaleway.projectId,
    defaultRegion: 'fr-par',
  })
  return { iam: new Iamv1alpha1.API(client), secrets: new Secretv1beta1.API(client) }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('the official SDK creates, reads, changes and deletes a key and its versions', async () => {
  const { iam, secrets } = apis(scaleway.owner)
  const application = await iam.createApplication({ name: 'bearer', description: '' })
  const secret = await secrets.createSecret({ name: 'key', protected: false, type: 'key_value' })
  const secretId = secret.id

  const first = await iam.createAPIKey({ applicationId: application.id, description: 'first' })
  const expiresAt = new Date('2026-04-01T00:00:00Z')
  const second = await iam.createAPIKey({ applicationId: application.id, description: 'second', expiresAt })
  expect(second).toMatchObject({ applicationId: application.id, description: 'second', expiresAt })
  const listed = await iam.listAPIKeys({ bearerId: application.id, pageSize: 1 }).all()
  expect(listed.map(key => [key.accessKey, key.secretKey])).toEqual([
    [first.accessKey, null],
    [second.accessKey, null],
  ])

  for (const { accessKey, secretKey } of [first, second]) {
    const data = base64(JSON.stringify({ API_KEY: accessKey, SECRET_KEY: secretKey }))
    await secrets.createSecretVersion({ secretId, data, description: accessKey })
  }
  const served = await secrets.accessSecretVersion({ secretId, revision: 'latest_enabled' })
  expect(Buffer.from(served.data, 'base64').toString()).toBe(
    JSON.stringify({ API_KEY: second.accessKey, SECRET_KEY: second.secretKey }),
  )

  await secrets.disableSecretVersion({ secretId, revision: '1' })
  await iam.deleteAPIKey({ accessKey: first.accessKey })
  await secrets.deleteSecretVersion({ secretId, revision: '1' })
  const versions = await secrets.listSecretVersions({ secretId }).all()
  expect(versions).toMatchObject([
    { revision: 2, status: 'enabled', latest: true, createdAt: clock.now() },
    { revision: 1, status: 'scheduled_for_deletion', deletionRequestedAt: clock.now() },
  ])
  expect(scaleway.iam.apiKeys(application.id)).toMatchObject([{ accessKey: second.accessKey }])
  expect(scaleway.log.unknown()).toEqual([])
})

test('the official SDK recognises each refusal by its own class', async () => {
  const { iam, secrets } = apis(scaleway.owner)
  const bearer = scaleway.iam.createApplication({ name: 'bearer' })
  const withoutPolicy = apis(scaleway.iam.createApiKey({ applicationId: bearer.id }))
  const secret = await secrets.createSecret({ name: 'key', protected: true })
  const expired = scaleway.iam.createApiKey({ applicationId: bearer.id, expiresAt: new Date('2026-01-02T00:00:00Z') })
  clock.advance({ days: 2 })
  const refusals = [
    [() => iam.getAPIKey({ accessKey: 'SCWAAAAAAAAAAAAAAAAA' }), 'ResourceNotFoundError', 404],
    [() => withoutPolicy.iam.listAPIKeys(), 'PermissionsDeniedError', 403],
    [() => apis(expired).iam.listAPIKeys(), 'DeniedAuthenticationError', 401],
    [() => secrets.createSecret({ name: 'key', protected: false }), 'InvalidArgumentsError', 400],
    [() => secrets.deleteSecret({ secretId: secret.id }), 'PreconditionFailedError', 412],
  ] as const
  for (const [call, name, status] of refusals) await expect(call()).rejects.toMatchObject({ name, status })

  while (scaleway.iam.apiKeys().length < 50) scaleway.iam.createApiKey({ applicationId: bearer.id })
  const oneMore = iam.createAPIKey({ applicationId: bearer.id, description: '' })
  await expect(oneMore).rejects.toMatchObject({ name: 'QuotasExceededError', status: 403, list: [{ quota: 50 }] })
})

test('a rate limit reaches the official SDK as a plain error with status 429', async () => {
  scaleway.faults.add({ fault: { kind: 'rate-limited' } })
  const { iam } = apis(scaleway.owner)
  await expect(iam.listAPIKeys()).rejects.toMatchObject({ name: 'ScalewayError', status: 429 })
})

test('policies made through the official SDK are enforced', async () => {
  const { iam, secrets } = apis(scaleway.owner)
  const application = await iam.createApplication({ name: 'reader', description: '' })
  const key = await iam.createAPIKey({ applicationId: application.id, description: '' })
  if (key.secretKey === undefined) throw new Error('no secret key')
  const reader = apis({ accessKey: key.accessKey, secretKey: key.secretKey })
  const { id: secretId } = await secrets.createSecret({ name: 'key', protected: false })
  await secrets.createSecretVersion({ secretId, data: base64('x') })
  const access = () => reader.secrets.accessSecretVersion({ secretId, revision: 'latest_enabled' })
  await expect(access()).rejects.toMatchObject({ status: 403 })
  const condition = `resource.id == "${secretId}"`
  const rules = [{ permissionSetNames: ['SecretManagerSecretAccess'], projectIds: [scaleway.projectId], condition }]
  const policy = await iam.createPolicy({ name: 'reader', description: '', applicationId: application.id, rules })
  expect(await access()).toMatchObject({ data: base64('x') })
  expect(await iam.listRules({ policyId: policy.id })).toMatchObject({ rules: [{ condition }], totalCount: 1 })
  await iam.deletePolicy({ policyId: policy.id })
  await expect(access()).rejects.toMatchObject({ status: 403 })
})
