import { type Answer, isFromFunction } from '../deployment/answer.ts'
import type { Checker } from './check.ts'
import { type Deployed, nameAfter, oneKey } from './deployed.ts'
import { type HeaderLines, type RawCall, sendRaw } from './raw-call.ts'

/** Where to call, and the callers that have no business there. */
type Target = Pick<Deployed, 'keys' | 'consumerKeys' | 'monitorKeys'>

/** Something that a caller has no right to. */
interface Attempted {
  /** Who does what, as a sentence. */
  readonly title: string
  readonly key: string
  readonly call: Omit<RawCall, 'lines'>
}

/**
 * Calls with valid keys in forms that can make a gate check one credential and show the function another or none
 * (docs/scaleway.md#gate-headers). Each key is one that must be refused there. If a call is allowed, it still changes
 * nothing. What a gate does with headers does not depend on the rotated key that is named, so one is enough.
 */
export async function checkDishonestForms(target: Target, checker: Checker): Promise<void> {
  for (const { title, key, call } of whatIsAttempted(target)) {
    for (const [form, lines] of Object.entries(dishonestForms(key))) {
      await checker.mustBeRefused({
        title: `${title} with ${form}`,
        call: limitMs => sendRaw({ ...call, lines }, limitMs),
        expected: 'HTTP 401 or 403, or 400 of the platform',
        holds: isRefused,
      })
    }
  }
}

function whatIsAttempted({ keys, consumerKeys, monitorKeys }: Target): Attempted[] {
  const rotated = oneKey({ keys })
  const { rotationUrl, retrievalUrl } = rotated
  const revoke = { action: 'revoke', dry_run: true }
  return [
    ...Object.entries(monitorKeys).map(([name, key]) => ({
      title: `monitor ${name} fetches the key${nameAfter(' ', rotated)}`,
      key,
      call: { url: retrievalUrl },
    })),
    ...Object.entries(consumerKeys).flatMap(([name, key]) => [
      { title: `consumer ${name} reads the status${nameAfter(' of ', rotated)}`, key, call: { url: rotationUrl } },
      {
        title: `consumer ${name} revokes every key${nameAfter(' of ', rotated)}`,
        key,
        call: { url: rotationUrl, body: revoke },
      },
    ]),
  ]
}

/** The header lines of each form, by how it is called in a sentence. */
export function dishonestForms(key: string): Readonly<Record<string, HeaderLines>> {
  const unknown = crypto.randomUUID()
  const token = (value: string) => ['X-Auth-Token', value] as const
  const bearer = (value: string) => ['Authorization', `Bearer ${value}`] as const
  return {
    'a second, empty X-Auth-Token': [token(key), token('')],
    'a second, unknown X-Auth-Token': [token(key), token(unknown)],
    'an unknown X-Auth-Token before its own': [token(unknown), token(key)],
    'the same X-Auth-Token twice': [token(key), token(key)],
    'X-Auth-Token named by Connection': [token(key), ['Connection', 'X-Auth-Token']],
    'both headers named by Connection': [token(key), bearer(key), ['Connection', 'X-Auth-Token, Authorization']],
    'an empty X-Auth-Token beside Authorization': [token(''), bearer(key)],
    'another key in Authorization': [token(key), bearer(unknown)],
    'two keys in one X-Auth-Token': [token(`${key}, ${unknown}`)],
  }
}

/** A gate may find a form malformed. A 400 of the function would mean that it knew the caller. */
function isRefused(answer: Answer): boolean {
  const { status, body } = answer
  if (isStatusOrKey(body)) return false
  return status === 401 || status === 403 || (status === 400 && !isFromFunction(answer))
}

function isStatusOrKey(body: Answer['body']): boolean {
  return ['SECRET_KEY', 'API_KEY', 'healthy', 'current'].some(field => field in body)
}
