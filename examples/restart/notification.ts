import { createHmac, timingSafeEqual } from 'node:crypto'

/** A key that changed, as a notification names it. */
export interface ChangedKey {
  readonly name: string
  readonly revision: number
}

/** What arrived at the receiver: the headers that Standard Webhooks needs (standardwebhooks.com), and the body as it came. */
export interface Delivery {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
}

const toleranceSeconds = 5 * 60

/** Says whether a delivery was signed with the secret (`whsec_…`), within five minutes of now. */
export function isGenuine({ id, timestamp, signature, body }: Delivery, secret: string, nowMs: number): boolean {
  const sentSeconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  if (!(Math.abs(nowMs / 1000 - sentSeconds) <= toleranceSeconds)) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
  return signature.split(' ').some(one => {
    const given = one.startsWith('v1,') ? Buffer.from(one.slice(3), 'base64') : Buffer.alloc(0)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

/** Gives the keys that an application must fetch anew: of `key.issued` and `key.rolled-back`; none of anything else. */
export function changedKeys(body: string): ChangedKey[] {
  const { type, data } = asRecord(JSON.parse(body))
  if (type !== 'key.issued' && type !== 'key.rolled-back') return []
  const { keys = [data] } = asRecord(data)
  return (Array.isArray(keys) ? keys : []).flatMap(entry => {
    const { key, revision } = asRecord(entry)
    return typeof key === 'string' && typeof revision === 'number' ? [{ name: key, revision }] : []
  })
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
