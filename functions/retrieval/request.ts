import type { Recognised } from '../shared/caller.ts'
import type { HttpErrorOptions } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'

/** What a request comes to: a refusal, or what the key is to be compared with and whether memory may answer. */
type Decision = { readonly refuse: HttpErrorOptions } | Wanted

/** `known`: the revisions that the caller holds already (`*`: any). `bypass`: ask Scaleway, whatever is in memory. */
export interface Wanted {
  readonly known: readonly string[] | '*'
  readonly bypass: boolean
}

/**
 * Decides what a request of a caller that is recognised may have: refused with 403 `monitor`, 404 `unknown-path` or 405
 * `method-not-allowed`, else wanted.
 */
export function decide(request: Request, { role }: Recognised): Decision {
  if (role === 'monitor') return { refuse: monitor }
  if (request.path !== '/') return { refuse: unknownPath }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { refuse: methodNotAllowed }
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

/** Weak and strong tags alike: If-None-Match compares weakly (RFC 9110 §13.1.2). */
function readEtags(header = ''): readonly string[] | '*' {
  if (header.trim() === '*') return '*'
  return Array.from(header.matchAll(/"([^"]*)"/g), ([, tag = '']) => tag)
}

function asksForNoCache(header = ''): boolean {
  return header.split(',').some(directive => directive.trim().toLowerCase() === 'no-cache')
}
