import { preconditionFailed } from '../http/errors.ts'

/** How long a deleted secret or version can be seen and restored: 7 days (docs/scaleway.md#soft-deletion). */
const DELETION_MILLISECONDS = 7 * 24 * 3_600_000

/** True when it has been scheduled for deletion for 7 days at that moment (milliseconds since 1970): it no longer exists. */
export function isGone(record: { readonly deletionRequestedAt: Date | undefined }, atMilliseconds: number): boolean {
  const { deletionRequestedAt } = record
  return deletionRequestedAt !== undefined && deletionRequestedAt.getTime() + DELETION_MILLISECONDS <= atMilliseconds
}

/**
 * 412 for every change on something that waits for its deletion: the harder reading (docs/scaleway.md#soft-deletion).
 */
export function refuseScheduled(record: { readonly deletionRequestedAt: Date | undefined }): void {
  if (record.deletionRequestedAt === undefined) return
  throw preconditionFailed('resource_not_usable', 'the resource is scheduled for deletion')
}
