import { calling } from '../../../functions/rotation/scaleway/api-error.ts'
import { allowed, isAllowed } from '../allowed.ts'
import type { Fact } from '../fact.ts'
import { makeBearer, withCondition } from '../identities.ts'
import { makeSecret } from '../secrets.ts'

const write = 'SecretManagerSecretWrite'
const full = 'SecretManagerFullAccess'

/** Which permission set disables a version. */
export const disableVersion: Fact = {
  name: 'disableVersion',
  title: 'which permission set disables a version',
  needsFunction: false,
  async settle({ stage }) {
    const projectIds = [stage.projectId]
    const secretId = await makeSecret(stage, 'disabled', 1)
    const { scaleway, policyId } = await makeBearer(stage, 'writer', [{ permissionSetNames: [write], projectIds }])
    const { secrets } = scaleway
    const version = { secretId, revision: '1' }
    const describe = () => secrets.updateSecretVersion({ ...version, description: 'probe' })
    await allowed(stage, `describing a version with ${write}`, () => calling('update version', describe))
    const disable = () => calling('disable version', () => secrets.disableSecretVersion(version))
    if (await isAllowed(stage, `disabling a version with ${write}`, disable)) {
      return { reading: 'secret-write', detail: `${write} was enough` }
    }
    const rules = [withCondition({ permissionSetNames: [full], projectIds })]
    await calling('set rules', () => stage.owner.iam.setRules({ policyId, rules }))
    await allowed(stage, `disabling a version with ${full}`, disable)
    return { reading: 'full-access', detail: `refused with ${write}, allowed with ${full}` }
  },
}
