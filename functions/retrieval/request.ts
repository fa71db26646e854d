import type { Recognised } from '../shared/caller.ts'
import type { HttpErrorOptions } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'

/** What a request comes to: a refusal, or which key, what it is to be compared with, and whether memory may answer. */
type Decision<Key> = { readonly refuse: HttpErrorOptions } | Wanted<Key>

/** `known`: the tags that the caller holds already (`*`: any). `bypass`: ask Scaleway, whatever is in memory. */
export interface Wanted<Key> {
  readonly key: Key
  readonly known: readonly string[] | '*'
  readonly bypass: boolean
}

/** A request whose path was read. `named`: the name in it; undefined for `/`, null where it can be no name. */
interface Asked extends Pick<Request, 'method' | 'header' | 'wantsFresh'> {
  readonly named: string | null | undefined
}

/** A caller that is recognised, with the keys that it may fetch and no other. */
interface Entitled<Key> extends Pick<Recognised, 'role'> {
  readonly keys: readonly Key[]
}

/**
 * Decides what a request of a caller that is recognised may have: refused with 403 `monitor`, 404 `unknown-path`, 405
 * `method-not-allowed` or 404 `key-not-named`, else wanted. Of a key that the caller may not fetch it knows nothing, so that
 * neither an answer nor its time tells whether there is one.
 */
export function decide<Key extends { readonly name: string }>(
  { method, named, header, wantsFresh }: Asked,
  { role, keys }: Entitled<Key>,
): Decision<Key> {
  if (role === 'monitor') return { refuse: monitor }
  if (named === null) return { refuse: unknownPath }
  if (method !== 'GET' && method !== 'HEAD') return { refuse: methodNotAllowed }
  const [key, ...others] = named === undefined ? keys : keys.filter(({ name }) => name === named)
  if (key === undefined || others.length > 0) return { refuse: keyNotNamed(keys) }
  return { key, known: readEtags(header('if-none-match')), bypass: wantsFresh }
}

const unknownPath = {
  status: 404,
  code: 'unknown-path',
  message: 'A key is at /name, or at / where the caller may fetch one alone. Nothing else is here.',
}

/** One answer, whether a name is unknown, is another caller's, or is missing. */
function keyNotNamed(keys: readonly { readonly name: string }[]): HttpErrorOptions {
  const names = keys.map(({ name }) => name).sort()
  return { status: 404, code: 'key-not-named', message: nameOne, details: { keys: names } }
}

const nameOne =
  'Send GET /name with one of keys, the names that this caller may fetch. Where there is none, no key has the caller among its consumers.'

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
