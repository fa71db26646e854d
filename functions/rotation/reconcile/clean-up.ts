import type { Prune, Retire, Revoke } from '../plan/cleanup-rules.ts'
import type { ApiError } from '../scaleway/api-error.ts'
import type { Keys } from '../scaleway/keys.ts'
import type { Versions } from '../scaleway/versions.ts'
import type { OwnWrites } from './own-writes.ts'

/** What cleaning up needs. */
export interface Cleaner {
  readonly keys: Pick<Keys, 'remove'>
  readonly versions: Pick<Versions, 'disable' | 'remove'>
  readonly ownWrites: OwnWrites
}

/**
 * Does one thing of the clean-up and remembers it.
 * @throws {ApiError} when the call failed; nothing is remembered then, the lists decide
 */
export async function cleanUp(action: Retire | Revoke | Prune, { keys, versions, ownWrites }: Cleaner): Promise<void> {
  switch (action.kind) {
    case 'retire':
      await versions.disable(action.revision)
      return ownWrites.disabled(action.revision)
    case 'revoke':
      if (await keys.remove(action.accessKey)) ownWrites.removedKey(action.accessKey)
      else ownWrites.saidGone(action.accessKey)
      return
    case 'prune':
      await versions.remove(action.revision)
      return ownWrites.removedVersion(action.revision)
  }
}

/** An action that was done, and what it made. */
export type Done = Retire | Revoke | Prune | IssueDone

/** A key that was made and published. */
export interface IssueDone {
  readonly kind: 'issue'
  readonly reason: string
  readonly accessKey: string
  readonly revision: number
}

/** An action that failed, with the call that did. */
export interface Undone {
  readonly action: Retire | Revoke | Prune
  readonly error: ApiError
}
