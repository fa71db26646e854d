import type { Log, LogFields } from '../../shared/log.ts'
import type { Secret } from '../../shared/secret.ts'
import type { Fetch } from '../fetch.ts'
import { deliveryLimitMs } from '../plan/timing.ts'

/** One request to a receiver. */
export interface Delivery {
  /** What it is, for the log. */
  readonly what: 'notification' | 'heartbeat'
  readonly url: Secret
  readonly init: RequestInit
}

/**
 * Sends one request, once, and logs what goes wrong: the host, a code and the status, for the rest of an address may be
 * a token. Takes the fields that name the run in the log. Never throws: no receiver can fail a rotation.
 */
export async function deliver(
  { what, url, init }: Delivery,
  { fetch, log, run }: { fetch: Fetch; log: Log; run: LogFields },
): Promise<void> {
  const address = new URL(url.reveal())
  const fail = (fields: LogFields) => log.error({ ...run, host: address.host, ...fields }, `${what} failed`)
  try {
    const { ok, status } = await fetch(new Request(address, init), { signal: AbortSignal.timeout(deliveryLimitMs) })
    if (!ok) fail({ code: 'receiver-refused', status })
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    fail({ code: late ? 'receiver-timeout' : 'receiver-unreachable' })
  }
}
