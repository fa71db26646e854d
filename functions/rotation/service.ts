import { randomUUID } from 'node:crypto'
import { type Caller, identify } from '../shared/caller.ts'
import type { RequestHandler } from '../shared/endpoint.ts'
import { HttpError } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'
import type { Log } from '../shared/log.ts'
import { startCountdown, type TimeLeft, wallDate } from './clock.ts'
import type { Fetch } from './fetch.ts'
import { answerDryRun, answerRun, answerWith, type Body } from './http/answer.ts'
import { errorForCall } from './http/errors.ts'
import { RecentAnswer } from './http/recent-answer.ts'
import { type AskedRun, readRequest } from './http/request.ts'
import { timeoutMarginMs } from './plan/timing.ts'
import { createQueue } from './queue.ts'
import type { EndedRun } from './report/notifications.ts'
import { createNotifier } from './report/notifier.ts'
import { createRunLog } from './report/run-log.ts'
import { createRotatedKey } from './rotated-key.ts'
import { ApiError } from './scaleway/api-error.ts'
import type { CallParts } from './scaleway/calls.ts'

/** What the service is made of. */
interface ServiceParts extends CallParts {
  readonly log: Log
  /** For receivers of notifications and heartbeats. */
  readonly receiverFetch: Fetch
}

/** Makes the rotation function's service: one HTTP request in, one answer out. */
export function createService(parts: ServiceParts): RequestHandler {
  const { config, clock, log } = parts
  const { policy } = config
  const queue = createQueue()
  const recent = new RecentAnswer()
  const rotatedKey = createRotatedKey(parts)
  const notify = createNotifier({ ...parts, readRotatorKey: rotatedKey.rotatorKey })

  const runOnce = async (asked: AskedRun, caller: Caller, request: Request, timeLeft: TimeLeft): Promise<Outcome> => {
    const operator = caller.role === 'operator'
    const mayBeRecent = asked.action === 'rotate' && !operator && !asked.dryRun
    if (mayBeRecent && recent.body !== undefined) return { body: recent.body }
    const runId = randomUUID()
    const runLog = createRunLog({ log, asked, caller, requestId: request.requestId, runId })
    const context = { timeLeft, runId, report: runLog.event }
    const { action, force, revision } = asked
    const runRequest = { action, operator, force, revision }
    if (asked.dryRun) return { body: answerDryRun(await rotatedKey.dryRun(runRequest, context), policy) }
    recent.drop()
    const startedAt = wallDate(clock)
    const result = await rotatedKey.run(runRequest, context)
    runLog.end(result)
    const outcome = outcomeOf(() => answerRun(runRequest, result, policy))
    if (outcome.body !== undefined) recent.keepAfter(result, outcome.body)
    return { ...outcome, ended: { runId, action, startedAt, result, error: outcome.error } }
  }

  const answer = async (request: Request, timeLeft: TimeLeft) => {
    const asked = readRequest(request)
    if (asked.kind === 'status') {
      const { healthy, body } = await rotatedKey.status(timeLeft)
      return answerWith(healthy ? 200 : 503, body, request.requestId)
    }
    const caller = identify(request, { operators: config.operators })
    if (needsOperator(asked) && caller.role !== 'operator') throw operatorOnly()
    const { body, error, ended } = await queue(() => runOnce(asked, caller, request, timeLeft))
    // After the turn: a slow receiver keeps no run waiting.
    if (ended !== undefined) await notify(ended, request.requestId)
    if (error !== undefined) throw error
    return answerWith(200, body, request.requestId)
  }

  return async request => {
    const timeLeft = startCountdown(clock, policy.timeoutMs - timeoutMarginMs)
    try {
      return await answer(request, timeLeft)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { code, operation, status } = error
      log.error({ request_id: request.requestId, code, operation, status }, error.message)
      throw errorForCall(error)
    }
  }
}

/** What a run is answered with: a body or an error; and how it ended, where it was one that may change something. */
type Outcome = ({ body: Body; error?: undefined } | { body?: undefined; error: HttpError }) & { ended?: EndedRun }

function outcomeOf(answer: () => Body): Outcome {
  try {
    return { body: answer() }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return { error }
  }
}

function needsOperator({ action, force }: AskedRun): boolean {
  return force || action === 'rollback' || action === 'revoke'
}

function operatorOnly(): HttpError {
  const message = "Only an operator may roll back, revoke or force: send an operator's secret key in X-Auth-Token."
  return new HttpError({ status: 403, code: 'operator-only', message })
}
