import { functionSettings, timeoutSeconds } from '../../scripts/local/settings.ts'
import { type FunctionProcess, startFunction } from '../fake-scaleway/functions/function-process.ts'
import { startGateway } from '../fake-scaleway/functions/gateway.ts'
import { serve } from '../fake-scaleway/index.ts'
import { deploy } from '../support/rotation.ts'

/** Ends something with the test. */
export type AtEnd = (end: () => Promise<void>) => void

/**
 * A deployment without retrieval, on a simulated clock: rotation in this process, IAM and Secret
 * Manager on loopback.
 */
export async function startPlatform(atEnd: AtEnd) {
  const deployment = deploy()
  const { cloud, clock, ids, rotation } = deployment
  // Without this right, the bearer's own call would be refused.
  const mayReadKeys = { permissionSetNames: ['IAMReadOnly'], organizationId: cloud.organizationId }
  cloud.iam.createPolicy({ applicationId: ids.applicationId, rules: [mayReadKeys] })
  const server = await serve(cloud)
  atEnd(server.close)
  return {
    ...deployment,
    scalewayUrl: server.url,
    /** Advances the clock by a month and rotates as the CRON does. */
    async rotateAfterAMonth() {
      clock.advance({ days: 30 })
      const { body } = await rotation.post()
      if (body.rotated !== true) throw new Error(`nothing was rotated: ${JSON.stringify(body)}`)
    },
    /** Lets the overlap pass and the hourly runs happen that disable the older version and delete its key. */
    async endOverlap() {
      clock.advance({ hours: 122 })
      for (let run = 0; run < 3; run += 1) {
        await rotation.post({ action: 'tend' })
        clock.advance({ hours: 1 })
      }
      if (deployment.keys().length !== 1) throw new Error('the older key still exists')
    },
    /** A leak: issues a new key and deletes every older one at once. */
    async revoke() {
      const { body } = await rotation.post({ action: 'revoke' }, 'operator')
      if (body.done !== true) throw new Error(`not revoked: ${JSON.stringify(body)}`)
    },
    /** The calls that the local Scaleway has refused, as `operation status`, but those that prove a new key. */
    refused: () =>
      cloud.log.entries
        .filter(({ operation, status }) => (status === 401 || status === 403) && operation !== 'secrets.getSecret')
        .map(({ operation, status }) => `${operation} ${status}`),
  }
}

/** What a stack is made of: the built retrieval, and for how long its first instance caches a key. */
interface StackOptions {
  readonly retrievalZip: string | Uint8Array
  readonly cacheSeconds?: number
  readonly atEnd: AtEnd
}

/**
 * A platform with the built retrieval in a process of its own behind the private gateway. The cache of an instance
 * follows the machine's clock and not the simulated one, so by default nothing is cached.
 */
export async function startStack({ retrievalZip, cacheSeconds = 0, atEnd }: StackOptions) {
  const platform = await startPlatform(atEnd)
  const { cloud, ids, scalewayUrl } = platform
  const env = functionSettings({ scaleway: cloud, scalewayUrl, identities: ids }).retrieval
  const instance = async (seconds: number): Promise<FunctionProcess> => {
    const started = await inTurn(() =>
      startFunction({ zip: retrievalZip, env: { ...env, CACHE_SECONDS: String(seconds) } }),
    )
    atEnd(started.stop)
    return started
  }
  const first = await instance(cacheSeconds)
  const gateway = await startGateway({
    functionUrl: first.url,
    privacy: 'private',
    authority: cloud,
    state: cloud.state,
    projectId: cloud.projectId,
    timeoutSeconds: timeoutSeconds.retrieval,
    maxScale: 20,
  })
  atEnd(gateway.close)
  return {
    ...platform,
    /** The settings of an example that runs on this deployment. */
    settings: { RETRIEVAL_URL: gateway.url, CONSUMER_KEY: ids.consumer.secretKey, SCW_API_URL: scalewayUrl },
    first,
    /** Starts another instance of retrieval, which gets no requests yet. */
    instance,
    /** Routes every request from now on to this instance; without one, all are answered 503. */
    routeTo: (to: Pick<FunctionProcess, 'url'> | undefined) => gateway.replace({ functionUrl: to?.url }),
  }
}

let lastStart: Promise<unknown> = Promise.resolve()

/** Starts one after the other, because a start has a limit in real time and the tests of a file run in parallel. */
function inTurn<T>(start: () => Promise<T>): Promise<T> {
  const turn = lastStart.then(start)
  lastStart = turn.catch(() => undefined)
  return turn
}

/** A running stack. */
export type Stack = Awaited<ReturnType<typeof startStack>>

/** A running platform. */
export type Platform = Awaited<ReturnType<typeof startPlatform>>
