import { expect, test } from 'vitest'
import { bearerWith, ownerOf, type WireClient } from '../http/wire-client.ts'
import { createScaleway, type NewRule } from '../index.ts'

const KEYS = '/iam/v1alpha1/api-keys'
const SECRETS = '/secret-manager/v1beta1/regions/fr-par/secrets'

function setUp() {
  const scaleway = createScaleway()
  const secret = scaleway.secrets.createSecret({ name: 'key', path: '/rotated' })
  for (const data of ['one', 'two', 'three']) scaleway.secrets.addVersion(secret.id, { data })
  scaleway.secrets.deleteVersion(secret.id, 1)
  const target = scaleway.iam.createApplication({ name: 'target' }).id
  const targetKey = scaleway.iam.createApiKey({ applicationId: target }).accessKey
  return { scaleway, secretId: secret.id, target, targetKey, versions: `${SECRETS}/${secret.id}/versions` }
}

type World = ReturnType<typeof setUp>
type Attempt = (client: WireClient, world: World) => Promise<{ status: number }>

const data = Buffer.from('payload').toString('base64')

/** Each call with the only sets that allow it. The other sets of its product must not. */
const ATTEMPTS: Readonly<Record<string, { attempt: Attempt; allowedBy: readonly string[] }>> = {
  'listing keys': {
    attempt: c => c.call('GET', KEYS),
    allowedBy: ['IAMManager', 'IAMReadOnly', 'IAMApplicationManager', 'IAMApplicationReadOnly', 'OrganizationManager'],
  },
  'reading a key': {
    attempt: (c, w) => c.call('GET', `${KEYS}/${w.targetKey}`),
    allowedBy: ['IAMManager', 'IAMReadOnly', 'IAMApplicationManager', 'OrganizationManager'],
  },
  'creating a key': {
    attempt: (c, w) => c.call('POST', KEYS, { application_id: w.target }),
    allowedBy: ['IAMManager', 'IAMApplicationManager', 'OrganizationManager'],
  },
  'describing a key': {
    attempt: (c, w) => c.call('PATCH', `${KEYS}/${w.targetKey}`, { description: 'x' }),
    allowedBy: ['IAMManager', 'IAMApplicationManager', 'OrganizationManager'],
  },
  'deleting a key': {
    attempt: (c, w) => c.call('DELETE', `${KEYS}/${w.targetKey}`),
    allowedBy: ['IAMManager', 'IAMApplicationManager', 'OrganizationManager'],
  },
  'creating a policy': {
    attempt: (c, w) => c.call('POST', '/iam/v1alpha1/policies', { name: 'p', application_id: w.target, rules: [] }),
    allowedBy: ['IAMManager', 'IAMPolicyManager', 'OrganizationManager'],
  },
  'listing policies': {
    attempt: c => c.call('GET', '/iam/v1alpha1/policies'),
    allowedBy: ['IAMManager', 'IAMReadOnly', 'IAMPolicyManager', 'IAMPolicyReadOnly', 'OrganizationManager'],
  },
  'reading a secret': {
    attempt: (c, w) => c.call('GET', `${SECRETS}/${w.secretId}`),
    allowedBy: ['SecretManagerReadOnly', 'SecretManagerFullAccess'],
  },
  'listing versions': {
    attempt: (c, w) => c.call('GET', w.versions),
    allowedBy: ['SecretManagerReadOnly', 'SecretManagerFullAccess'],
  },
  'reading a version': {
    attempt: (c, w) => c.call('GET', `${w.versions}/2`),
    allowedBy: ['SecretManagerReadOnly', 'SecretManagerFullAccess'],
  },
  'accessing a version': {
    attempt: (c, w) => c.call('GET', `${w.versions}/2/access`),
    allowedBy: ['SecretManagerSecretAccess', 'SecretManagerFullAccess'],
  },
  'accessing a version by path': {
    attempt: (c, w) =>
      c.call(
        'GET',
        `/secret-manager/v1beta1/regions/fr-par/secrets-by-path/versions/2/access?secret_name=key&secret_path=/rotated&project_id=${w.scaleway.projectId}`,
      ),
    allowedBy: ['SecretManagerSecretAccess', 'SecretManagerFullAccess'],
  },
  'creating a version': {
    attempt: (c, w) => c.call('POST', w.versions, { data }),
    allowedBy: ['SecretManagerSecretCreate', 'SecretManagerFullAccess'],
  },
  'creating a version that disables the previous one': {
    attempt: (c, w) => c.call('POST', w.versions, { data, disable_previous: true }),
    allowedBy: ['SecretManagerFullAccess'],
  },
  'disabling a version': {
    attempt: (c, w) => c.call('POST', `${w.versions}/2/disable`, {}),
    allowedBy: ['SecretManagerSecretWrite', 'SecretManagerFullAccess'],
  },
  'enabling a version': {
    attempt: (c, w) => c.call('POST', `${w.versions}/2/enable`, {}),
    allowedBy: ['SecretManagerSecretWrite', 'SecretManagerFullAccess'],
  },
  'describing a version': {
    attempt: (c, w) => c.call('PATCH', `${w.versions}/2`, { description: 'x' }),
    allowedBy: ['SecretManagerSecretWrite', 'SecretManagerFullAccess'],
  },
  'protecting a secret': {
    attempt: (c, w) => c.call('POST', `${SECRETS}/${w.secretId}/protect`, {}),
    allowedBy: ['SecretManagerSecretWrite', 'SecretManagerFullAccess'],
  },
  'deleting a version': {
    attempt: (c, w) => c.call('DELETE', `${w.versions}/2`),
    allowedBy: ['SecretManagerSecretDelete', 'SecretManagerFullAccess'],
  },
  'deleting a secret': {
    attempt: (c, w) => c.call('DELETE', `${SECRETS}/${w.secretId}`),
    allowedBy: ['SecretManagerSecretDelete', 'SecretManagerFullAccess'],
  },
  'restoring a version': {
    attempt: (c, w) => c.call('POST', `${w.versions}/1/restore`, {}),
    allowedBy: ['SecretManagerSecretRestore', 'SecretManagerFullAccess'],
  },
}

