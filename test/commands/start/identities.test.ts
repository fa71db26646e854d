import { expect, test } from 'vitest'
import { createIdentities } from '../../../scripts/local/identities.ts'
import { createScaleway } from '../../fake-scaleway/index.ts'

test('every identity has exactly its permissions of main.tf, and the bearer has none and no key', () => {
  const scaleway = createScaleway()
  const { secretId, applicationId } = createIdentities(scaleway)
  const organization = { organizationId: scaleway.organizationId }
  const project = { projectIds: [scaleway.projectId] }
  const mayCall = [{ sets: ['FunctionsPrivateAccess'], scope: project, condition: '' }]
  expect(permissionsByName(scaleway)).toEqual({
    bearer: [],
    rotator: [
      { sets: ['IAMApplicationManager'], scope: organization, condition: '' },
      {
        sets: ['SecretManagerReadOnly'],
        scope: project,
        condition: `resource.id == "${secretId}" || !has(resource.id)`,
      },
      {
        sets: ['SecretManagerSecretCreate', 'SecretManagerSecretWrite', 'SecretManagerSecretDelete'],
        scope: project,
        condition: `resource.id == "${secretId}"`,
      },
    ],
    reader: [{ sets: ['SecretManagerSecretAccess'], scope: project, condition: `resource.id == "${secretId}"` }],
    operator: mayCall,
    app: mayCall,
    uptime: mayCall,
  })
  expect(scaleway.iam.apiKeys(applicationId)).toEqual([])
  expect(scaleway.secrets.secret(secretId)).toMatchObject({ type: 'key_value' })
})

function permissionsByName({ iam }: ReturnType<typeof createScaleway>) {
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
