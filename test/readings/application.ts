import { askRetrieval } from '../../examples/node/ask-retrieval.ts'
import { RotatedKey } from '../../examples/node/rotated-key.ts'
import type { Deployment } from './deployment.ts'

/**
 * An application that uses the rotated key through the example for Node, and keeps what it has seen. It makes two calls each
 * time, to IAM and to Secret Manager: once with the key that it holds until it is refused, and once with one freshly fetched.
 */
export function createApplication({ retrievalUrl, ids, sendCallerKey, cloud, clock, scalewayUrl }: Deployment) {
  const options = { url: retrievalUrl, consumerKey: ids.consumer.secretKey, sendCallerKey }
  const seen: string[] = []
  let held: RotatedKey | undefined
  let lastAtMilliseconds = 0
  const endpoints = [
    `${scalewayUrl}/iam/v1alpha1/applications`,
    `${scalewayUrl}/secret-manager/v1beta1/regions/fr-par/secrets?project_id=${cloud.projectId}`,
  ]
  const use = async (rotated: RotatedKey, how: string) => {
    for (const url of endpoints) {
      const { status } = await rotated.use(({ secretKey }) => fetch(url, { headers: { 'X-Auth-Token': secretKey } }))
      seen.push(`${how} ${status}`)
    }
  }
  const works = async () => {
    if (held === undefined) return
    lastAtMilliseconds = clock.now().getTime()
    await use(held, 'held')
    const fresh = await RotatedKey.start({ ...options, startMs: 1 })
    await use(fresh, 'fetched')
    fresh.stop()
  }
  return {
    /** Fetches and uses the key. Does nothing before `start`. */
    works,
    /** The same, at most every ten seconds. */
    async worksAgain(): Promise<void> {
      if (clock.now().getTime() - lastAtMilliseconds >= 10_000) await works()
    },
    /** Fetches the first key. @throws when there is none */
    async start(): Promise<void> {
      held = await RotatedKey.start({ ...options, startMs: 1 })
    },
    /** The revision that retrieval gives now, past its cache. */
    async revision(): Promise<number | undefined> {
      const answer = await askRetrieval(options, { etag: undefined, noCache: true })
      return answer === 'unchanged' ? undefined : answer.key.revision
    },
    /** All that its calls were answered, each different one once. */
    seen: () => [...new Set(seen)].sort(),
    stop: () => held?.stop(),
  }
}
