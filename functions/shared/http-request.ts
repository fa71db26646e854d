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
  /** Where the caller's connection came from, as the platform says (an IP address); null where it does not. */
  readonly clientAddress: string | null
  /** The caller asks for an answer that comes from no memory: `Cache-Control: no-cache`. */
  readonly wantsFresh: boolean
  /** The text of a header; the last one's, if there are several. */
  header(name: string): string | undefined
  /** Everything that arrived under a name, in whatever form: empty only when the header is not there at all. */
  headerValues(name: string): readonly unknown[]
}

/**
 * Reads a platform event, whatever it is: a missing, misspelt or wrongly typed field becomes an empty one, which the
 * handler then refuses like any other bad input. Header names are matched in any casing, because platform and local
 * host differ; `isBase64Encoded` is ignored, because it is a guess (docs/scaleway.md#events, #local-host).
 */
export function readEvent(event: unknown): Request {
  const fields = isRecord(event) ? event : {}
  const headerValues = valuesByName(fields.headers, fields.multiValueHeaders)
  const header = (name: string) => headerValues(name).findLast(value => typeof value === 'string')
  return {
    method: typeof fields.httpMethod === 'string' ? fields.httpMethod.toUpperCase() : '',
    path: typeof fields.path === 'string' && fields.path !== '' ? fields.path : '/',
    body: fields.body ?? '',
    requestId: acceptableId(header('x-request-id')) ?? randomUUID(),
    clientAddress: clientAddress(header) ?? null,
    wantsFresh: asksForNoCache(header('cache-control')),
    header,
    headerValues,
  }
}

function asksForNoCache(header = ''): boolean {
  return header.split(',').some(directive => directive.trim().toLowerCase() === 'no-cache')
}

/** Two fields may hold headers. The one with more values under a name counts, and what only the other one has. */
function valuesByName(...fields: readonly [unknown, unknown]): Request['headerValues'] {
  const maps = fields.map(lowerCased)
  return name => {
    const found = maps.map(byName => byName.get(name.toLowerCase()) ?? [])
    const [most = [], fewer = []] = found.sort((a, b) => b.length - a.length)
    return [...most, ...fewer.filter(value => !most.includes(value))]
  }
}

function lowerCased(headers: unknown): Map<string, readonly unknown[]> {
  const byName = new Map<string, readonly unknown[]>()
  if (!isRecord(headers)) return byName
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    // An empty list stays one unreadable value, because the header is there; so does a list too long to copy.
    const isList = Array.isArray(value) && value.length > 0 && value.length <= maxValues
    const values: readonly unknown[] = isList ? value : [value]
    byName.set(name, [...(byName.get(name) ?? []), ...values])
  }
  return byName
}

// Far more than a request has of one header.
const maxValues = 1_000

/** The platform's own id is taken over only in a form that cannot forge a log line. */
function acceptableId(id: string | undefined): string | undefined {
  return id !== undefined && /^[A-Za-z0-9-]{8,64}$/.test(id) ? id : undefined
}

/** Of the two headers that the platform adds (docs/scaleway.md#platform-headers) a caller can write all but the last address. */
function clientAddress(header: Request['header']): string | undefined {
  const address = header('x-envoy-external-address') ?? header('x-forwarded-for')?.split(',').at(-1)?.trim()
  return address !== undefined && /^[0-9a-fA-F.:]{2,45}$/.test(address) ? address : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
