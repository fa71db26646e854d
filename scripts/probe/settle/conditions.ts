import { calling } from '../../../functions/rotation/scaleway/api-error.ts'
import { allowed, isAllowed } from '../allowed.ts'
import type { Fact } from '../fact.ts'
import { makeBearer } from '../identities.ts'
import { addVersion, makeSecret } from '../secrets.ts'

/** On which calls about one secret a condition sees `resource.id`. */
export const resourceId: Fact = {
  name: 'resourceId',
  title: 'on which calls about a secret a condition sees resource.id',
  needsFunction: false,
  async settle({ stage }) {
    const projectIds = [stage.projectId]
    const secretId = await makeSecret(stage, 'bound', 1)
    const bound = ['SecretManagerSecretCreate', 'SecretManagerSecretAccess', 'SecretManagerSecretDelete']
    const { scaleway } = await makeBearer(stage, 'bound', [
      // Without a condition: once it works, the policy is known.
      { permissionSetNames: ['SecretManagerReadOnly'], projectIds },
      { permissionSetNames: bound, projectIds, condition: `resource.id == "${secretId}"` },
    ])
    const { secrets } = scaleway
    const version = { secretId, revision: '1' }
    await allowed(stage, 'reading a secret', () => calling('get secret', () => secrets.getSecret({ secretId })))
    const access = () => calling('access version', () => secrets.accessSecretVersion(version))
    const remove = () => calling('delete version', () => secrets.deleteSecretVersion(version))
    const onAccess = await isAllowed(stage, 'the access to a version under a condition', access)
    const onCreate = await isAllowed(stage, 'the creation of a version under a condition', () =>
      addVersion(scaleway, secretId),
    )
    const onDelete = await isAllowed(stage, 'the deletion of a version under a condition', remove)
    const absent = [...(onCreate ? [] : ['version-create']), ...(onAccess ? [] : ['access'])]
    return {
      reading: absent.length === 0 ? 'present' : `absent-on-${absent.join('-and-')}`,
      detail: `under resource.id == "…": create ${inWords(onCreate)}, access ${inWords(onAccess)}, delete ${inWords(onDelete)}`,
    }
  },
}

function inWords(isDone: boolean): string {
  return isDone ? 'allowed' : 'refused'
}