const ORGANIZATION_SETS = [
  'IAMManager',
  'IAMReadOnly',
  'IAMApplicationManager',
  'IAMApplicationReadOnly',
  'IAMPolicyManager',
  'IAMPolicyReadOnly',
  'IAMUserManager',
  'OrganizationManager',
  'OrganizationReadOnly',
]
const PROJECT_SETS = [
  'SecretManagerReadOnly',
  'SecretManagerSecretAccess',
  'SecretManagerSecretCreate',
  'SecretManagerSecretWrite',
  'SecretManagerSecretDelete',
  'SecretManagerSecretRestore',
  'SecretManagerFullAccess',
  'FunctionsPrivateAccess',
]

test.each(Object.entries(ATTEMPTS))('%s is allowed by exactly the documented permission sets', async (_, scenario) => {
  const allowed: string[] = []
  for (const set of [...ORGANIZATION_SETS, ...PROJECT_SETS]) {
    const world = setUp()
    const { organizationId, projectId } = world.scaleway
    const scope = ORGANIZATION_SETS.includes(set) ? { organizationId } : { projectIds: [projectId] }
    const client = bearerWith(world.scaleway, [{ permissionSetNames: [set], ...scope }])
    const { status } = await scenario.attempt(client, world)
    if (status < 300) allowed.push(set)
    else expect(status).toBe(403)
  }
  expect(allowed.sort()).toEqual([...scenario.allowedBy].sort())
})

test('a key without any policy that reads itself gets 403, for an unknown access key 404', async () => {
  const client = bearerWith(createScaleway())
  const own = await client.call('GET', `${KEYS}/${client.accessKey}`)
  expect(own.status).toBe(403)
  expect(own.body).toEqual({
    details: [{ action: 'read', resource: 'api_key' }],
    message: 'insufficient permissions',
    type: 'permissions_denied',
  })
  expect((await client.call('GET', `${KEYS}/SCWAAAAAAAAAAAAAAAAA`)).status).toBe(404)
})

