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

/**
 * Takes the value of `X-Auth-Token` and gives its bearer. Refuses with 401 in three ways (docs/scaleway.md#errors).
 */
export function authenticate(state: State, secretKey: string | undefined): Caller {
  if (secretKey === undefined || !UUID.test(secretKey)) throw deniedAuthentication('invalid_argument')
  const key = state.apiKeys.get(state.secretKeys.get(secretKey) ?? '')
  if (key === undefined) throw deniedAuthentication('not_found')
  if (isExpired(key, state.clock.now().getTime())) throw deniedAuthentication('expired')
  return callerOf(state, key)
}

/** True when the key has expired at that moment (milliseconds since 1970). */
export function isExpired(key: ApiKeyRecord, atMilliseconds: number): boolean {
  return key.expiresAt !== undefined && key.expiresAt.getTime() <= atMilliseconds
}

function callerOf(state: State, key: ApiKeyRecord): Caller {
  const bearerId = key.applicationId ?? key.userId ?? ''
  return { accessKey: key.accessKey, bearerId, isOwner: bearerId === state.ownerUserId }
}
