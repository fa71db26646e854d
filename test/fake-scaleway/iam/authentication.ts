import { deniedAuthentication } from '../http/errors.ts'
import type { ApiKeyRecord } from '../records.ts'
import type { State } from '../state.ts'

/** Who calls: the bearer of the presented key. */
export interface Caller {
  readonly accessKey: string
  /** Application or user id. */
  readonly bearerId: string
  /** The owner may do everything, whatever the policies say. */
  readonly isOwner: boolean
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Who checks a key: IAM, which made it, or anything else (Secret Manager, the gate of a function). */
export type Endpoint = 'iam' | 'elsewhere'

/**
 * Takes the value of `X-Auth-Token` and gives its bearer. Refuses in three ways (docs/scaleway.md#errors), and a key that is
 * too new for the endpoint as an unknown one.
 */
export function authenticate(state: State, secretKey: string | undefined, endpoint: Endpoint): Caller {
  const denied = (reason: Parameters<typeof deniedAuthentication>[0]) =>
    deniedAuthentication(reason, state.readings.refusedKey)
  if (secretKey === undefined || !UUID.test(secretKey)) throw denied('invalid_argument')
  const key = state.apiKeys.get(state.secretKeys.get(secretKey) ?? '')
  if (key === undefined) throw denied('not_found')
  const nowMilliseconds = state.clock.now().getTime()
  if (isExpired(key, nowMilliseconds)) throw denied('expired')
  const caller = callerOf(state, key)
  // The owner's key is older than any deployment.
  const isKnown = caller.isOwner || nowMilliseconds - key.createdAt.getTime() >= unknownMilliseconds(state, endpoint)
  if (!isKnown) throw denied('not_found')
  return caller
}

/** For how long after its creation an endpoint does not know a key. */
function unknownMilliseconds({ readings }: State, endpoint: Endpoint): number {
  switch (readings.newKey) {
    case 'at-once':
      // Also after the clock was set back, where a key is younger than nothing.
      return Number.NEGATIVE_INFINITY
    case 'after-5-s':
      return 5_000
    case 'after-30-s':
      return 30_000
    case 'after-2-min':
      return 120_000
    case 'endpoints-differ':
      return endpoint === 'iam' ? Number.NEGATIVE_INFINITY : 30_000
  }
}

/** True when the key has expired at that moment (milliseconds since 1970). */
export function isExpired(key: ApiKeyRecord, atMilliseconds: number): boolean {
  return key.expiresAt !== undefined && key.expiresAt.getTime() <= atMilliseconds
}

function callerOf(state: State, key: ApiKeyRecord): Caller {
  const bearerId = key.applicationId ?? key.userId ?? ''
  return { accessKey: key.accessKey, bearerId, isOwner: bearerId === state.ownerUserId }
}
