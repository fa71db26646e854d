/** What a refusal carries: HTTP status, closed code word, one sentence for a person, extra headers and fields. */
export interface RefusalOptions {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * The one error that is meant for the caller: the endpoint answers it as `{"error", "message", "request_id"}`.
 * Its message names what was expected and what to do, never a value that was given, never an upstream body.
 */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  readonly details: Readonly<Record<string, unknown>>

  constructor({ status, code, message, headers = {}, details = {} }: RefusalOptions) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.headers = headers
    this.details = details
  }
}
