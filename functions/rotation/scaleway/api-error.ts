import type { DoubtedKey } from '../plan/world.ts'

/** What went wrong with a call to Scaleway, as closed words. */
export type ApiErrorCode =
  /** No answer in time. */
  | 'upstream-timeout'
  /** No connection, or it broke. */
  | 'upstream-unreachable'
  /** A status of 3xx or 4xx, but 429, that the call does not expect. */
  | 'upstream-refused'
  /** 429 or 5xx. */
  | 'upstream-error'
  /** A 2xx whose content is not what the call expects. */
  | 'upstream-unreadable'
  /** No secret has the id that was given: it was deleted for good, or the id or the region is wrong. */
  | 'secret-gone'
  /** Lists that contradict each other or themselves. */
  | 'list-incomplete'
  /** The function's clock is far from Scaleway's: nothing that depends on time can be decided. */
  | 'clock-skew'
  /** Not sent: the run is out of time. */
  | 'out-of-time'

/** The facts of a failed call. `type` is Scaleway's own error word, from a closed list (docs/scaleway.md#errors). */
interface ApiErrorFacts {
  readonly code: ApiErrorCode
  readonly operation: string
  readonly status?: number | undefined
  readonly type?: string | undefined
  readonly argument?: string | undefined
  /** By how much the function's clock is ahead, of a `clock-skew`. */
  readonly skewMs?: number | undefined
  /** The key whose absence makes a list incomplete. */
  readonly doubtedKey?: DoubtedKey | undefined
}

/**
 * A call to Scaleway failed. It carries no cause: the SDK's errors hold the answer's body, and the body of a create
 * may hold a secret key.
 */
export class ApiError extends Error {
  readonly code: ApiErrorCode
  readonly operation: string
  readonly status: number | undefined
  readonly type: string | undefined
  readonly argument: string | undefined
  readonly skewMs: number | undefined
  readonly doubtedKey: DoubtedKey | undefined

  constructor({ code, operation, status, type, argument, skewMs, doubtedKey }: ApiErrorFacts) {
    super(`${operation}: ${code}${status === undefined ? '' : ` (${status})`}`)
    this.name = 'ApiError'
    this.code = code
    this.operation = operation
    this.status = status
    this.type = type
    this.argument = argument
    this.skewMs = skewMs
    this.doubtedKey = doubtedKey
  }

  /**
   * True when the call has certainly changed nothing: never sent, or refused by a 4xx in Scaleway's own words, which for a
   * 429 are none. Anything else is perhaps done: a gateway answers with a 4xx of its own (408, say) after the work, too.
   */
  get isNotDone(): boolean {
    if (this.code === 'out-of-time') return true
    return this.status !== undefined && this.status >= 400 && this.status < 500 && this.type !== undefined
  }
}

/**
 * Awaits a call of the SDK and queue whatever it throws into an `ApiError`.
 * Takes the operation's name (for logs) and the call.
 * @throws {ApiError}
 */
export async function calling<Result>(operation: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError({ operation, ...classify(error) })
  }
}

function classify(error: unknown): Omit<ApiErrorFacts, 'operation'> {
  const chain = causes(error)
  if (chain.some(isTimeout)) return { code: 'upstream-timeout' }
  if (chain.some(isUnreadable)) return { code: 'upstream-unreadable' }
  // Network faults reach us as `TypeError: fetch failed` with a cause (docs/scaleway.md#sdk-answers).
  if (chain.some(isNetworkFault)) return { code: 'upstream-unreachable' }
  const status = field(error, 'status')
  if (typeof status !== 'number' || status < 300) return { code: 'upstream-unreadable' }
  const body = field(error, 'body')
  // What limits the rate answers without a word (docs/scaleway.md#rate-limits).
  const type = status === 429 && body === '' ? 'too_many_requests' : knownType(field(body, 'type'))
  const facts = { status, type, argument: knownArgument(field(body, 'details')) }
  return { code: status < 500 && status !== 429 ? 'upstream-refused' : 'upstream-error', ...facts }
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let next = error; next !== undefined && chain.length < 5; next = field(next, 'cause')) chain.push(next)
  return chain
}

function isTimeout(error: unknown): boolean {
  const name = field(error, 'name')
  return name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT|TIMEDOUT/.test(String(field(error, 'code')))
}

/** Too long, or no HTTP at all. */
function isUnreadable(error: unknown): boolean {
  return /^(UND_ERR_RES_|HPE_)/.test(String(field(error, 'code')))
}

function isNetworkFault(error: unknown): boolean {
  return /^(E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(String(field(error, 'code'))) || field(error, 'message') === 'fetch failed'
}

const knownTypes = [
  'invalid_arguments',
  'denied_authentication',
  'permissions_denied',
  'quotas_exceeded',
  'not_found',
  'transient_state',
  'already_exists',
  'expired',
  'precondition_failed',
  'locked',
  'too_many_requests',
]

function knownType(type: unknown): string | undefined {
  return knownTypes.find(known => known === type)
}

function knownArgument(details: unknown): string | undefined {
  const names = Array.isArray(details) ? details.map(detail => field(detail, 'argument_name')) : []
  return names.includes('expires_at') ? 'expires_at' : undefined
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
