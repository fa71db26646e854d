/** Why a key that is due is not made now. The same codes stand in answers, logs and the status. */
export type IssueRefusal = 'recent' | 'in-flight' | 'rolled-back' | 'blocked'

/** A refused issue with the quota that stops it, where one does. */
export interface RefusedIssue {
  readonly code: IssueRefusal
  readonly quota?: { readonly name: 'versions' | 'keys'; readonly used: number; readonly limit: number }
}

/** Why a rollback is not done. The same codes stand in answers and logs. */
export type RollbackRefusal =
  | 'revision-missing'
  | 'already-rolled-back'
  | 'not-current'
  | 'unknown-revision'
  | 'no-older-key'
  | 'previous-not-usable'
  | 'previous-expires'
  | 'too-late'
  | 'replaces-compromised'

/** A refused rollback, and the revision that is served now. */
export interface RefusedRollback {
  readonly code: RollbackRefusal
  readonly current: number | null
}

/** Everything is refused while the secret waits for its deletion: what follows depends on whether it is restored. */
export interface RefusedRun {
  readonly code: 'secret-deleted'
  /** After this, the secret cannot be restored. */
  readonly restorableUntil: Date
}

/** Why an action that was requested, or is due, is not done. */
export type Refused = RefusedIssue | RefusedRollback | RefusedRun
