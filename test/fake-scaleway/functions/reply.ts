import type { Reply } from './forward.ts'

/**
 * An answer of the gateway itself. The statuses are the platform's, the wording is ours: its own is not documented
 * (docs/scaleway.md#gateway, #private-functions).
 */
export function gatewayReply(status: number, message: string): Reply {
  return {
    status,
    headers: { 'Content-Type': ['application/json'], Server: ['envoy'] },
    body: new TextEncoder().encode(JSON.stringify({ type: 'gateway', message })),
  }
}
