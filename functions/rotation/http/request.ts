import * as v from 'valibot'
import { HttpError } from '../../shared/http-error.ts'
import type { Request } from '../../shared/http-request.ts'
import { parseJson } from '../../shared/json.ts'

/** What a caller requests of the rotation function. */
export type Asked = { readonly kind: 'status' } | AskedRun

/** A run that is requested. `source` is the caller's own word for itself, for the log. */
export interface AskedRun {
  readonly kind: 'run'
  readonly action: 'rotate' | 'tend' | 'rollback' | 'revoke'
  readonly revision: number | null
  readonly force: boolean
  readonly dryRun: boolean
  readonly source: string | null
}

const maxBytes = 64 * 1024

const fields = {
  action: v.optional(
    v.picklist(['rotate', 'tend', 'rollback', 'revoke'], 'must be "rotate", "tend", "rollback" or "revoke"'),
    'rotate',
  ),
  revision: v.optional(v.pipe(v.number(revisionForm()), v.safeInteger(revisionForm()), v.minValue(1, revisionForm()))),
  force: v.optional(v.boolean('must be true or false'), false),
  dry_run: v.optional(v.boolean('must be true or false'), false),
  source: v.optional(v.pipe(v.string(sourceForm()), v.regex(/^[\w .:/@-]{1,64}$/, sourceForm()))),
  // Who it proves was decided before the request is read.
  token: v.optional(v.string('must be text')),
}
const form = v.strictObject(fields)
const allowed = Object.keys(fields)
  .filter(name => name !== 'token')
  .join(', ')

/**
 * Reads a request by its method, path and body. Pure.
 * @throws {HttpError} 404 path, 405 method, 413 body over 64 KiB, 400 naming the field and what is allowed, never a value
 */
export function readRequest({ method, path, body }: Pick<Request, 'method' | 'path' | 'body'>): Asked {
  if (path !== '/') throw new HttpError({ status: 404, code: 'unknown-path', message: 'The only path is /.' })
  if (method === 'GET' || method === 'HEAD') return { kind: 'status' }
  if (method === 'POST') return readRun(body)
  throw new HttpError({
    status: 405,
    code: 'method-not-allowed',
    message: 'Use GET for the status and POST for everything else.',
    headers: { Allow: 'GET, HEAD, POST' },
  })
}

/** Gives the JSON object that a body of bearable size holds; undefined when it holds none. */
export function bodyObject(body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof body !== 'string' || Buffer.byteLength(body) > maxBytes) return undefined
  const given = parseJson(body)
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : undefined
}

function readRun(body: unknown): AskedRun {
  if (typeof body !== 'string') throw malformed('The body must be text that holds a JSON object.')
  if (Buffer.byteLength(body) > maxBytes) {
    throw new HttpError({ status: 413, code: 'body-too-large', message: 'The body may have at most 64 KiB.' })
  }
  const given = body.trim() === '' ? {} : bodyObject(body)
  if (given === undefined) throw malformed(`The body must be empty or a JSON object with the fields ${allowed}.`)
  const parsed = v.safeParse(form, given, { abortEarly: true })
  if (!parsed.success) throw malformed(explain(parsed.issues[0]))
  const { action, revision = null, force, dry_run: dryRun, source = null } = parsed.output
  if (force && action !== 'rotate') throw malformed('The field force belongs to the action "rotate" alone.')
  if (revision !== null && action !== 'rollback')
    throw malformed('The field revision belongs to the action "rollback" alone.')
  return { kind: 'run', action, revision, force, dryRun, source }
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

function sourceForm(): string {
  return 'must be text of 1 to 64 letters, digits, spaces or . : / @ _ -'
}

function malformed(message: string): HttpError {
  return new HttpError({ status: 400, code: 'bad-request', message })
}
