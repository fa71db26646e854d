import type { Log } from '../../shared/log.ts'
import { type Clock, type Stopwatch, startStopwatch, wallDate } from '../clock.ts'
import type { Config } from '../config.ts'
import { duration } from '../plan/policy.ts'
import { readRotatorKey } from '../rotated-key.ts'
import { ApiError } from '../scaleway/api-error.ts'
import { callsWithin } from '../scaleway/calls.ts'
import { type Fetch, startCountdown } from '../scaleway/client.ts'
import type { RotatorKey } from '../status/rotator-key.ts'
import { type Delivery, deliver } from './deliver.ts'
import { heartbeatDelivery } from './heartbeat.ts'
import { type EndedRun, isHealthyTick, type Notification, notificationsOf } from './notifications.ts'
import { webhookDelivery } from './webhook.ts'

/** What telling needs. */
export interface NotifierParts {
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  /** For Scaleway, where the rotator's own key is looked at. */
  readonly fetch: Fetch
  readonly receiverFetch: Fetch
}

/** Tells the receivers, if there are any, about a run that has ended. Never throws. */
export type Notify = (ended: EndedRun, requestId: string) => Promise<void>

/** How long one instance does not tell the same again: a failure of what was asked for, a problem that stays. */
const repeatAfterMs = { 'action.failed': 10 * duration.minuteMs, 'problem.standing': duration.hourMs } as const

/** How long a tick may look at the rotator's own key before it tells how things stand. */
const ownKeyLimitMs = 5_000

/**
 * Makes what tells the receivers: all at once, and each in a bounded time. What repeats is told once in a while, because
 * any consumer may go on asking for what is refused, or for ticks.
 */
export function createNotifier(announcer: NotifierParts): Notify {
  const { config, log, clock, receiverFetch: fetch } = announcer
  const toldAgoMs = new Map<string, Stopwatch>()
  const isDue = ({ body: { type, data } }: Notification) => {
    if (type !== 'action.failed' && type !== 'problem.standing') return true
    const what = `${type} ${data.error ?? ''}`
    const agoMs = toldAgoMs.get(what)
    if (agoMs !== undefined && agoMs() < repeatAfterMs[type]) return false
    toldAgoMs.set(what, startStopwatch(clock))
    return true
  }
  return async (ended, requestId) => {
    const run = { request_id: requestId, run_id: ended.runId }
    try {
      const rotatorKey = await rotatorKeyAfter(ended, announcer, run)
      const deliveries = deliveriesOf({ ...ended, rotatorKey }, { config, now: wallDate(clock), isDue })
      await Promise.all(deliveries.map(delivery => deliver(delivery, { fetch, log, run })))
    } catch (error) {
      // A fault of ours, by its name alone. What was published stays published, and the caller is told so.
      const name = error instanceof Error ? error.name : typeof error
      log.error({ ...run, code: 'internal-error', name }, 'telling failed')
    }
  }
}

/** The rotator's own key, where a tick is to be told of. That it cannot be read right now tells nothing about it. */
async function rotatorKeyAfter(
  ended: EndedRun,
  announcer: NotifierParts,
  run: object,
): Promise<RotatorKey | undefined> {
  const { config, clock, log } = announcer
  const { webhook, heartbeatUrl } = config.receivers
  if (ended.action !== 'tend' || (webhook === undefined && heartbeatUrl === undefined)) return undefined
  try {
    const { keys } = callsWithin(startCountdown(clock, ownKeyLimitMs), announcer)
    return await readRotatorKey(keys, config.rotator.accessKey)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    log.warn({ ...run, code: error.code, operation: error.operation, status: error.status }, 'own key not seen')
    return undefined
  }
}

interface Telling {
  readonly config: Config
  readonly now: Date
  readonly isDue: (notification: Notification) => boolean
}

function deliveriesOf(ended: EndedRun, { config, now, isDue }: Telling): Delivery[] {
  const { webhook, heartbeatUrl } = config.receivers
  const news = webhook === undefined ? [] : notificationsOf(ended, { ...config, now }).filter(isDue)
  const told = webhook === undefined ? [] : news.map(one => webhookDelivery(one, webhook, now))
  const beats = heartbeatUrl !== undefined && isHealthyTick(ended, config.policy)
  return [...told, ...(beats ? [heartbeatDelivery(heartbeatUrl)] : [])]
}
