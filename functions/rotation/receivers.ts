import { optional, textForm } from '../shared/form.ts'
import { isProtectedUrl, protectedUrlForm } from '../shared/protected-url.ts'
import { Secret } from '../shared/secret.ts'

/** The receivers that are notified, if there are any. */
export interface Receivers {
  readonly webhook: Webhook | undefined
  readonly heartbeatUrl: Secret | undefined
}

/** A receiver of notifications. Its address may hold a token, and so is kept as a secret too. */
export interface Webhook {
  readonly url: Secret
  readonly signingSecret: Secret
}

/**
 * The address of a receiver; undefined when not set. Notifications name keys and heartbeats hold a token, so neither
 * crosses a network in clear text.
 */
export const receiverUrl = optional(
  textForm(text => (isProtectedUrl(text) ? new Secret(text) : undefined), protectedUrlForm),
)

/** What is expected of a signing secret. */
export const signingSecretForm = 'whsec_ and the base64 of at least 24 bytes (required with NOTIFICATION_URL)'

/** What signs notifications, in the form that Standard Webhooks libraries take; undefined when not set. */
export const signingSecret = optional(
  textForm(text => (signingSecretPattern.test(text) ? new Secret(text) : undefined), signingSecretForm),
)

const signingSecretPattern = /^(whsec_)?([A-Za-z0-9+/]{4}){8,}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
