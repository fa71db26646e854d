import { calling } from '../../../functions/rotation/scaleway/api-error.ts'
import { allowed, isAllowed } from '../allowed.ts'
import type { Fact, Finding } from '../fact.ts'
import { type Bearer, makeBearer, withCondition } from '../identities.ts'
import type { Stage } from '../stage.ts'

const manager = 'IAMApplicationManager'
const readOnly = 'IAMApplicationReadOnly'

/** Whether what makes and deletes keys also lists them. */
export const listKeys: Fact = {
  name: 'listKeys',
  title: 'which permission set lists keys',
  needsFunction: false,
  async settle({ stage }) {
    const { organizationId } = stage.login
    const bearer = await makeBearer(stage, 'manager', [{ permissionSetNames: [manager], organizationId }])
    try {
      return await tryLists(stage, bearer)
    } finally {
      // Such a right is not left for the rest of the probe. Where this fails, it is tried again at the end.
      await stage.owner.iam.deletePolicy({ policyId: bearer.policyId }).catch(() => undefined)
    }
  },
}

async function tryLists(stage: Stage, { scaleway, applicationId, policyId }: Bearer): Promise<Finding> {
  const { organizationId } = stage.login
  const { iam } = scaleway
  const create = () =>
    iam.createAPIKey({ applicationId, description: stage.prefix, expiresAt: soon(stage.clock.now()) })
  const made = await allowed(stage, `making a key with ${manager}`, () => calling('create key', create))
  await calling('delete key', () => iam.deleteAPIKey({ accessKey: made.accessKey }))
  const list = () => calling('list keys', () => iam.listAPIKeys({ bearerId: applicationId }))
  if (await isAllowed(stage, `listing keys with ${manager}`, list)) {
    return { reading: 'application-manager', detail: `${manager} was enough` }
  }
  const rules = [withCondition({ permissionSetNames: [manager, readOnly], organizationId })]
  await calling('set rules', () => stage.owner.iam.setRules({ policyId, rules }))
  await allowed(stage, `listing keys with ${readOnly}`, list)
  return { reading: 'needs-read-only', detail: `refused with ${manager}, allowed with ${readOnly} besides` }
}

/** An organization may enforce an end of keys. This one is deleted at once. */
function soon(now: Date): Date {
  return new Date(now.getTime() + 3_600_000)
}
