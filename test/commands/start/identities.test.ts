import { expect, test } from 'vitest'
import { createIdentities } from '../../../scripts/local/identities.ts'
import { createScaleway } from '../../fake-scaleway/index.ts'

test('every identity has exactly its permissions of main.tf, and the bearer has none and no key', () => {
  const scaleway = createScaleway()
  const { secretId, applicationId } = createIdentities(scaleway)
  expect(permissionsByName(scaleway)).toEqual({
    'default-bearer': [],
    app: mayCall(scaleway),
    ...ownPermissions(scaleway, `resource.id == "${secretId}"`),
  })
  expect(scaleway.iam.apiKeys(applicationId)).toEqual([])
  expect(scaleway.secrets.secret(secretId)).toMatchObject({ type: 'key_value' })
})

test('of several keys each has a bearer, a secret and a consumer, and rotator and reader may use all the secrets', () => {
  const scaleway = createScaleway()
  const { keys, ...first } = createIdentities(scaleway, ['billing', 'mailer'])
  expect(permissionsByName(scaleway)).toEqual({
    'billing-bearer': [],
    'mailer-bearer': [],
    'billing-app': mayCall(scaleway),
    'mailer-app': mayCall(scaleway),
    ...ownPermissions(scaleway, keys.map(({ secretId }) => `resource.id == "${secretId}"`).join(' || ')),
  })
  expect(keys.map(({ name, consumer }) => [name, consumer.name])).toEqual([
    ['billing', 'billing-app'],
    ['mailer', 'mailer-app'],
  ])
  expect(new Set(keys.flatMap(({ applicationId, secretId }) => [applicationId, secretId])).size).toBe(4)
  expect(first).toMatchObject({ secretId: keys[0]?.secretId, applicationId: keys[0]?.applicationId })
})

type Scaleway = ReturnType<typeof createScaleway>

function mayCall({ projectId }: Scaleway) {
  return [{ sets: ['FunctionsPrivateAccess'], scope: { projectIds: [projectId] }, condition: '' }]
}

/** The permissions of the deployment's own identities, for these secrets. */
function ownPermissions(scaleway: Scaleway, theseSecrets: string) {
  const project = { projectIds: [scaleway.projectId] }
  return {
    rotator: [
      { sets: ['IAMApplicationManager'], scope: { organizationId: scaleway.organizationId }, condition: '' },
      {
        sets: ['SecretManagerReadOnly', 'SecretManagerSecretCreate'],
        scope: project,
        condition: `${theseSecrets} || !has(resource.id)`,
      },
      { sets: ['SecretManagerSecretWrite', 'SecretManagerSecretDelete'], scope: project, condition: theseSecrets },
    ],
    reader: [{ sets: ['SecretManagerSecretAccess'], scope: project, condition: theseSecrets }],
    operator: mayCall(scaleway),
    uptime: mayCall(scaleway),
  }
}

function permissionsByName({ iam }: Scaleway) {
  const rulesOf = (applicationId: string) =>
    iam
      .policies()
      .flatMap(({ principal, rules }) =>
        'applicationId' in principal && principal.applicationId === applicationId ? rules : [],
      )
  return Object.fromEntries(
    iam
      .applications()
      .map(({ id, name }) => [
        name,
        rulesOf(id).map(({ permissionSetNames, scope, condition }) => ({ sets: permissionSetNames, scope, condition })),
      ]),
  )
}
