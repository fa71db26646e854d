/** What a refusal carries: HTTP status, closed code word, one sentence for a person, extra headers and fields. */
export interface HttpErrorOptions {
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
export class HttpError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  readonly details: Readonly<Record<string, unknown>>

  constructor({ status, code, message, headers = {}, details = {} }: HttpErrorOptions) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.code = code
    this.headers = headers
    this.details = details
  }
}
