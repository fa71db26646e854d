import { ApiError, calling } from '../../../functions/rotation/scaleway/api-error.ts'
import { type Fact, seconds } from '../fact.ts'
import { addVersion, makeSecret } from '../secrets.ts'
import { type Stage, UnclearError } from '../stage.ts'
import { until } from '../until.ts'

const inARow = 5
const everyMs = 1_000

/** Whether a new version is read as `latest_enabled` at once. */
export const latestEnabled: Fact = {
  name: 'latestEnabled',
  title: 'how soon latest_enabled shows a new version',
  needsFunction: false,
  async settle({ stage }) {
    const secretId = await makeSecret(stage, 'latest')
    await shownAfter(stage, secretId, await addVersion(stage.owner, secretId))
    const behindMs = await shownAfter(stage, secretId, await addVersion(stage.owner, secretId))
    return {
      reading: behindMs === 0 ? 'current' : 'behind',
      detail: behindMs === 0 ? 'shown by every read from the first on' : `another was shown for ${seconds(behindMs)}`,
    }
  },
}

/** How long reads have shown another version than this one, in milliseconds; 0 when none has. */
async function shownAfter(stage: Stage, secretId: string, wanted: number): Promise<number> {
  const { clock, waitMs, owner } = stage
  const beganMs = clock.now().getTime()
  let behindMs = 0
  let right = 0
  const read = async () => {
    const shown = await revisionShown(owner.secrets, secretId)
    right = shown === wanted ? right + 1 : 0
    if (right === 0) behindMs = Math.max(clock.now().getTime() - beganMs, 1)
    return right === inARow || undefined
  }
  const wait = { what: 'reads that show a new version', limitMs: waitMs, everyMs }
  if ((await until(stage, wait, read)) === undefined) throw new UnclearError('a new version was not shown')
  return behindMs
}

async function revisionShown(secrets: Stage['owner']['secrets'], secretId: string): Promise<number | undefined> {
  try {
    const access = () => secrets.accessSecretVersion({ secretId, revision: 'latest_enabled' })
    return (await calling('access version', access)).revision
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}
