import type { Log } from '../../shared/log.ts'
import { type Clock, type Stopwatch, startStopwatch, wallDate } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Fetch } from '../fetch.ts'
import { repeatAfterMs, rotatorKeyReadLimitMs } from '../plan/timing.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { RotatorKey } from '../status/rotator-key.ts'
import { type Delivery, deliver } from './deliver.ts'
import { heartbeatDelivery } from './heartbeat.ts'
import { type EndedRun, isHealthyHourlyRun, type Notification, notificationsOf } from './notifications.ts'
import { webhookDelivery } from './webhook.ts'

/** What notifying needs. */
interface NotifierParts {
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly receiverFetch: Fetch
  /** Gives the rotator's own key within so many milliseconds. */
  readonly readRotatorKey: (limitMs: number) => Promise<RotatorKey>
}

/** Notifies the receivers, if there are any, about a run that has ended. Never throws. */
type Notify = (ended: EndedRun, requestId: string) => Promise<void>

/**
 * Makes what notifies the receivers: all at once, and each in a bounded time. What repeats is sent once in a while,
 * because any consumer may go on requesting what is refused, or hourly runs.
 */
export function createNotifier(parts: NotifierParts): Notify {
  const { config, log, clock, receiverFetch: fetch } = parts
  const sentAgoMs = new Map<string, Stopwatch>()
  const isDue = ({ body: { type, data } }: Notification) => {
    if (type !== 'action.failed' && type !== 'problem.standing') return true
    const what = `${type} ${data.error ?? ''}`
    const agoMs = sentAgoMs.get(what)
    if (agoMs !== undefined && agoMs() < repeatAfterMs[type]) return false
    sentAgoMs.set(what, startStopwatch(clock))
    return true
  }
  return async (ended, requestId) => {
    const run = { request_id: requestId, run_id: ended.runId }
    try {
      const rotatorKey = await rotatorKeyAfter(ended, parts, run)
      const deliveries = deliveriesOf({ ...ended, rotatorKey }, { config, now: wallDate(clock), isDue })
      await Promise.all(deliveries.map(delivery => deliver(delivery, { fetch, log, run })))
    } catch (error) {
      // A fault of ours, by its name alone. What was published stays published, and the caller is answered so.
      const name = error instanceof Error ? error.name : typeof error
      log.error({ ...run, code: 'internal-error', name }, 'notifying failed')
    }
  }
}

/** The rotator's own key, where receivers are notified of an hourly run. A failed read says nothing about the key. */
async function rotatorKeyAfter(ended: EndedRun, parts: NotifierParts, run: object): Promise<RotatorKey | undefined> {
  const { config, log, readRotatorKey } = parts
  const { webhook, heartbeatUrl } = config.receivers
  if (ended.action !== 'tend' || (webhook === undefined && heartbeatUrl === undefined)) return undefined
  try {
    return await readRotatorKey(rotatorKeyReadLimitMs)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    log.warn(
      { ...run, code: error.code, operation: error.operation, status: error.status },
      "the rotator's own key could not be read",
    )
    return undefined
  }
}

interface DeliveryContext {
  readonly config: Config
  readonly now: Date
  readonly isDue: (notification: Notification) => boolean
}

function deliveriesOf(ended: EndedRun, { config, now, isDue }: DeliveryContext): Delivery[] {
  const { webhook, heartbeatUrl } = config.receivers
  const due = webhook === undefined ? [] : notificationsOf(ended, { ...config, now }).filter(isDue)
  const notifications = webhook === undefined ? [] : due.map(one => webhookDelivery(one, webhook, now))
  const beats = heartbeatUrl !== undefined && isHealthyHourlyRun(ended, config.policy)
  return [...notifications, ...(beats ? [heartbeatDelivery(heartbeatUrl)] : [])]
}
