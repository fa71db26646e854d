import { elapsedMs, type Instant } from '../shared/clock.ts'
import { type TimeLeft, wallDate } from './clock.ts'
import type { Config } from './config.ts'
import { errorForCall } from './http/errors.ts'
import { readOwnKeys } from './read-own-keys.ts'
import type { RotatedKey } from './rotated-key.ts'
import { ApiError } from './scaleway/api-error.ts'
import type { CallParts } from './scaleway/calls.ts'
import { type Measured, metricsText } from './status/metrics.ts'
import { ownKeyProblems } from './status/own-keys.ts'
import { ownKeysJson, type Status, type StatusParts, statusOf } from './status/status.ts'

/** The statuses of a deployment. All throw an `ApiError`. */
interface Overview {
  /** One key's status, with what is the deployment's. */
  one(key: RotatedKey, timeLeft: TimeLeft): Promise<Status>
  /** The status of all keys; from memory while it is young, unless it must be `fresh`. */
  all(timeLeft: TimeLeft, options: { readonly fresh: boolean }): Promise<Status>
  /** What a monitoring system scrapes of all keys, from the same memory. */
  metrics(timeLeft: TimeLeft, options: { readonly fresh: boolean }): Promise<string>
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
  let remembered: { readonly at: Instant; readonly overall: Overall } | undefined
  let forgotten = 0
  const lookAtAll = async (timeLeft: TimeLeft, { fresh }: { readonly fresh: boolean }) => {
    const at = clock.now()
    if (!fresh && remembered !== undefined && elapsedMs(remembered.at, at) < rememberMs) return remembered.overall
    const before = forgotten
    const overall = await overallOf(timeLeft, parts)
    // One that was begun before a run ended may show what was before it.
    if (before === forgotten) remembered = { at, overall }
    return overall
  }
  return {
    async one(key, timeLeft) {
      const standing = await key.observe(timeLeft)
      return statusOf({ ...standing, ownKeys: await readOwnKeys(timeLeft, parts) })
    },
    all: async (timeLeft, options) => (await lookAtAll(timeLeft, options)).status,
    metrics: async (timeLeft, options) => metricsText((await lookAtAll(timeLeft, options)).measured),
    forget() {
      forgotten += 1
      remembered = undefined
    },
  }
}

/** All keys at one moment: what the status says of them, and what is measured. */
interface Overall {
  readonly status: Status
  readonly measured: Measured
}

async function overallOf(timeLeft: TimeLeft, parts: OverviewParts): Promise<Overall> {
  const { config, clock, keys } = parts
  const seen = await Promise.all(keys.map(key => look(key, timeLeft)))
  const ownKeys = await readOwnKeys(timeLeft, parts)
  const now = wallDate(clock)
  const problems = ownKeyProblems(ownKeys, now)
  const unhealthy = seen.filter(({ status }) => !status.healthy).map(({ name }) => name)
  const healthy = unhealthy.length === 0 && !problems.some(({ alarming }) => alarming)
  const used = seen.reduce((sum, { standing }) => sum + (standing?.world.keys.length ?? 0), ownKeys.count)
  const apiKeys = { used, quota: config.apiKeyQuota }
  const body = {
    healthy,
    unhealthy,
    ...ownKeysJson(ownKeys, now),
    api_keys: apiKeys,
    problems,
    keys: Object.fromEntries(seen.map(({ name, status }) => [name, status.body])),
  }
  const keysSeen = seen.map(({ name, status, standing }) => ({ name, ...status, standing }))
  return {
    status: { healthy, problems, body },
    measured: { healthy, problems, credentials: ownKeys.credentials, apiKeys, keys: keysSeen },
  }
}

/** One key: its status and what that was made from, if it could be read. */
interface Seen {
  readonly name: string
  readonly status: Status
  readonly standing?: StatusParts
}

/** One key as it is seen among others: what cannot be read of it withholds nothing of them. */
async function look(key: RotatedKey, timeLeft: TimeLeft): Promise<Seen> {
  const { name } = key.config
  try {
    const standing = await key.observe(timeLeft)
    return { name, status: statusOf(standing), standing }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { code, message } = errorForCall(error)
    return { name, status: { healthy: false, problems: [], body: { healthy: false, error: code, message } } }
  }
}
