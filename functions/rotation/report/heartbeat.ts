import type { Secret } from '../../shared/secret.ts'
import type { Delivery } from './deliver.ts'

/** The request that says that an hourly run ended healthy. */
export function heartbeatDelivery(url: Secret): Delivery {
  return { what: 'heartbeat', url, init: { method: 'GET' } }
}
