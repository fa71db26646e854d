import { randomUUID } from 'node:crypto'
import { MisconfiguredError } from './env.ts'
import { HttpError } from './http-error.ts'
import { type Request, readEvent } from './http-request.ts'
import type { Log } from './log.ts'
import { version } from './version.ts'

/** What a handler answers: a status, a body that is sent as JSON (or already encoded text), extra headers. */
export interface Answer {
  readonly status: number
  readonly body?: Readonly<Record<string, unknown>> | string
  readonly headers?: Readonly<Record<string, string>>
}

/** The form that the platform expects back (docs/scaleway.md#responses). */
export interface PlatformResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A function's work: one request in, one answer out. It may throw; a `HttpError` is answered as it says. */
export type RequestHandler = (request: Request) => Promise<Answer>

/** What an endpoint is made of: both are called on the first request, so a wrong setting is answered, not a crash. */
interface EndpointParts {
  readonly log: () => Log
  readonly build: (log: Log) => RequestHandler
}

/**
 * Makes the function that the platform calls. It never throws: a thrown error's message would reach the caller, and
 * a throw at import is reported as "handler does not exist" (docs/scaleway.md#handlers, #responses). Configuration
 * is therefore read on the first request, and again on each one until it is right.
 */
export function endpoint({ log, build }: EndpointParts): (event: unknown) => Promise<PlatformResponse> {
  let logger: Log | undefined
  let handle: RequestHandler | undefined
  const respond = async (request: Request): Promise<Answer> => {
    try {
      logger ??= started(log())
      handle ??= build(logger)
      return await handle(request)
    } catch (error) {
      return failed(error, request.requestId, logger)
    }
  }
  return async event => {
    try {
      const request = readEvent(event)
      return render(await respond(request), request)
    } catch {
      const requestId = randomUUID()
      return render(internalError(requestId), { requestId, method: methodOf(event) })
    }
  }
}

/** Says in the first line of an instance, also where a setting is wrong, which code it runs. */
function started(log: Log): Log {
  if (version !== undefined) log.info({ version }, 'started')
  return log
}

/** The method of an event that could not be read as a whole: an answer to HEAD has no body even then. */
function methodOf(event: unknown): string {
  try {
    return readEvent({ httpMethod: Reflect.get(Object(event), 'httpMethod') }).method
  } catch {
    return ''
  }
}

function failed(error: unknown, requestId: string, log: Log | undefined): Answer {
  if (error instanceof HttpError) return refused(error, requestId)
  if (error instanceof MisconfiguredError) {
    log?.error({ request_id: requestId, code: 'misconfigured', variable: error.variable }, error.message)
    return misconfigured(error, requestId)
  }
  // The name alone: a message or a stack may quote what was being worked on.
  const name = error instanceof Error ? error.name : typeof error
  log?.error({ request_id: requestId, code: 'internal-error', name }, 'a fault in the function itself')
  return internalError(requestId)
}

function refused({ status, code, message, headers, details }: HttpError, requestId: string): Answer {
  return { status, headers, body: { error: code, message, ...details, request_id: requestId } }
}

function misconfigured({ message }: MisconfiguredError, requestId: string): Answer {
  return { status: 500, body: { error: 'misconfigured', message, request_id: requestId } }
}

function internalError(requestId: string): Answer {
  const message = 'The function met a fault of its own. Its log has a line with this request id.'
  return { status: 500, body: { error: 'internal-error', message, request_id: requestId } }
}

function render(
  { status, body = '', headers = {} }: Answer,
  { requestId, method }: Pick<Request, 'requestId' | 'method'>,
): PlatformResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    statusCode: status,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      // The runtime's default is `*`. Left out it would stay; no page can have this origin (RFC 2606).
      'Access-Control-Allow-Origin': 'https://none.invalid',
      'X-Request-Id': requestId,
      ...headers,
    },
    body: method === 'HEAD' ? '' : text,
  }
}
