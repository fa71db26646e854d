import * as v from 'valibot'
import { HttpError } from '../../shared/http-error.ts'
import type { Request } from '../../shared/http-request.ts'
import { parseJson } from '../../shared/json.ts'
import { nameInPath } from '../../shared/key-names.ts'

/** What a caller requests of the rotation function. */
export type Asked = AskedStatus | AskedRun

/** The status of one key, or of all where none is named; or what is measured of all. `fresh`: not from memory. */
export interface AskedStatus {
  readonly kind: 'status'
  readonly key: string | undefined
  readonly as: 'json' | 'metrics'
  readonly fresh: boolean
}

/** A run that is requested. `source` is the caller's own word for itself, for the log. */
export interface AskedRun {
  readonly kind: 'run'
  /** The keys that it is about, each once. */
  readonly keys: readonly string[]
  /** Whether each key is answered by its name: that follows from how it was asked, never from how many keys there are. */
  readonly byName: boolean
  readonly action: 'rotate' | 'tend' | 'rollback' | 'revoke'
  readonly revision: number | null
  readonly force: boolean
  readonly dryRun: boolean
  readonly source: string | null
}

const maxBytes = 64 * 1024

// No key can be named so.
const metricsPath = '/metrics'

const fields = {
  action: v.optional(
    v.picklist(['rotate', 'tend', 'rollback', 'revoke'], 'must be "rotate", "tend", "rollback" or "revoke"'),
    'rotate',
  ),
  revision: v.optional(v.pipe(v.number(revisionForm()), v.safeInteger(revisionForm()), v.minValue(1, revisionForm()))),
  force: v.optional(v.boolean('must be true or false'), false),
  dry_run: v.optional(v.boolean('must be true or false'), false),
  keys: v.optional(
    v.pipe(
      v.array(v.string(keysForm()), keysForm()),
      v.minLength(1, keysForm()),
      v.check(names => new Set(names).size === names.length, keysForm()),
    ),
  ),
  source: v.optional(v.pipe(v.string(sourceForm()), v.regex(/^[\w .:/@-]{1,64}$/, sourceForm()))),
  // Who it proves was decided before the request is read.
  token: v.optional(v.string('must be text')),
}
const form = v.strictObject(fields)
const allowed = Object.keys(fields)
  .filter(name => name !== 'token')
  .join(', ')

/**
 * Reads a request by its method, path and body, for a deployment of these keys. Pure.
 * @throws {HttpError} 404 path or name, 405 method, 413 body over 64 KiB, 400 naming the field and what is allowed, never a value
 */
export function readRequest(
  request: Pick<Request, 'method' | 'path' | 'body' | 'wantsFresh'>,
  names: readonly string[],
): Asked {
  const { method, path, body } = request
  const isMetrics = path === metricsPath
  const named = isMetrics ? undefined : nameInPath(path)
  if (named === null)
    throw new HttpError({ status: 404, code: 'unknown-path', message: 'The paths are /, /NAME and /metrics.' })
  if (named !== undefined) requireKnown([named], names)
  if (method === 'GET' || method === 'HEAD') {
    const key = isMetrics ? undefined : (named ?? onlyOne(names))
    return { kind: 'status', key, as: isMetrics ? 'metrics' : 'json', fresh: request.wantsFresh }
  }
  if (method === 'POST' && !isMetrics) return readRun(body, { named, names })
  throw new HttpError({
    status: 405,
    code: 'method-not-allowed',
    message: 'Use GET for the status and for /metrics, and POST for everything else.',
    headers: { Allow: isMetrics ? 'GET, HEAD' : 'GET, HEAD, POST' },
  })
}

/** Gives the JSON object that a body of bearable size holds; undefined when it holds none. */
export function bodyObject(body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof body !== 'string' || Buffer.byteLength(body) > maxBytes) return undefined
  const given = parseJson(body)
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : undefined
}

function readRun(body: unknown, { named, names }: NamedKey): AskedRun {
  if (typeof body !== 'string') throw malformed('The body must be text that holds a JSON object.')
  if (Buffer.byteLength(body) > maxBytes) {
    throw new HttpError({ status: 413, code: 'body-too-large', message: 'The body may have at most 64 KiB.' })
  }
  const given = body.trim() === '' ? {} : bodyObject(body)
  if (given === undefined) throw malformed(`The body must be empty or a JSON object with the fields ${allowed}.`)
  const parsed = v.safeParse(form, given, { abortEarly: true })
  if (!parsed.success) throw malformed(explain(parsed.issues[0]))
  const { action, revision = null, force, dry_run: dryRun, source = null, keys: listed } = parsed.output
  if (force && action !== 'rotate') throw malformed('The field force belongs to the action "rotate" alone.')
  if (revision !== null && action !== 'rollback')
    throw malformed('The field revision belongs to the action "rollback" alone.')
  if (named !== undefined && listed !== undefined)
    throw malformed('Name a key in the path, or several in the field keys, not both.')
  const all = named === undefined && listed === undefined && action === 'tend' && names.length > 1
  const keys = all ? names : (listed ?? [named ?? onlyOne(names) ?? notNamed(names)])
  requireKnown(keys, names)
  if (action === 'rollback' && keys.length > 1)
    throw malformed('A rollback names the revision of one key: the field keys may hold one name.')
  return { kind: 'run', keys, byName: all || listed !== undefined, action, revision, force, dryRun, source }
}

/** The key that the path names, if it names one, and those that there are. */
interface NamedKey {
  readonly named: string | undefined
  readonly names: readonly string[]
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

function requireKnown(keys: readonly string[], names: readonly string[]): void {
  if (keys.every(key => names.includes(key))) return
  const message = 'This deployment has no key of that name. Name one of keys.'
  throw new HttpError({ status: 404, code: 'no-such-key', message, details: { keys: names } })
}

function notNamed(names: readonly string[]): never {
  const message = 'This deployment has several keys. POST to /NAME, or list names in the field keys.'
  throw new HttpError({ status: 400, code: 'key-not-named', message, details: { keys: names } })
}

function explain({ path, message }: v.BaseIssue<unknown>): string {
  const name = String(path?.[0]?.key)
  if (Object.hasOwn(fields, name)) return `The field ${name} ${message}.`
  const naming = /^\w{1,40}$/.test(name) ? ` ${name}` : ''
  return `The field${naming} is unknown. Allowed fields are ${allowed}.`
}

function revisionForm(): string {
  return 'must be a whole number from 1'
}

function keysForm(): string {
  return 'must be a list of names of keys, each once'
}

function sourceForm(): string {
  return 'must be text of 1 to 64 letters, digits, spaces or . : / @ _ -'
}

function malformed(message: string): HttpError {
  return new HttpError({ status: 400, code: 'bad-request', message })
}
