import { type Credential, decodeCredential } from '../../shared/credential.ts'
import type { Secret } from '../../shared/secret.ts'
import { readAccess } from './access-answer.ts'
import { crc32 } from './crc32.ts'
import type { HttpAnswer, HttpGet } from './http-get.ts'
import { UpstreamError } from './upstream-error.ts'

/** The newest enabled version: its revision and the key that it holds. */
export interface KeyVersion {
  readonly revision: number
  readonly credential: Credential
}

/** Which secret to read, where, and the reader's own secret key. */
interface SecretAddress {
  readonly apiUrl: string
  readonly region: string
  readonly secretId: string
  readonly key: Secret
}

/** One call to Secret Manager, within a time limit. @throws {UpstreamError} */
export type ReadVersion = (limit: { readonly timeoutMs: number }) => Promise<KeyVersion>

// A payload has at most 64 KiB (docs/scaleway.md#payloads), a third more in base64.
const maxBytes = 256 * 1024

/**
 * Makes the one call of this function: accesses the highest enabled version, which survives a rollback
 * (docs/scaleway.md#latest-enabled).
 */
export function latestEnabledVersion({ get, secret }: { get: HttpGet; secret: SecretAddress }): ReadVersion {
  const { apiUrl, region, secretId, key } = secret
  const url = `${apiUrl}/secret-manager/v1beta1/regions/${region}/secrets/${secretId}/versions/latest_enabled/access`
  return async ({ timeoutMs }) => {
    const headers = { Accept: 'application/json', 'User-Agent': userAgent, 'X-Auth-Token': key.reveal() }
    return judge(await get({ url, headers, timeoutMs, maxBytes }), secretId)
  }
}

const userAgent = 'scaleway-api-key-rotation/retrieval'

function judge(answer: HttpAnswer, secretId: string): KeyVersion {
  if (answer.status !== 200) throw refusedWith(answer.status)
  if (!/^application\/json *(;|$)/i.test(answer.contentType)) throw unreadable('content-type')
  const access = readAccess(answer.text)
  if (access === undefined || access.secretId !== secretId) throw unreadable('fields')
  const { revision, data, checksum } = access
  const payload = Buffer.from(data, 'base64')
  if (checksum !== undefined && checksum !== crc32(payload)) throw unreadable('checksum')
  const credential = decodeCredential(payload.toString())
  if (credential === undefined) throw new UpstreamError('unexpected-payload', { revision })
  return { revision, credential }
}

function refusedWith(status: number): UpstreamError {
  if (status === 404) return new UpstreamError('no-key-yet')
  if (status === 429 || status >= 500) return new UpstreamError('upstream-error', { transient: true, seen: status })
  return new UpstreamError(status < 300 ? 'upstream-unreadable' : 'upstream-refused', { seen: status })
}

function unreadable(seen: 'content-type' | 'fields' | 'checksum'): UpstreamError {
  return new UpstreamError('upstream-unreadable', { seen })
}
