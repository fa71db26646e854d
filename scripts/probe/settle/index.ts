import type { Fact } from '../fact.ts'
import { resourceId } from './conditions.ts'
import { cronDelivery } from './cron-delivery.ts'
import { disableVersion } from './disable-version.ts'
import { coldStart, environmentValue, parallelRequests } from './function-life.ts'
import { credentialHeaders, gate } from './headers.ts'
import { newKey, refusedKey } from './keys.ts'
import { latestEnabled } from './latest-enabled.ts'
import { listKeys } from './list-keys.ts'
import { deletedSecretName, scheduledVersions } from './soft-deletion.ts'

/**
 * Every fact, in the order in which they are settled: the cold start last, so that the time in which nobody may call the function is
 * used by those that do not.
 */
export const facts: readonly Fact[] = [
  credentialHeaders,
  gate,
  environmentValue,
  parallelRequests,
  cronDelivery,
  resourceId,
  disableVersion,
  listKeys,
  scheduledVersions,
  deletedSecretName,
  latestEnabled,
  newKey,
  refusedKey,
  coldStart,
]
