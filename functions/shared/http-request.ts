import { randomUUID } from 'node:crypto'

/**
 * An HTTP request as a handler sees it. Headers are reachable only one at a time, by name: they hold the caller's IAM
 * secret key (docs/scaleway.md#caller-credential), so nothing that prints a request may print them.
 */
export interface Request {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly requestId: string
  header(name: string): string | undefined
}

/**
 * Reads a platform event, whatever it is: a missing, misspelt or wrongly typed field becomes an empty one, which the
 * handler then refuses like any other bad input. Header names are matched in any casing, because platform and local
 * host differ; `isBase64Encoded` is ignored, because it is a guess (docs/scaleway.md#events, #local-host).
 */
export function readEvent(event: unknown): Request {
  const fields = isRecord(event) ? event : {}
  const headers = lowerCased(fields.headers)
  const header = (name: string) => headers.get(name.toLowerCase())
  return {
    method: typeof fields.httpMethod === 'string' ? fields.httpMethod.toUpperCase() : '',
    path: typeof fields.path === 'string' && fields.path !== '' ? fields.path : '/',
    body: fields.body ?? '',
    requestId: acceptableId(header('x-request-id')) ?? randomUUID(),
    header,
  }
}

function lowerCased(headers: unknown): Map<string, string> {
  const byName = new Map<string, string>()
  if (!isRecord(headers)) return byName
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value
    if (typeof last === 'string') byName.set(name.toLowerCase(), last)
  }
  return byName
}

/** The platform's own id is taken over only in a form that cannot forge a log line. */
function acceptableId(id: string | undefined): string | undefined {
  return id !== undefined && /^[A-Za-z0-9-]{8,64}$/.test(id) ? id : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
