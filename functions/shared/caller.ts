import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request } from './http-request.ts'

/**
 * Who is asking. `unknown`: a credential arrived that is on no list. `absent`: none arrived inside the function,
 * which is possible when the platform keeps the header for itself (docs/scaleway.md#caller-credential).
 */
export interface Caller {
  readonly role: 'operator' | 'consumer' | 'monitor' | 'unknown' | 'absent'
  readonly name: string | null
}

/** SHA-256 hashes (hex) of the secret keys that are known: operators as a list, the others by name. */
export interface KnownCallers {
  readonly operators: readonly string[]
  readonly consumers?: Readonly<Record<string, string>>
  readonly monitors?: Readonly<Record<string, string>>
}

/**
 * Identifies the caller by the SHA-256 hash of the secret key it presented in `X-Auth-Token` or, should the platform strip
 * that header, in `Authorization: Bearer`. Hashes are compared in constant time. Needed because the platform's own
 * permission is project-wide and does not tell callers apart (docs/scaleway.md#private-functions).
 */
export function identify(request: Request, known: KnownCallers): Caller {
  const presented = presentedHash(request)
  if (presented === undefined) return { role: 'absent', name: null }
  if (known.operators.some(hash => matches(hash, presented))) return { role: 'operator', name: null }
  const consumer = nameOf(known.consumers, presented)
  if (consumer !== undefined) return { role: 'consumer', name: consumer }
  const monitor = nameOf(known.monitors, presented)
  if (monitor !== undefined) return { role: 'monitor', name: monitor }
  return { role: 'unknown', name: null }
}

function presentedHash(request: Request): Buffer | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '')?.[1]
  const token = request.header('x-auth-token') || bearer
  return token === undefined ? undefined : createHash('sha256').update(token).digest()
}

function nameOf(hashes: Readonly<Record<string, string>> = {}, presented: Buffer): string | undefined {
  return Object.entries(hashes).find(([, hash]) => matches(hash, presented))?.[0]
}

function matches(hash: string, presented: Buffer): boolean {
  const known = Buffer.from(hash, 'hex')
  return known.length === presented.length && timingSafeEqual(known, presented)
}
