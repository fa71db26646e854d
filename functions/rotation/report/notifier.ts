import type { Log } from '../../shared/log.ts'
import { startCountdown, wallDate } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Fetch } from '../fetch.ts'
import { ownKeysReadLimitMs } from '../plan/timing.ts'
import { readOwnKeys } from '../read-own-keys.ts'
import { ApiError } from '../scaleway/api-error.ts'
import type { CallParts } from '../scaleway/calls.ts'
import { type OwnKeys, settledUnknownKeys } from '../status/own-keys.ts'
import { type Delivery, deliver } from './deliver.ts'
import { type EndedRun, isHealthyHourlyRun } from './ended-run.ts'
import { heartbeatDelivery } from './heartbeat.ts'
import { notificationsOf } from './notifications.ts'
import { webhookDelivery } from './webhook.ts'

/** What notifying needs. */
interface NotifierParts extends CallParts {
  readonly config: Config
  readonly log: Log
  readonly receiverFetch: Fetch
}

/** Notifies the receivers, if there are any, about a run that has ended. Never throws. */
type Notify = (ended: EndedRun, requestId: string) => Promise<void>

/**
 * Makes what notifies the log and the receivers of a run: every one of its notifications, all at once, and each in a
 * bounded time. An hourly run over all keys looks at the deployment's own keys first.
 */
export function createNotifier(parts: NotifierParts): Notify {
  const { config, log, clock, receiverFetch: fetch } = parts
  return async (ended, requestId) => {
    const run = { request_id: requestId, run_id: ended.runId }
    try {
      const ownKeys = ended.action === 'tend' && ended.isOverAll ? await watchOwnKeys(parts, run) : undefined
      const deliveries = deliveriesOf({ ...ended, ownKeys }, config, wallDate(clock))
      await Promise.all(deliveries.map(delivery => deliver(delivery, { fetch, log, run })))
    } catch (error) {
      // A fault of ours, by its name alone. What was published stays published, and the caller is answered so.
      const name = error instanceof Error ? error.name : typeof error
      log.error({ ...run, code: 'internal-error', name }, 'notifying failed')
    }
  }
}

/** Logs each key that Terraform did not make. A failed read says nothing about the keys. */
async function watchOwnKeys(parts: NotifierParts, run: object): Promise<OwnKeys | undefined> {
  const { log, clock } = parts
  try {
    const ownKeys = await readOwnKeys(startCountdown(clock, ownKeysReadLimitMs), parts)
    for (const { application, accessKey } of settledUnknownKeys(ownKeys.unknown, wallDate(clock))) {
      log.error(
        { ...run, code: 'unknown-key', application, access_key: accessKey },
        'a key that Terraform did not make',
      )
    }
    return ownKeys
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { code, operation, status } = error
    log.warn({ ...run, code, operation, status }, "the deployment's own keys could not be read")
    return undefined
  }
}

function deliveriesOf(ended: EndedRun, config: Config, now: Date): Delivery[] {
  const { webhook, heartbeatUrl } = config.receivers
  const notifications =
    webhook === undefined
      ? []
      : notificationsOf(ended, { keys: config.keys, now }).map(notification =>
          webhookDelivery(notification, webhook, now),
        )
  const beats = heartbeatUrl !== undefined && isHealthyHourlyRun(ended)
  return [...notifications, ...(beats ? [heartbeatDelivery(heartbeatUrl)] : [])]
}
