/** How long the probe waits and lets wait. */
export interface Limits {
  /** How long a refusal must last before it counts: a new right spreads within a minute (docs/scaleway.md#propagation). */
  readonly refusalMs: number
  /** How long nobody calls the function before it is started cold: the last instance goes after 15 minutes (docs/scaleway.md#instances). */
  readonly idleMs: number
  /** How long a CRON's call takes that may be cut off after 60 s. */
  readonly cronSleepMs: number
  /** How long each of the parallel requests stays inside. */
  readonly parallelSleepMs: number
}

/** What a real account needs. */
export const usualLimits: Limits = {
  refusalMs: 90_000,
  idleMs: 16 * 60_000,
  cronSleepMs: 75_000,
  parallelSleepMs: 3_000,
}
