import type { DueReason } from '../plan/actions.ts'

/** Something to know about. An alarming one makes the status 503. The words are those of plans and logs. */
export interface Problem {
  readonly code:
    | DueReason
    | 'secret-deleted'
    | 'list-incomplete'
    | 'blocked'
    | 'clock-skew'
    | 'foreign-served'
    | 'cleanup-overdue'
    | 'unknown-key'
    | 'credential-expires-soon'
    | 'credential-old'
    | 'rotator-key-expires-soon'
    | 'rotator-key-old'
    | 'rotator-key-unknown'
    | 'keys-hidden'
    | 'paused'
    | 'rolled-back'
    | 'orphan'
    | 'foreign-key'
    | 'foreign-version'
  readonly alarming: boolean
  readonly message: string
}
