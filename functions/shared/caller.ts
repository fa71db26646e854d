import { createHash, timingSafeEqual } from 'node:crypto'
import { HttpError } from './http-error.ts'
import type { Request } from './http-request.ts'

/** A caller that the deployment knows, by the SHA-256 hash (hex) of its IAM secret key; of several while one replaces another. */
export interface KnownCaller {
  readonly name: string
  readonly role: 'operator' | 'consumer' | 'monitor'
  readonly sha256: readonly string[]
}

/**
 * Who is asking. `absent`: no credential header is there at all; `unknown`: one is, and it names nobody. The CRON proves
 * itself otherwise than by a header.
 */
export interface Caller {
  readonly role: KnownCaller['role'] | 'cron' | 'unknown' | 'absent'
  readonly name: string | null
}

/** A caller that is recognised; what it may do depends on its role. */
export type Recognised = Caller & { readonly role: KnownCaller['role'] | 'cron' }

/** A caller that presented something which names nobody. */
export const unknownCaller: Caller = { role: 'unknown', name: null }

/**
 * Identifies the caller by the SHA-256 hash of the secret key that it presents. Which of the platform's two headers
 * reaches a function is unknown, hence a third of our own (docs/scaleway.md#caller-credential). Every one that is
 * there must hold one readable credential, and all the same: a caller may make a gate check one value and pass on
 * another (docs/scaleway.md#gate-headers). The platform's own permission is project-wide and tells nobody apart
 * (docs/scaleway.md#private-functions).
 */
export function identify(request: Request, known: readonly KnownCaller[]): Caller {
  const tokens = credentialHeaders.flatMap(({ name, read }) => {
    const values = request.headerValues(name)
    return values.length === 0 ? [] : [values.length === 1 ? read(values[0]) : undefined]
  })
  const [token] = tokens
  if (tokens.length === 0) return { role: 'absent', name: null }
  if (token === undefined || tokens.some(other => other !== token)) return unknownCaller
  const presented = createHash('sha256').update(token).digest()
  const caller = known.find(({ sha256 }) => sha256.some(hash => isHash(hash, presented)))
  return caller === undefined ? unknownCaller : { role: caller.role, name: caller.name }
}

/** What a log line says of a caller: its role, its name, and where its connection came from. */
export function callerFields({ clientAddress }: Pick<Request, 'clientAddress'>, { role, name }: Caller) {
  return { caller: role, caller_name: name ?? undefined, client_address: clientAddress ?? undefined }
}

/** Whether a hash in hex is this one; compared in constant time. */
export function isHash(hex: string, hash: Buffer): boolean {
  const given = Buffer.from(hex, 'hex')
  return given.length === hash.length && timingSafeEqual(given, hash)
}

/**
 * Refuses a caller that is not recognised, whatever it asks for.
 * @throws {HttpError} 403 `no-credential` or `unknown-caller`
 */
export function recognised({ role, name }: Caller): Recognised {
  if (role === 'absent') throw new HttpError({ status: 403, code: 'no-credential', message: noCredential })
  if (role === 'unknown') throw new HttpError({ status: 403, code: 'unknown-caller', message: unknownCredential })
  return { role, name }
}

const credentialHeaders = [
  { name: 'x-auth-token', read: readWhole },
  { name: 'authorization', read: readBearer },
  { name: 'x-caller-key', read: readWhole },
] as const

function readWhole(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function readBearer(value: unknown): string | undefined {
  return typeof value === 'string' ? /^Bearer +(\S+)$/i.exec(value)?.[1] : undefined
}

const noCredential =
  'No credential arrived. Send your secret key in X-Auth-Token and in Authorization: Bearer; should the platform keep both, in X-Caller-Key as well.'

const unknownCredential =
  'The credential belongs to no caller of this deployment, or the headers that carry it are empty, doubled or contradict each other. Send the one secret key that Terraform gave this caller, in each header once.'
