import { createHmac } from 'node:crypto'
import type { Secret } from '../../shared/secret.ts'
import type { Webhook } from '../receivers.ts'
import type { Delivery } from './deliver.ts'
import type { Notification } from './notifications.ts'

/**
 * The signed request that carries a notification, as Standard Webhooks has it (standardwebhooks.com): the receiver
 * verifies `webhook-signature` over id, time and body. `at` is the moment of sending.
 */
export function webhookDelivery({ id, body }: Notification, { url, signingSecret }: Webhook, at: Date): Delivery {
  const text = JSON.stringify(body)
  const seconds = String(Math.floor(at.getTime() / 1000))
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${sign(`${id}.${seconds}.${text}`, signingSecret)}`,
  }
  return { what: 'notification', url, init: { method: 'POST', headers, body: text } }
}

function sign(content: string, secret: Secret): string {
  const key = Buffer.from(secret.reveal().replace(/^whsec_/, ''), 'base64')
  return createHmac('sha256', key).update(content).digest('base64')
}
