import { elapsedMs, type Instant } from '../shared/clock.ts'
import { type TimeLeft, wallDate } from './clock.ts'
import type { Config } from './config.ts'
import { errorForCall } from './http/errors.ts'
import { readOwnKeys } from './read-own-keys.ts'
import type { RotatedKey } from './rotated-key.ts'
import { ApiError } from './scaleway/api-error.ts'
import type { CallParts } from './scaleway/calls.ts'
import { ownKeyProblems } from './status/own-keys.ts'
import { ownKeysJson, type Status, statusOf } from './status/status.ts'

/** The statuses of a deployment. Both throw an `ApiError`. */
interface Overview {
  /** One key's status, with what is the deployment's. */
  one(key: RotatedKey, timeLeft: TimeLeft): Promise<Status>
  /** The status of all keys; from memory while it is young, unless it must be `fresh`. */
  all(timeLeft: TimeLeft, options: { readonly fresh: boolean }): Promise<Status>
  /** Lets the next one be made anew, because something may have changed. */
  forget(): void
}

/** What it is made of. */
interface OverviewParts extends CallParts {
  readonly config: Config
  readonly keys: readonly RotatedKey[]
}

/** How long the status of all keys is remembered: a monitor that polls every minute must not occupy the instance. */
const rememberMs = 60_000

/** Makes the statuses of a deployment. */
export function createOverview(parts: OverviewParts): Overview {
  const { clock } = parts
  let remembered: { readonly at: Instant; readonly status: Status } | undefined
  let forgotten = 0
  return {
    async one(key, timeLeft) {
      const standing = await key.observe(timeLeft)
      return statusOf({ ...standing, ownKeys: await readOwnKeys(timeLeft, parts) })
    },
    async all(timeLeft, { fresh }) {
      const at = clock.now()
      if (!fresh && remembered !== undefined && elapsedMs(remembered.at, at) < rememberMs) return remembered.status
      const before = forgotten
      const status = await statusOfAll(timeLeft, parts)
      // One that was begun before a run ended may show what was before it.
      if (before === forgotten) remembered = { at, status }
      return status
    },
    forget() {
      forgotten += 1
      remembered = undefined
    },
  }
}

async function statusOfAll(timeLeft: TimeLeft, parts: OverviewParts): Promise<Status> {
  const { config, clock, keys } = parts
  const seen = await Promise.all(keys.map(key => look(key, timeLeft)))
  const ownKeys = await readOwnKeys(timeLeft, parts)
  const now = wallDate(clock)
  const problems = ownKeyProblems(ownKeys, now)
  const unhealthy = seen.filter(({ status }) => !status.healthy).map(({ name }) => name)
  const healthy = unhealthy.length === 0 && !problems.some(({ alarming }) => alarming)
  const used = seen.reduce((sum, { keyCount }) => sum + keyCount, ownKeys.count)
  return {
    healthy,
    body: {
      healthy,
      unhealthy,
      ...ownKeysJson(ownKeys, now),
      api_keys: { used, quota: config.apiKeyQuota },
      problems,
      keys: Object.fromEntries(seen.map(({ name, status }) => [name, status.body])),
    },
  }
}

/** One key as it is seen among others: what cannot be read of it withholds nothing of them. */
async function look(key: RotatedKey, timeLeft: TimeLeft) {
  const { name } = key.config
  try {
    const standing = await key.observe(timeLeft)
    return { name, status: statusOf(standing), keyCount: standing.world.keys.length }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { code, message } = errorForCall(error)
    return { name, status: { healthy: false, body: { healthy: false, error: code, message } }, keyCount: 0 }
  }
}
