const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The durations that rules are written in, in milliseconds. */
export const duration = { minuteMs, hourMs, dayMs } as const

/** The user's timers and limits. Durations are milliseconds. */
export interface Policy {
  /** How long the previous key keeps working after a rotation. */
  readonly overlapMs: number
  /** How long a new key may live, as `expires_at`; 0 means for ever. */
  readonly keyLifetimeMs: number
  /** Past this age of the newest version a tick rotates by itself. */
  readonly maxKeyAgeMs: number
  /** How often anybody but the operator may rotate. */
  readonly minRotationIntervalMs: number
  /** How many disabled versions are kept for the record. */
  readonly keepVersions: number
  /** The function's own timeout. */
  readonly timeoutMs: number
}

/** Absence in a list proves nothing before this: longer than a run, the lag of lists and the skew of clocks together. */
export const settleMs = hourMs

/** How long before `overlap` runs into the key's end a new key is made. */
export const expiryMarginMs = 3 * dayMs

/** A 404 for a published key is believed once the version that names it is this old. */
export const goneAfterMs = 10 * minuteMs

/**
 * How old a key must be to be published no more: its proof, the look that a publication rests on, the call itself and the
 * lag of the lists that would show it (45 + 60 + 20 + 60 s), and some.
 */
export const publishLimitMs = 200_000

/** How much later a version may say it was created than its key, clocks of two services being two. */
export const clockSkewMs = minuteMs

/**
 * Where an issue stops, by what it is for: `urgent` reasons may use the last slots, routine ones leave them.
 * 20 versions a secret is Scaleway's quota (facts/iam-secret-api.md §0.4); our keys share 50 with the whole
 * organization (§0.5).
 */
export const limits = {
  routine: { versions: 17, keys: 10 },
  urgent: { versions: 20, keys: 13 },
} as const

/** How long an unpublished key counts as another run's work, and how long the operator waits between rotations. */
export function inFlightMs({ timeoutMs }: Pick<Policy, 'timeoutMs'>): number {
  return Math.max(10 * minuteMs, timeoutMs + 2 * minuteMs)
}
