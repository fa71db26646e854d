/** The user's timers and limits. Durations are milliseconds. */
export interface Policy {
  /** How long the previous key keeps working after a rotation. */
  readonly overlapMs: number
  /** How long a new key may live, as `expires_at`; 0 means forever. */
  readonly keyLifetimeMs: number
  /** Past this age of the newest version the hourly run rotates by itself. */
  readonly maxKeyAgeMs: number
  /** How many disabled versions are kept for the record. */
  readonly keepVersions: number
  /** The function's own timeout. */
  readonly timeoutMs: number
}

/**
 * Where an issue stops, by what it is for: `urgent` reasons may use the last slots, routine ones leave them.
 * 20 versions a secret is Scaleway's quota (docs/scaleway.md#version-quota); the keys of all our bearers share 50 with the
 * whole organization (docs/scaleway.md#iam-quotas), so that none of them may take many.
 */
export const limits = {
  routine: { versions: 17, keys: 4 },
  urgent: { versions: 20, keys: 6 },
} as const
