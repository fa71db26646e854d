import { Watch } from '../harness/invariants.ts'
import type { LiveStack } from '../live/live-stack.ts'
import type { Published } from '../live/published.ts'

/** Creates a watch over a stack: it checks the invariants of all simulated runs from outside of both functions. */
export function watchOf({ cloud, clock, ids, lines }: LiveStack, published: Published): Watch {
  const versions = () => cloud.secrets.versions(ids.secretId)
  const own = [ids.rotator, ids.reader, ids.operator, ids.consumer, ids.monitor].map(({ secretKey }) => secretKey)
  const served = () => {
    const version = versions().find(({ status }) => status === 'enabled')
    if (version === undefined) return undefined
    const { API_KEY: accessKey, SECRET_KEY: secretKey } = JSON.parse(
      cloud.secrets.payload(ids.secretId, version.revision),
    )
    return { accessKey, secretKey, revision: version.revision }
  }
  return new Watch({
    cloud,
    clock,
    ids,
    lines,
    answers: [],
    keys: () => cloud.iam.apiKeys(ids.applicationId),
    versions,
    served,
    secrets: () => [...own, ...published.secretKeys],
  })
}
