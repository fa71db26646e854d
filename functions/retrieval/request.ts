import type { Caller } from '../shared/caller.ts'
import type { HttpErrorOptions } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'

/** What a request comes to: a refusal, or what the key is to be compared with and whether memory may answer. */
type Decision = { readonly refuse: HttpErrorOptions } | Wanted

/** `known`: the revisions that the caller holds already (`*`: any). `bypass`: ask Scaleway, whatever is in memory. */
export interface Wanted {
  readonly known: readonly string[] | '*'
  readonly bypass: boolean
}

/** What is known about a request besides itself. */
interface Rules {
  readonly caller: Caller
  readonly requireCallerCheck: boolean
}

/**
 * Decides what a request may have: refused with 404 `unknown-path`, 405 `method-not-allowed` or 403 (`monitor`,
 * `unknown-caller`, `no-credential`), else wanted.
 */
export function decide(request: Request, { caller, requireCallerCheck }: Rules): Decision {
  if (request.path !== '/') return { refuse: unknownPath }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { refuse: methodNotAllowed }
  if (caller.role === 'monitor') return { refuse: monitor }
  if (caller.role === 'unknown') return { refuse: unknownCaller }
  if (caller.role === 'absent' && requireCallerCheck) return { refuse: noCredential }
  return { known: readEtags(request.header('if-none-match')), bypass: asksForNoCache(request.header('cache-control')) }
}

const unknownPath = { status: 404, code: 'unknown-path', message: 'The key is at / and nothing else is here.' }

const methodNotAllowed = {
  status: 405,
  code: 'method-not-allowed',
  message: 'The key is read with GET; HEAD gives its revision alone.',
  headers: { Allow: 'GET, HEAD' },
}

const monitor = {
  status: 403,
  code: 'monitor',
  message: 'A monitor may read the status at the rotation function, never the key.',
}

const unknownCaller = {
  status: 403,
  code: 'unknown-caller',
  message: 'This credential belongs to no consumer and no operator of this deployment. Add the caller to `consumers`.',
}

const noCredential = {
  status: 403,
  code: 'no-credential',
  message: 'Send the secret key of a consumer or an operator in X-Auth-Token.',
}

/** Weak and strong tags alike: If-None-Match compares weakly (RFC 9110 §13.1.2). */
function readEtags(header = ''): readonly string[] | '*' {
  if (header.trim() === '*') return '*'
  return Array.from(header.matchAll(/"([^"]*)"/g), ([, tag = '']) => tag)
}

function asksForNoCache(header = ''): boolean {
  return header.split(',').some(directive => directive.trim().toLowerCase() === 'no-cache')
}
