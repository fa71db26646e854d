/** Why the hourly run makes a new key without a request. The first two are urgent. */
export type DueReason = 'no-usable-key' | 'expires-soon' | 'key-too-old'

/** Why a new key is made. `no-usable-key`, `expires-soon` and `compromise` are urgent. */
export type IssueReason = DueReason | 'requested' | 'forced' | 'compromise'

/** Make a new key and publish it. */
export interface Issue {
  readonly kind: 'issue'
  readonly reason: IssueReason
}

/** Disable a version. */
export interface Retire {
  readonly kind: 'retire'
  readonly revision: number
  readonly accessKey: string
  readonly reason: 'superseded' | 'key-gone' | 'compromised' | 'rolled-back'
}

/** Delete a key. */
export interface Revoke {
  readonly kind: 'revoke'
  readonly accessKey: string
  readonly reason: 'superseded' | 'orphan' | 'expired' | 'compromised'
}

/** Delete a version (Scaleway keeps it restorable for 7 days). */
export interface Prune {
  readonly kind: 'prune'
  readonly revision: number
  readonly accessKey: string
  readonly reason: 'beyond-keep-versions'
}

/** What disables or deletes something. */
export type CleanUp = Retire | Revoke | Prune

/** One thing to do, with its reason. Logged and answered as it is. */
export type Action = Issue | CleanUp

/** An issue that was done, and what it made. */
export interface DoneIssue extends Issue {
  readonly accessKey: string
  readonly revision: number
}

/** An action that was done. */
export type Done = CleanUp | DoneIssue

/** Gives what an action is done to, as text: two with the same target are the same action, whatever their reasons. */
export function targetOf(action: CleanUp): string {
  return `${action.kind} ${action.accessKey} ${action.kind === 'revoke' ? '' : action.revision}`
}

/** Gives an action as answers, logs and notifications show it. */
export function actionJson(action: Action | Done): Record<string, unknown> {
  return {
    kind: action.kind,
    reason: action.reason,
    ...('revision' in action && { revision: action.revision }),
    ...('accessKey' in action && { access_key: action.accessKey }),
  }
}
