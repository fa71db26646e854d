import { createHash } from 'node:crypto'
import type { Secret } from '../shared/secret.ts'

/**
 * What a CRON trigger proves itself by: Terraform computes it from the same key and puts it into the trigger's args,
 * because how the platform authenticates its triggers is documented nowhere (docs/scaleway.md#cron-calls). Takes the rotator's
 * secret key; gives a SHA-256 hash, from which the key cannot be computed.
 */
export function cronToken(rotatorKey: Secret): Buffer {
  return createHash('sha256').update(`cron:${rotatorKey.reveal()}`).digest()
}
