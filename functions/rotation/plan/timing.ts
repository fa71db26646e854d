import type { Policy } from './policy.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The units that durations are written in, in milliseconds. */
export const duration = { secondMs, minuteMs, hourMs, dayMs } as const

/** The longest that one call to Scaleway may take, its repetitions included. */
export const callLimitMs = 20 * secondMs

/** The oldest observation on which an action, or a publication, may rest. */
export const freshMs = minuteMs

/** How long a list may lag behind a change, as far as is known (docs/scaleway.md#propagation). */
const listLagMs = minuteMs

/** How long a run that revokes waits for lists and permission caches to follow. */
export const propagationMs = listLagMs + 15 * secondMs

/** What a proof leaves of a run's time, which it may use up otherwise: two looks at the versions, and publish. */
export const publishNeedsMs = 3 * callLimitMs

/** No issue is begun with less time than this: create, 45 s in which a key may begin to work, publish. */
export const issueNeedsMs = callLimitMs + 45 * secondMs + publishNeedsMs

/** After this age the run that made a key is over, however long it proved the key, and lists show whether it is published. */
export function publishLimitMs({ timeoutMs }: Pick<Policy, 'timeoutMs'>): number {
  return timeoutMs + propagationMs
}

/**
 * This long after a leaked key was replaced, no other run can publish an older key any more. One that looks at the versions sees
 * the replacement once lists have followed, and gives way: until then the look, the time for which a publication may rest on it,
 * the call itself, the lag of the lists that would show it, and a margin.
 */
export const giveWayMs = listLagMs + freshMs + callLimitMs + propagationMs

/** How long a deleted secret can be restored (docs/scaleway.md#soft-deletion). */
export const restorableMs = 7 * dayMs

/** A 404 for a published key is believed once the version that names it is this old. */
export const goneAfterMs = 10 * minuteMs

/**
 * Absence from a list proves nothing before this age: longer than a run, the lag of lists and the skew of clocks
 * together.
 */
export const settleMs = hourMs

/** How much later a version may say it was created than its key: two services have two clocks. */
export const clockSkewMs = minuteMs

/**
 * Further apart than this, the function's clock is wrong and no run changes anything. A call may take its time within it,
 * and `settleMs` is longer by far.
 */
export const wrongClockMs = 5 * minuteMs

/** A key is replaced this long before less than `overlap` is left of it. */
export const expiryMarginMs = 3 * dayMs

/** How long an unpublished key counts as another run's work, and how long a rotation waits after the one before. */
export function inFlightMs({ timeoutMs }: Pick<Policy, 'timeoutMs'>): number {
  return Math.max(10 * minuteMs, timeoutMs + 2 * minuteMs)
}

/** The part of the function's timeout that a run leaves unused: one call, and time to answer and to notify. */
export const timeoutMarginMs = callLimitMs + 10 * secondMs

/** How long a due clean-up may stay undone: the hourly run may be kept to working hours, and a weekend passes. */
export const overdueAfterMs = 3 * dayMs

/** The same for what a leak made due: the hourly run after the one that was cut off, and one more. */
export const compromisedOverdueAfterMs = 2 * hourMs

/** How long before its end a key of the deployment's own is an alarm: two weeks of working days to run one command. */
export const credentialMarginMs = 14 * dayMs

/** The longest that one delivery to a receiver may take. All of a run are sent at once, inside the margin it keeps. */
export const deliveryLimitMs = 5 * secondMs

/** A key of the bearer that was not made here is an alarm this long, time enough for a person to see it; then a note. */
export const foreignKeyAlarmMs = 7 * dayMs

/** A younger key of the deployment's own applications may be one that Terraform has made and not yet told the function. */
export const applyLimitMs = 15 * minuteMs

/** A key that was not made here is notified of by itself until this age: two hourly runs see it, whatever one misses. */
export const newsMs = 2 * hourMs

/** The longest that an hourly run reads the deployment's own keys before it notifies. */
export const ownKeysReadLimitMs = 10 * secondMs