test('an application manager reaches the keys of applications and not those of users', async () => {
  const scaleway = createScaleway()
  const rule = { permissionSetNames: ['IAMApplicationManager'], organizationId: scaleway.organizationId }
  const client = bearerWith(scaleway, [rule])
  const list = await client.call('GET', KEYS)
  expect(list.body).toMatchObject({ api_keys: [{ access_key: client.accessKey }], total_count: 1 })
  for (const method of ['GET', 'DELETE']) {
    expect((await client.call(method, `${KEYS}/${scaleway.owner.accessKey}`)).status).toBe(403)
  }
  expect(scaleway.authenticates(scaleway.owner.secretKey)).toBe(true)
})

test('a rule for one project does not reach another project, a rule for the organization reaches all', async () => {
  const { scaleway, secretId } = setUp()
  const permissionSetNames = ['SecretManagerReadOnly']
  const statusWith = async (scope: Omit<NewRule, 'permissionSetNames'>) =>
    (await bearerWith(scaleway, [{ permissionSetNames, ...scope }]).call('GET', `${SECRETS}/${secretId}`)).status
  expect(await statusWith({ projectIds: [scaleway.organizationId] })).toBe(403)
  expect(await statusWith({ projectIds: [scaleway.organizationId, scaleway.projectId] })).toBe(200)
  expect(await statusWith({ organizationId: scaleway.organizationId })).toBe(200)
})

test('another organization refuses even the owner', async () => {
  const owner = ownerOf(createScaleway())
  const answer = await owner.call('GET', `${KEYS}?organization_id=11111111-2222-4333-8444-555555555555`)
  expect(answer.status).toBe(403)
})

test('one permission set can be removed from a policy', async () => {
  const { scaleway, versions } = setUp()
  const { id: applicationId } = scaleway.iam.createApplication({ name: 'a' })
  const permissionSetNames = ['SecretManagerReadOnly', 'SecretManagerSecretWrite']
  const rules = [{ permissionSetNames, projectIds: [scaleway.projectId] }]
  const policy = scaleway.iam.createPolicy({ applicationId, rules })
  const { secretKey } = scaleway.iam.createApiKey({ applicationId })
  const ask = (permissionSet: string) => scaleway.authorize({ secretKey, permissionSet, projectId: scaleway.projectId })
  expect(ask('SecretManagerSecretWrite')).toBe('allowed')
  scaleway.iam.removePermissionSet(policy.id, 'SecretManagerSecretWrite')
  expect(ask('SecretManagerSecretWrite')).toBe('denied')
  expect(ask('SecretManagerReadOnly')).toBe('allowed')
  const headers = { 'X-Auth-Token': secretKey }
  const disable = await scaleway.fetch(`http://x${versions}/2/disable`, { method: 'POST', headers })
  expect(disable.status).toBe(403)
  scaleway.iam.updatePolicy(policy.id, { rules })
  expect(ask('SecretManagerSecretWrite')).toBe('allowed')
})

test('the gateway of private functions gets one of three answers about a caller', () => {
  const scaleway = createScaleway()
  const rule = { permissionSetNames: ['FunctionsPrivateAccess'], projectIds: [scaleway.projectId] }
  const { secretKey } = bearerWith(scaleway, [{ ...rule, condition: 'inIpRange(request.ip, "192.0.2.0/24")' }])
  const ask = (ip: string, presented = secretKey) =>
    scaleway.authorize({
      secretKey: presented,
      permissionSet: 'FunctionsPrivateAccess',
      projectId: scaleway.projectId,
      ip,
    })
  expect(ask('192.0.2.77')).toBe('allowed')
  expect(ask('198.51.100.1')).toBe('denied')
  expect(ask('192.0.2.77', '11111111-2222-4333-8444-555555555555')).toBe('unauthenticated')
  expect(ask('192.0.2.77', scaleway.owner.secretKey)).toBe('allowed')
})
