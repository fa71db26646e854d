import { releaseTimeMs } from '../plan/cleanup-rules.ts'
import { overdueAfter } from '../plan/issue-rules.ts'
import { plan, planJson } from '../plan/plan.ts'
import { limits } from '../plan/policy.ts'
import { hourlyRun, nothingSoFar, type Situation } from '../plan/situation.ts'
import { duration } from '../plan/timing.ts'
import {
  ageMs,
  keyOf,
  markedKeys,
  markedVersions,
  servedVersion,
  unmanagedKeys,
  unmanagedVersions,
  unpublishedKeys,
  usableKeyOf,
  type Version,
} from '../plan/world.ts'
import { type OwnKeys, settledUnknownKeys } from './own-keys.ts'
import { pausedNote } from './paused.ts'
import type { Problem } from './problem.ts'
import { problemsOf, type Standing } from './problems.ts'

/** The status: whether all is well, and what is answered. */
export interface Status {
  readonly healthy: boolean
  readonly problems: readonly Problem[]
  readonly body: Record<string, unknown>
}

/** What a status is made from. Without `ownKeys` it leaves out what is the deployment's and not one key's. */
export interface StatusParts extends Standing {
  /** When the CRON rotates next; null if its schedule never fires, `paused` if there is none. */
  readonly nextRotation: Date | null | 'paused'
}

/**
 * The status, from one observation: the served key, when older ones expire or are deleted, what the next hourly run would do, and
 * what is wrong. Pure.
 */
export function statusOf(standing: StatusParts): Status {
  const { world, policy, now, ownKeys, nextRotation } = standing
  const stop = stopOf(standing)
  const isPaused = nextRotation === 'paused'
  const next = plan({ world, policy, now, request: hourlyRun, soFar: nothingSoFar })
  const problems = [...problemsOf(standing), ...(isPaused ? [pausedNote(world)] : [])]
  const healthy = !problems.some(({ alarming }) => alarming)
  return {
    healthy,
    problems,
    body: {
      healthy,
      current: current(standing),
      previous: previous(standing),
      orphans: unpublishedKeys(world).map(key => ({ access_key: key.accessKey, created_at: key.createdAt })),
      foreign_keys: unmanagedKeys(world).map(({ accessKey }) => accessKey),
      foreign_versions: unmanagedVersions(world).map(({ revision }) => revision),
      quota: {
        versions: { used: world.versions.length, limit: limits.urgent.versions },
        keys: { used: markedKeys(world).length, limit: limits.urgent.keys },
      },
      ...(ownKeys !== undefined && ownKeysJson(ownKeys, now)),
      next: stop === undefined ? planJson(next) : { actions: [], refused: stop },
      next_rotation: isPaused ? null : nextRotation,
      overdue_after: overdueAfter(world, policy),
      problems,
    },
  }
}

/** What answers show of the deployment's own keys. */
export function ownKeysJson({ rotator, credentials, unknown }: OwnKeys, now: Date) {
  return {
    rotator_key: rotator === null ? null : aged(rotator, now),
    credentials: credentials.map(({ application, ...key }) => ({ name: application, ...aged(key, now) })),
    unknown_keys: settledUnknownKeys(unknown, now).map(({ application, accessKey, createdAt }) => ({
      application,
      access_key: accessKey,
      created_at: createdAt,
    })),
  }
}

/** What ends each run before it decides anything: a clock that is wrong, or a key that may only be late in IAM. */
function stopOf({ world, skewMs = 0 }: Standing): 'clock-skew' | 'list-incomplete' | undefined {
  if (skewMs !== 0) return 'clock-skew'
  return (world.doubtedKeys ?? []).length > 0 ? 'list-incomplete' : undefined
}

function current({ world, now }: Situation) {
  const served = servedVersion(world)
  if (served === undefined) return null
  const key = keyOf(world, served)
  return {
    revision: served.revision,
    ...aged(
      { accessKey: served.marker?.accessKey ?? null, createdAt: served.createdAt, expiresAt: key?.expiresAt ?? null },
      now,
    ),
  }
}

function aged({ accessKey, createdAt, expiresAt }: Aged, now: Date) {
  return {
    access_key: accessKey,
    created_at: createdAt,
    age_days: Math.floor((10 * ageMs(createdAt, now)) / duration.dayMs) / 10,
    expires_at: expiresAt,
  }
}

interface Aged {
  readonly accessKey: string | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
}

/** Older and rolled-back versions of ours whose key still works, with the end of each; null while nothing ends it. */
function previous(situation: Situation) {
  const { world, now } = situation
  const served = servedVersion(world)
  return markedVersions(world)
    .filter(version => version.revision !== served?.revision && usableKeyOf(world, version, now) !== undefined)
    .map(version => ({
      access_key: version.marker.accessKey,
      revision: version.revision,
      status: version.status,
      created_at: version.createdAt,
      ends_after: endOf(situation, version),
    }))
}

function endOf(situation: Situation, version: Version): Date | null {
  const releaseMs = releaseTimeMs(situation, version.revision)
  const expiryMs = keyOf(situation.world, version)?.expiresAt?.getTime()
  const ends = [releaseMs, expiryMs].filter(end => end !== undefined)
  return ends.length === 0 ? null : new Date(Math.min(...ends))
}
