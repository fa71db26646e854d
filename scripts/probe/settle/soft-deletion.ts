import { ApiError, calling } from '../../../functions/rotation/scaleway/api-error.ts'
import type { Fact } from '../fact.ts'
import { addVersion, makeSecret } from '../secrets.ts'
import { type Stage, UnclearError } from '../stage.ts'

const quota = 20

/** Whether versions that wait for their deletion count in the quota. */
export const scheduledVersions: Fact = {
  name: 'scheduledVersions',
  title: 'whether versions that wait for their deletion count in the quota of 20',
  needsFunction: false,
  async settle({ stage }) {
    const secretId = await makeSecret(stage, 'quota', quota)
    if (await isAdded(stage, secretId)) throw new UnclearError(`a secret took more than ${quota} versions`)
    const { secrets } = stage.owner
    await calling('delete version', () => secrets.deleteSecretVersion({ secretId, revision: '1' }))
    const isFree = await isAdded(stage, secretId)
    return {
      reading: isFree ? 'do-not-count' : 'count',
      detail: `with ${quota - 1} enabled and 1 waiting for its deletion, another was ${isFree ? 'created' : 'refused'}`,
    }
  },
}

async function isAdded({ owner }: Stage, secretId: string): Promise<boolean> {
  try {
    await addVersion(owner, secretId)
    return true
  } catch (error) {
    if (error instanceof ApiError && error.type === 'quotas_exceeded') return false
    throw error
  }
}

/** Whether a deleted secret's name can be used again. */
export const deletedSecretName: Fact = {
  name: 'deletedSecretName',
  title: 'whether the name of a deleted secret stays taken',
  needsFunction: false,
  async settle({ stage }) {
    const { secrets } = stage.owner
    const secretId = await makeSecret(stage, 'name')
    await calling('delete secret', () => secrets.deleteSecret({ secretId }))
    const { deletionRequestedAt } = await calling('get secret', () => secrets.getSecret({ secretId }))
    const state = deletionRequestedAt === undefined ? 'shows no time of its deletion' : 'waits for its deletion'
    try {
      await makeSecret(stage, 'name')
      return { reading: 'free', detail: `the deleted secret ${state}; another of its name was created` }
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 409)) throw error
      return {
        reading: 'taken',
        detail: `the deleted secret ${state}; another of its name was refused with ${error.status}`,
      }
    }
  },
}
