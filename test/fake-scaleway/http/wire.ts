/** A request as it arrives, whichever adapter carried it. */
export interface WireRequest {
  readonly method: string
  /** Path with its query, without scheme and host. */
  readonly path: string
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body?: string | Uint8Array
  /** The caller's address; the loopback address when left out. */
  readonly ip?: string
}

/** A response to write. */
export interface HttpAnswer {
  readonly kind: 'answer'
  readonly status: number
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body trickles at this speed instead of leaving at once. */
  readonly bytesPerSecond?: number
  /** After the body, filler follows for as long as the caller reads. */
  readonly endless?: boolean
}

/** The connection breaks instead of an answer. */
interface BrokenConnection {
  readonly kind: 'broken'
}

/** No answer ever comes. After a kill not even the caller's own abort ends the wait, because that process is gone. */
interface Silence {
  readonly kind: 'silent'
  readonly killed: boolean
}

/** What an adapter has to do with a request. */
export type WireAnswer = HttpAnswer | BrokenConnection | Silence

/** The bare type: with a charset behind it the official SDK refuses to parse (docs/scaleway.md#sdk-answers). */
export const JSON_TYPE = 'application/json'

/** Takes a status and a body (none: empty answer without a type, as 204 needs) and gives the answer on the wire. */
export function jsonAnswer(status: number, body?: object): HttpAnswer {
  if (body === undefined) return { kind: 'answer', status, headers: {}, body: '' }
  return { kind: 'answer', status, headers: { 'content-type': JSON_TYPE }, body: JSON.stringify(body) }
}

/** The text of a request's body; empty when there is none. */
export function bodyText(request: WireRequest): string {
  const { body } = request
  if (body === undefined) return ''
  return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}
