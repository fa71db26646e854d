import { type Caller, identify, isHash, type KnownCaller, recognised, unknownCaller } from '../../shared/caller.ts'
import { HttpError } from '../../shared/http-error.ts'
import type { Request } from '../../shared/http-request.ts'
import { type Asked, bodyObject } from './request.ts'

/** What callers are told apart by: the keys of those that are known, and the CRON's token. */
interface Known {
  readonly callers: readonly KnownCaller[]
  readonly cronToken: Buffer
}

/**
 * Gives who is asking. A token in the body decides alone, whatever headers the platform adds to a trigger's call; a
 * wrong one names nobody.
 */
export function callerOf(request: Request, { callers, cronToken }: Known): Caller {
  const body = bodyObject(request.body)
  if (body === undefined || !Object.hasOwn(body, 'token')) return identify(request, callers)
  const { token } = body
  return typeof token === 'string' && isHash(token, cronToken) ? { role: 'cron', name: null } : unknownCaller
}

/**
 * Admits a caller to this function at all, before its request is read.
 * @throws {HttpError} 403 `no-credential`, `unknown-caller` or, for a consumer, `operator-only`
 */
export function admit(caller: Caller): void {
  if (recognised(caller).role === 'consumer') throw operatorOnly(noBusiness)
}

/**
 * Allows what is asked: all of it to an operator, the status to a monitor, `rotate` and `tend` without force to the CRON.
 * @throws {HttpError} 403 `operator-only`
 */
export function allow(asked: Asked, { role }: Caller): void {
  if (role === 'operator') return
  if (asked.kind === 'status' && role === 'monitor') return
  if (asked.kind === 'run' && role === 'cron' && isScheduled(asked)) return
  throw operatorOnly(asked.kind === 'status' ? statusOnly : runsOnly)
}

function isScheduled({ action, force }: Extract<Asked, { kind: 'run' }>): boolean {
  return (action === 'rotate' || action === 'tend') && !force
}

function operatorOnly(message: string): HttpError {
  return new HttpError({ status: 403, code: 'operator-only', message })
}

const noBusiness =
  'A consumer fetches its key at the retrieval function. Here the status is for monitors and operators, and everything else for operators.'
const statusOnly = 'The status is for monitors and operators: send the secret key of one.'
const runsOnly =
  "Only an operator may rotate, roll back, revoke or clean up, and the CRON rotate and clean up: send an operator's secret key."
