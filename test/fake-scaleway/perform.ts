import type { Faults } from './faults.ts'
import { readArguments } from './http/arguments.ts'
import { permissionsDenied, Refusal } from './http/errors.ts'
import { Query } from './http/query.ts'
import { bodyText, type HttpAnswer, jsonAnswer, type WireRequest } from './http/wire.ts'
import { IAM } from './iam/arguments.ts'
import { authenticate, type Caller, type Endpoint } from './iam/authentication.ts'
import { isAllowed, type Target } from './iam/authorization.ts'
import { describePermission, type Permission, setsGranting } from './iam/permissions.ts'
import type { Call, Match, RouteAnswer } from './router.ts'
import type { State } from './state.ts'

/** The answer to a request that reached its route, and the caller. */
export interface Performed {
  readonly answer: HttpAnswer
  readonly bearerId: string | undefined
}

const NOBODY: Caller = { accessKey: '', bearerId: '', isOwner: false }
const NO_BODY = readArguments('')

/**
 * Authenticates, reads the body, runs the route. Refusals become answers; any other error is a bug of the local Scaleway
 * and is thrown. A route that is not asynchronous is done when this returns, so nothing can come between its steps.
 */
export function perform(input: {
  state: State
  faults: Faults
  match: Match
  request: WireRequest
}): Performed | Promise<Performed> {
  const { match } = input
  let bearerId: string | undefined
  try {
    const caller = match.route.access === 'open' ? NOBODY : callerOf(input)
    if (caller !== NOBODY) bearerId = caller.bearerId
    const answer = match.route.handle(callFor(input, caller))
    if (answer instanceof Promise) return answer.then(done, refused)
    return done(answer)
  } catch (error) {
    return refused(error)
  }

  function done(body: RouteAnswer): Performed {
    return { answer: jsonAnswer(body === undefined ? 204 : 200, body), bearerId }
  }

  function refused(error: unknown): Performed {
    if (!(error instanceof Refusal)) throw error
    return { answer: jsonAnswer(error.status, error.body), bearerId }
  }
}

function callerOf({ state, match, request }: Parameters<typeof perform>[0]): Caller {
  const endpoint: Endpoint = match.route.path.startsWith(IAM) ? 'iam' : 'elsewhere'
  return authenticate(state, request.headers['x-auth-token'], endpoint)
}

function callFor({ state, faults, match, request }: Parameters<typeof perform>[0], caller: Caller): Call {
  const now = state.clock.now()
  const ip = request.ip ?? '127.0.0.1'
  const origin = { ip, userAgent: request.headers['user-agent'] ?? '' }
  const may = (permission: Permission, target: Target) =>
    isAllowed({ state, caller, permissionSets: setsGranting(permission), target, origin })
  return {
    state,
    request,
    ip,
    caller,
    now,
    listedAtMilliseconds: now.getTime() - faults.listLagSeconds * 1000,
    query: new Query(queryOf(request.path)),
    body: match.route.body === 'bytes' || request.method === 'GET' ? NO_BODY : readArguments(bodyText(request)),
    param: name => match.params.get(name) ?? '',
    may,
    require: (permission, target) => {
      if (may(permission, target)) return
      const { action, resource } = describePermission(permission)
      throw permissionsDenied(action, resource)
    },
    listed: (items, id) => items.filter(item => !faults.omits({ operation: match.route.operation, id: id(item) })),
  }
}

function queryOf(path: string): string {
  const mark = path.indexOf('?')
  return mark < 0 ? '' : path.slice(mark + 1)
}
