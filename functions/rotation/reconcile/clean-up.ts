import type { CleanUp } from '../plan/actions.ts'
import type { ActionParts } from './run-parts.ts'

/**
 * Does one thing of the clean-up and remembers it.
 * @throws {ApiError} when the call failed; nothing is remembered then, the lists decide
 */
export async function cleanUp(action: CleanUp, { keys, versions, ownWrites }: ActionParts): Promise<void> {
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
