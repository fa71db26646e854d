/** The answer to a call; status 0 when none came. */
export interface Answer {
  readonly status: number
  /** No server listens at the address, or its name is unknown: waiting alone does not change that. */
  readonly isUnreachable?: boolean
  readonly headers: Headers
  /** The JSON object of the body; empty when the body is none. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Did the function itself answer, not the platform in front of it? Every JSON answer of a function has a request id. */
export function isFromFunction({ status, body }: Answer): boolean {
  return (status >= 200 && status < 400) || typeof body.request_id === 'string'
}

/** Can the same call get another answer in a while, because a function is still being built or started? */
export function isTransient({ status }: Answer): boolean {
  return status === 0 || status === 429 || status >= 502
}

/** Of an answer's texts, commands print only the codes of a closed list. Does this word have their form? */
export function isCodeWord(word: unknown): word is string {
  return typeof word === 'string' && /^[a-z]+(-[a-z]+){0,4}$/.test(word) && word.length <= 40
}
