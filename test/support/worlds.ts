import { type Plan, plan } from '../../functions/rotation/plan/plan.ts'
import type { Policy } from '../../functions/rotation/plan/policy.ts'
import {
  nothingSoFar,
  type RunRequest,
  type RunSoFar,
  type Situation,
} from '../../functions/rotation/plan/situation.ts'
import { duration } from '../../functions/rotation/plan/timing.ts'
import type { Key, Version, VersionStatus } from '../../functions/rotation/plan/world.ts'
import type { OwnKeys } from '../../functions/rotation/status/own-keys.ts'

/** The moment at which all worlds built here are observed. */
export const now = new Date('2026-06-15T12:00:00Z')

/** The default timers. */
export const policy: Policy = {
  overlapMs: 120 * duration.hourMs,
  keyLifetimeMs: 90 * duration.dayMs,
  maxKeyAgeMs: 35 * duration.dayMs,
  keepVersions: 3,
  timeoutMs: 300_000,
}

const run = '00000000-0000-4000-8000-000000000000'
const secretId = '11111111-1111-4111-8111-111111111111'

/** Gives the access key of a one-letter name. */
export function accessKey(name: string): string {
  return `SCW${name.repeat(17)}`
}

/** Gives the moment so many hours before `now`. */
export function hoursAgo(hours: number): Date {
  return new Date(now.getTime() - hours * duration.hourMs)
}

/** Builds a key of ours (or an unmanaged one) by its letter and age in hours. */
export function key(
  name: string,
  ageHours: number,
  options: { endsInHours?: number | null; unmanaged?: boolean } = {},
): Key {
  const { endsInHours = 24 * 60, unmanaged = false } = options
  return {
    accessKey: accessKey(name),
    createdAt: hoursAgo(ageHours),
    expiresAt: endsInHours === null ? null : hoursAgo(-endsInHours),
    marker: unmanaged ? null : { secretId, runId: run },
  }
}

/** Builds a version that holds the key of that letter; `null` builds an unmanaged one. */
export function version(
  revision: number,
  name: string | null,
  ageHours: number,
  options: { status?: VersionStatus; updatedHoursAgo?: number; compromise?: boolean } = {},
): Version {
  const { status = 'enabled', updatedHoursAgo = ageHours, compromise = false } = options
  return {
    revision,
    status,
    createdAt: hoursAgo(ageHours),
    updatedAt: hoursAgo(updatedHoursAgo),
    marker: name === null ? null : { accessKey: accessKey(name), runId: run, compromise },
  }
}

/** Keys of the deployment's own without a problem, apart from what is given. */
export function ownKeysWith(different: Partial<OwnKeys>): OwnKeys {
  const rotator = { accessKey: accessKey('R'), createdAt: hoursAgo(24), expiresAt: null }
  return { rotator, credentials: [], unknown: [], hidden: [], count: 1, maxAgeMs: 365 * duration.dayMs, ...different }
}

/** What may be requested, by a short name. */
export const asks = {
  tend: { action: 'tend', operator: false, force: false, revision: null },
  rotate: { action: 'rotate', operator: false, force: false, revision: null },
  operatorRotates: { action: 'rotate', operator: true, force: false, revision: null },
  force: { action: 'rotate', operator: true, force: true, revision: null },
  revoke: { action: 'revoke', operator: true, force: false, revision: null },
} as const satisfies Record<string, RunRequest>

/** A world of these versions (any order) and keys, as the rules look at it. */
export function situation(
  versions: readonly Version[],
  keys: readonly Key[] = [],
  changed: Partial<Policy> = {},
): Situation {
  const world = { versions: [...versions].sort((a, b) => b.revision - a.revision), keys }
  return { world, policy: { ...policy, ...changed }, now }
}

/** Plans for a world of these versions (any order) and keys. */
export function planFor(
  versions: readonly Version[],
  keys: readonly Key[],
  {
    ask = 'tend',
    soFar = nothingSoFar,
    policy: changed = {},
  }: { ask?: keyof typeof asks; soFar?: RunSoFar; policy?: Partial<Policy> } = {},
): Plan {
  return plan({ ...situation(versions, keys, changed), request: asks[ask], soFar })
}

/** A plan in words, one per action: `issue no-usable-key`, `retire 3 superseded`, `revoke A orphan`. */
export function words({ actions, refusal }: Plan): string[] {
  const done = actions.map(action => {
    if (action.kind === 'issue') return `issue ${action.reason}`
    if (action.kind === 'revoke') return `revoke ${action.accessKey.at(-1)} ${action.reason}`
    return `${action.kind} ${action.revision} ${action.reason}`
  })
  return refusal === undefined ? done : [`refused ${refusal.code}`, ...done]
}
