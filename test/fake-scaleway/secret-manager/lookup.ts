import { notFound } from '../http/errors.ts'
import type { SecretRecord } from '../records.ts'
import type { Shelf, State } from '../state.ts'
import { isGone } from './scheduled-deletion.ts'

/**
 * Gives the secret, also while it is scheduled for deletion (readable for 7 days, docs/scaleway.md#soft-deletion);
 * refuses with 404.
 */
export function getSecret(state: State, id: string, region?: string): SecretRecord {
  const secret = state.secrets.get(id)
  if (secret === undefined || (region !== undefined && region !== secret.region)) throw notFound('secret', id)
  if (!isGone(secret, state.clock.now().getTime())) return secret
  state.secrets.forget(id)
  state.shelves.delete(id)
  throw notFound('secret', id)
}

/** The state of a secret's versions. */
export function shelfOf(state: State, secretId: string): Shelf {
  const shelf = state.shelves.get(secretId)
  if (shelf === undefined) throw notFound('secret', secretId)
  return shelf
}

/** The secrets that exist, scheduled ones included: now, or as they were at a moment (milliseconds since 1970). */
export function liveSecrets(state: State, atMilliseconds?: number): SecretRecord[] {
  const moment = atMilliseconds ?? state.clock.now().getTime()
  const records = atMilliseconds === undefined ? state.secrets.values() : state.secrets.asOf(atMilliseconds)
  return Array.from(records).filter(secret => !isGone(secret, moment))
}
