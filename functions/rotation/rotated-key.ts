import { observe } from './reconcile/observe.ts'
import { OwnWrites } from './reconcile/own-writes.ts'
import { ApiError } from './scaleway/api-error.ts'
import { type CallParts, callsWithin } from './scaleway/calls.ts'
import type { TimeLeft } from './scaleway/client.ts'
import type { Keys } from './scaleway/keys.ts'
import type { RotatorKey } from './status/rotator-key.ts'
import { type Status, statusOf } from './status/status.ts'

/**
 * Looks once, changes nothing, and gives the status.
 * @throws {ApiError} when Scaleway cannot be asked
 */
export async function readStatus(timeLeft: TimeLeft, parts: CallParts): Promise<Status> {
  const { config, clock } = parts
  const { keys, versions } = callsWithin(timeLeft, parts)
  const { world, at } = await observe({ keys, versions, ownWrites: new OwnWrites(), clock, onlyLooks: true })
  const rotatorKey = await readRotatorKey(keys, config.rotator.accessKey)
  return statusOf({ world, policy: config.policy, now: at, rotatorKey })
}

/**
 * Gives the rotator's own key, or null when IAM does not show it, which is no reason to withhold all the rest.
 * @throws {ApiError} when IAM cannot be asked
 */
export async function readRotatorKey(keys: Pick<Keys, 'get'>, accessKey: string): Promise<RotatorKey> {
  try {
    return (await keys.get(accessKey)) ?? null
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return null
    throw error
  }
}
