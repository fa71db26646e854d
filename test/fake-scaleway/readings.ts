/**
 * What is not known of the platform, or was documented in two ways, and how the local Scaleway takes it: a switch for each
 * fact. What the project does under each reading: docs/real-account.md.
 */
export interface Readings {
  /** Which credential headers reach a private function; `X-Caller-Key` always does (docs/scaleway.md#caller-credential). */
  credentialHeaders: 'both' | 'authorization' | 'x-auth-token' | 'neither'
  /**
   * The gate before a private function (docs/scaleway.md#gate-headers). One that passes on what it checks joins all values
   * of a header. The other checks the first `X-Auth-Token`, passes on the last value of every header, and drops what
   * `Connection` names after the check.
   */
  gate: 'passes-on-what-it-checks' | 'checks-first-passes-last'
  /**
   * Whether a condition sees `resource.id` on calls about one secret: on all of them, or not where a version is created, or
   * not where one is accessed. A list never carries one (docs/scaleway.md#conditions).
   */
  resourceId: 'present' | 'absent-on-version-create' | 'absent-on-access'
  /** What disabling and enabling a version needs: `SecretManagerSecretWrite`, or all of Secret Manager (docs/scaleway.md#permission-sets). */
  disableVersion: 'secret-write' | 'full-access'
  /** Whether `IAMApplicationManager` lists keys, or a set that reads is needed besides (docs/scaleway.md#permission-sets). */
  listKeys: 'application-manager' | 'needs-read-only'
  /** Whether versions that wait for their deletion count in the quota of 20 (docs/scaleway.md#version-quota). */
  scheduledVersions: 'count' | 'do-not-count'
  /** Whether a secret that waits for its deletion keeps its name (docs/scaleway.md#secret-names). */
  deletedSecretName: 'taken' | 'free'
  /**
   * How a CRON's call is delivered (docs/scaleway.md#cron-calls). `repeated`: again after an answer of 300 or more, three
   * times in all. `cut-off`: the caller hangs up after 60 s, and the function works on.
   */
  cronDelivery: 'once' | 'twice' | 'never' | 'repeated' | 'cut-off'
  /**
   * From when on a new key is accepted (docs/scaleway.md#proving-a-key). `endpoints-differ`: by IAM at once, by everything
   * else after 30 s. Until then it is answered as an unknown key.
   */
  newKey: 'at-once' | 'after-5-s' | 'after-30-s' | 'after-2-min' | 'endpoints-differ'
  /** Whether reading `latest_enabled` shows the present, or what was there 60 s ago (docs/scaleway.md#latest-enabled). */
  latestEnabled: 'current' | 'behind'
  /** The status of `denied_authentication`, and of the gate for a key that it does not know (docs/scaleway.md#errors). */
  refusedKey: '401' | '403'
  /** How long a function's first call waits, also after 15 minutes without one (docs/scaleway.md#instances). */
  coldStart: '1-s' | '20-s' | '60-s'
  /** How many characters a plain value of a function's environment may have (docs/scaleway.md#environment-variables). */
  environmentValue: '1000' | '65536'
  /** What becomes of a call when `max_scale` calls are inside (docs/scaleway.md#instances). */
  parallelRequests: 'queued' | 'refused-429' | 'refused-503'
}

/**
 * What a local Scaleway does unless it is told otherwise: what is documented, else the cautious reading or the one that most
 * speaks for. Of `environmentValue` 65,536 is documented since 2026-06-11, and 1,000 was before.
 */
export const defaultReadings: Readonly<Readings> = {
  credentialHeaders: 'both',
  gate: 'passes-on-what-it-checks',
  resourceId: 'present',
  disableVersion: 'secret-write',
  listKeys: 'application-manager',
  scheduledVersions: 'count',
  deletedSecretName: 'taken',
  cronDelivery: 'once',
  newKey: 'at-once',
  latestEnabled: 'current',
  refusedKey: '401',
  coldStart: '1-s',
  environmentValue: '65536',
  parallelRequests: 'queued',
}

/** Every reading of every fact, to go through them. */
export const allReadings: { readonly [Fact in keyof Readings]: readonly Readings[Fact][] } = {
  credentialHeaders: ['both', 'authorization', 'x-auth-token', 'neither'],
  gate: ['passes-on-what-it-checks', 'checks-first-passes-last'],
  resourceId: ['present', 'absent-on-version-create', 'absent-on-access'],
  disableVersion: ['secret-write', 'full-access'],
  listKeys: ['application-manager', 'needs-read-only'],
  scheduledVersions: ['count', 'do-not-count'],
  deletedSecretName: ['taken', 'free'],
  cronDelivery: ['once', 'twice', 'never', 'repeated', 'cut-off'],
  newKey: ['at-once', 'after-5-s', 'after-30-s', 'after-2-min', 'endpoints-differ'],
  latestEnabled: ['current', 'behind'],
  refusedKey: ['401', '403'],
  coldStart: ['1-s', '20-s', '60-s'],
  environmentValue: ['1000', '65536'],
  parallelRequests: ['queued', 'refused-429', 'refused-503'],
}
