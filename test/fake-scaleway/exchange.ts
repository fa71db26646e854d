import type { Faults } from './faults.ts'
import { notModelled } from './http/errors.ts'
import { faultAnswer } from './http/fault-answers.ts'
import { type HttpAnswer, jsonAnswer, type WireAnswer, type WireRequest } from './http/wire.ts'
import { type Performed, perform } from './perform.ts'
import type { RequestLog } from './request-log.ts'
import type { Match, Router } from './router.ts'
import type { Sleep } from './sleep.ts'
import type { State } from './state.ts'

/** The parts that every exchange goes through. */
interface ExchangeParts {
  readonly state: State
  readonly router: Router
  readonly faults: Faults
  readonly log: RequestLog
}

/**
 * Takes a request and gives what has to come back: route, faults, log, and the date of the answer. Without a fault, and on a route
 * that is not asynchronous, it is all done when this returns.
 */
export function exchange(parts: ExchangeParts, request: WireRequest, sleep: Sleep): WireAnswer | Promise<WireAnswer> {
  const dated = (answer: WireAnswer) => withDate(answer, parts.state.clock.now())
  const answer = undated(parts, request, sleep)
  return answer instanceof Promise ? answer.then(dated) : dated(answer)
}

/** Every answer carries the date of Scaleway's own clock (docs/scaleway.md#date-of-an-answer). */
function withDate(answer: WireAnswer, now: Date): WireAnswer {
  return answer.kind === 'answer' ? { ...answer, headers: { date: now.toUTCString(), ...answer.headers } } : answer
}

function undated(parts: ExchangeParts, request: WireRequest, sleep: Sleep): WireAnswer | Promise<WireAnswer> {
  const path = withoutQuery(request.path)
  const match = parts.router.find(request.method, path)
  const operation = match?.route.operation ?? 'unknown'
  const fault = parts.faults.pick({ operation, method: request.method, path, request })
  const finish = parts.log.begin({
    at: parts.state.clock.now(),
    operation,
    method: request.method,
    path,
    ...(fault !== undefined && { fault: fault.kind }),
  })
  const work = (): HttpAnswer | Promise<HttpAnswer> => {
    const performed = match === undefined ? unknownRoute(request.method, path) : performMatch(parts, match, request)
    if (performed instanceof Promise) return performed.then(finish)
    return finish(performed)
  }
  if (fault === undefined) return work()
  return faultAnswer({ fault, operation, path, work, sleep, onKill: parts.faults.onKill })
}

function performMatch({ state, faults }: ExchangeParts, match: Match, request: WireRequest) {
  return perform({ state, faults, match, request })
}

/** 501 is the one server error that no client retries (docs/scaleway.md#provider-retries). */
function unknownRoute(method: string, path: string): Performed {
  const { status, body } = notModelled(`route ${method} ${path}`)
  return { answer: jsonAnswer(status, body), bearerId: undefined }
}

function withoutQuery(path: string): string {
  const mark = path.indexOf('?')
  return mark < 0 ? path : path.slice(0, mark)
}
