import type { Readings } from '../readings.ts'

/** An answer that refuses: HTTP status and body (docs/scaleway.md#errors). Never holds key material. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Readonly<Record<string, unknown>> & { message: string }) {
    super(body.message)
    this.status = status
    this.body = body
  }
}

/** 400; `argument` in wire spelling, `reason` one of the platform's words. */
export function invalidArgument(argument: string, reason: 'required' | 'format' | 'constraint', help = ''): Refusal {
  return new Refusal(400, {
    details: [{ argument_name: argument, help_message: help, reason }],
    message: 'invalid argument(s)',
    type: 'invalid_arguments',
  })
}

/** 401 or 403; `not_found` is an unknown secret key, `invalid_argument` a missing or malformed one. */
export function deniedAuthentication(
  reason: 'invalid_argument' | 'not_found' | 'expired',
  status: Readings['refusedKey'] = '401',
): Refusal {
  return new Refusal(Number(status), {
    message: 'authentication is denied',
    method: 'api_key',
    reason,
    type: 'denied_authentication',
  })
}

/** 403, the retryable kind of 403. */
export function permissionsDenied(action: string, resource: string): Refusal {
  return new Refusal(403, {
    details: [{ action, resource }],
    message: 'insufficient permissions',
    type: 'permissions_denied',
  })
}

/** 403, the other kind. `quota` and `current` count resources. */
export function quotasExceeded(resource: string, quota: number, current: number): Refusal {
  return new Refusal(403, {
    details: [{ current, quota, resource, scope: 'organization' }],
    message: 'quota(s) exceeded for this resource',
    type: 'quotas_exceeded',
  })
}

/** 404. */
export function notFound(resource: string, resourceId: string): Refusal {
  return new Refusal(404, {
    message: 'resource is not found',
    resource,
    resource_id: resourceId,
    type: 'not_found',
  })
}

/** 412. */
export function preconditionFailed(precondition: string, help: string): Refusal {
  return new Refusal(412, {
    help_message: help,
    message: 'precondition is not respected',
    precondition,
    type: 'precondition_failed',
  })
}

/** 501, which no well-behaved client retries: a route or a field that the local Scaleway does not have. */
export function notModelled(what: string): Refusal {
  return new Refusal(501, { message: `the local Scaleway has no ${what}`, type: 'not_modelled' })
}
