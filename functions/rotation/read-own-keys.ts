import type { TimeLeft } from './clock.ts'
import type { Config } from './config.ts'
import { ApiError } from './scaleway/api-error.ts'
import type { CallParts } from './scaleway/calls.ts'
import { boundedBy, connect } from './scaleway/client.ts'
import { getKey, listKeys } from './scaleway/keys.ts'
import { credentialsOf, type OwnKeys, unknownKeys } from './status/own-keys.ts'

/** What reading them needs. */
interface OwnKeysParts extends Pick<CallParts, 'fetch'> {
  readonly config: Pick<Config, 'apiUrl' | 'rotator' | 'identities' | 'credentialMaxAgeMs'>
}

/**
 * Reads the keys of the deployment's own applications in the time that is left.
 * @throws {ApiError}
 */
export async function readOwnKeys(timeLeft: TimeLeft, { config, fetch }: OwnKeysParts): Promise<OwnKeys> {
  const { apiUrl, rotator, identities } = config
  const scaleway = connect({ apiUrl, credential: rotator, fetch: boundedBy(timeLeft, fetch) })
  const [rotatorKey, ...listed] = await Promise.all([
    unlessHidden(() => getKey(scaleway, rotator.accessKey)),
    ...identities.map(({ applicationId }) => unlessHidden(() => listKeys(scaleway, applicationId))),
  ])
  return {
    rotator: rotatorKey === undefined ? null : { ...rotatorKey, expiresAt: rotatorKey.expiresAt ?? null },
    credentials: identities.flatMap((identity, index) => credentialsOf(identity, listed[index] ?? [])),
    unknown: identities.flatMap((identity, index) => unknownKeys(identity, listed[index] ?? [])),
    hidden: identities.filter((_, index) => listed[index] === undefined).map(({ name }) => name),
    count: listed.reduce((sum, keys) => sum + (keys?.length ?? 0), 0),
    maxAgeMs: config.credentialMaxAgeMs,
  }
}

/** Undefined when IAM does not show what is read, which is no reason to withhold the rest. */
async function unlessHidden<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}
