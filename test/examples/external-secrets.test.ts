import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, Secretv1beta1 } from '@scaleway/sdk'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { FakeScaleway } from '../fake-scaleway/index.ts'
import { root } from '../support/built.ts'
import { type Platform, startPlatform } from './stack.ts'

const read = (name: string) => readFile(join(root, 'examples/external-secrets', name), 'utf8')

const selector = v.strictObject({ secretRef: v.strictObject({ name: v.string(), key: v.string() }) })
const scaleway = v.strictObject({ region: v.string(), projectId: v.string(), accessKey: selector, secretKey: selector })
const storeForm = v.object({ spec: v.object({ provider: v.strictObject({ scaleway }) }) })
const externalForm = v.object({
  spec: v.object({
    refreshInterval: v.pipe(v.string(), v.regex(/^\d+m$/)),
    target: v.object({ template: v.object({ data: v.strictObject({ 'key.json': v.string() }) }) }),
    dataFrom: v.tuple([v.strictObject({ extract: v.strictObject({ key: v.pipe(v.string(), v.startsWith('id:')) }) })]),
  }),
})
const store = v.parse(storeForm, parse(await read('secret-store.yaml'))).spec.provider.scaleway
const external = v.parse(externalForm, parse(await read('external-secret.yaml'))).spec

/** Makes the identity of identity.tf, from that file alone. */
async function createIdentity(cloud: FakeScaleway, secretId: string) {
  const { id: applicationId } = cloud.iam.createApplication({ name: 'external-secrets' })
  const thisSecret = `resource.id == "${secretId}"`
  const rules = (await read('identity.tf')).match(/^ {2}rule \{\n[\s\S]*?^ {2}\}$/gm) ?? []
  cloud.iam.createPolicy({
    applicationId,
    rules: rules.map(rule => ({
      projectIds: [cloud.projectId],
      permissionSetNames: Array.from(rule.matchAll(/^ {6}"(\w+)",/gm), ([, name = '']) => name),
      condition:
        /^ {4}condition = "?(.*?)"?$/m
          .exec(rule)?.[1]
          ?.replace(/\$\{(.*?)\}/, '$1')
          .replace('local.external_secrets_only', thisSecret) ?? '',
    })),
  })
  return cloud.iam.createApiKey({ applicationId })
}

/**
 * External Secrets for the two committed files: the calls that its Scaleway provider makes, version 2.9.0
 * (providers/v1/scaleway/client.go). A check of the store is ListSecrets (Validate; its page size of 0 is refused by the
 * local Scaleway, and the controller ignores the answer). Each refresh makes a new client and, for `dataFrom.extract`
 * with an `id:` key, GetSecretVersion of `latest_enabled` and AccessSecretVersion of the revision that it names
 * (GetSecretMap, accessSecretVersion). The controller then renders the template.
 */
async function createOperator({ cloud, ids, scalewayUrl }: Pick<Platform, 'cloud' | 'ids' | 'scalewayUrl'>) {
  const identity = await createIdentity(cloud, ids.secretId)
  const client = () =>
    new Secretv1beta1.API(
      createClient({ ...identity, apiURL: scalewayUrl, defaultRegion: v.parse(v.literal('fr-par'), store.region) }),
    )
  const secretId = external.dataFrom[0].extract.key.replace(/^id:0{8}-.*/, ids.secretId)
  return {
    check: () =>
      client().listSecrets({ projectId: cloud.projectId, page: 1, pageSize: 1, scheduledForDeletion: false }),
    /** Gives the content of `key.json`. */
    async refresh(): Promise<string> {
      const { revision } = await client().getSecretVersion({ secretId, revision: 'latest_enabled' })
      const { data } = await client().accessSecretVersion({ secretId, revision: String(revision) })
      const values = v.parse(v.record(v.string(), v.string()), JSON.parse(Buffer.from(data, 'base64').toString()))
      return external.target.template.data['key.json'].replace(
        /\{\{ \.(\w+) \}\}/g,
        (_, name: string) => values[name] ?? '',
      )
    },
  }
}

const keyFile = v.strictObject({ API_KEY: v.string(), SECRET_KEY: v.string() })

/** Makes a call with the key in the mounted file; gives its status. */
async function call(url: string, file: string): Promise<number> {
  const { API_KEY, SECRET_KEY } = v.parse(keyFile, JSON.parse(file))
  const headers = { 'X-Auth-Token': SECRET_KEY }
  return (await fetch(`${url}/iam/v1alpha1/api-keys/${API_KEY}`, { headers })).status
}

test('External Secrets reads the key with the rights of identity.tf, through a rotation, an overlap and a revocation', async ({
  onTestFinished: atEnd,
}) => {
  const platform = await startPlatform(atEnd)
  const { rotation, scalewayUrl } = platform
  const operator = await createOperator(platform)
  await rotation.post({}, 'operator')
  expect((await operator.check()).totalCount).toBe(1)
  let mounted = await operator.refresh()
  expect(await call(scalewayUrl, mounted)).toBe(200)

  await platform.rotateAfterAMonth()
  const before = mounted
  expect(await call(scalewayUrl, mounted)).toBe(200)
  mounted = await operator.refresh()
  expect(mounted).not.toBe(before)
  expect([await call(scalewayUrl, before), await call(scalewayUrl, mounted)]).toEqual([200, 200])

  await platform.endOverlap()
  expect(await call(scalewayUrl, mounted)).toBe(200)
  expect(await operator.refresh()).toBe(mounted)
  expect(platform.refused()).toEqual([])

  // External Secrets is not notified of a revocation: a refused application waits for a changed file and tries again.
  await platform.revoke()
  expect(await call(scalewayUrl, mounted)).toBe(401)
  mounted = await operator.refresh()
  expect(await call(scalewayUrl, mounted)).toBe(200)
  expect(platform.refused()).toEqual(['iam.getApiKey 401'])
})

test('with the rights of identity.tf nothing else can be read or changed', async ({ onTestFinished: atEnd }) => {
  const platform = await startPlatform(atEnd)
  const { cloud, ids, scalewayUrl } = platform
  const other = cloud.secrets.createSecret({ name: 'another' }).id
  cloud.secrets.addVersion(other, { data: 'not for External Secrets' })
  const identity = await createIdentity(cloud, ids.secretId)
  await platform.rotation.post({}, 'operator')
  const api = new Secretv1beta1.API(createClient({ ...identity, apiURL: scalewayUrl, defaultRegion: 'fr-par' }))
  const denied = { status: 403 }
  await expect(api.getSecretVersion({ secretId: other, revision: 'latest_enabled' })).rejects.toMatchObject(denied)
  await expect(api.accessSecretVersion({ secretId: other, revision: '1' })).rejects.toMatchObject(denied)
  await expect(api.disableSecretVersion({ secretId: ids.secretId, revision: '1' })).rejects.toMatchObject(denied)
  await expect(api.createSecretVersion({ secretId: ids.secretId, data: '' })).rejects.toMatchObject(denied)
})
