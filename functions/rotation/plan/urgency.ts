import type { Action } from './actions.ts'
import { isUrgent } from './issue-rules.ts'

/** How urgent an action is among those of several keys: 0 is done first. Pure. */
export function rankOf(action: Action): number {
  if (action.kind === 'issue') return isUrgent(action.reason) ? 0 : 1
  return action.reason === 'compromised' ? 0 : 2
}
