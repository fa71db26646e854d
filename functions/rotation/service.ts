import { randomUUID } from 'node:crypto'
import { type Caller, identify } from '../shared/caller.ts'
import type { RequestHandler } from '../shared/endpoint.ts'
import { HttpError } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'
import type { Log } from '../shared/log.ts'
import { type Clock, wallDate } from './clock.ts'
import type { Config } from './config.ts'
import { answerDryRun, answerRun, answerWith } from './http/answer.ts'
import { errorForCall } from './http/errors.ts'
import { RecentAnswer } from './http/recent-answer.ts'
import { type AskedRun, readRequest } from './http/request.ts'
import { createQueue } from './queue.ts'
import { dryRun, run } from './reconcile/reconcile.ts'
import type { RunResult } from './reconcile/result.ts'
import type { EndedRun } from './report/notifications.ts'
import { createNotifier } from './report/notifier.ts'
import { reporter } from './report/run-log.ts'
import { readStatus } from './rotated-key.ts'
import { ApiError } from './scaleway/api-error.ts'
import { runPartsWithin } from './scaleway/calls.ts'
import { type Fetch, startCountdown, type TimeLeft } from './scaleway/client.ts'

/** What the application is made of. */
export interface ServiceParts {
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly fetch: Fetch
  /** For receivers of notifications and heartbeats. */
  readonly receiverFetch: Fetch
}

/** How long before the function is cut off a run sends its last call: one call's limit and some. */
const marginMs = 30_000

/** Makes the rotation function's application: status, rotate, tend, rollback, revoke. */
export function createService(parts: ServiceParts): RequestHandler {
  const { config, clock, log } = parts
  const { policy } = config
  const queue = createQueue()
  const recent = new RecentAnswer()
  const notify = createNotifier(parts)

  const runOnce = async (asked: AskedRun, caller: Caller, request: Request, timeLeft: TimeLeft): Promise<Outcome> => {
    const operator = caller.role === 'operator'
    const mayBeRecent = asked.action === 'rotate' && !operator && !asked.dryRun
    if (mayBeRecent && recent.body !== undefined) return { body: recent.body }
    const runId = randomUUID()
    const report = reporter({ log, asked, caller, requestId: request.requestId, runId })
    const runParts = { ...runPartsWithin(timeLeft, parts), runId, report: report.event }
    const wanted = { action: asked.action, operator, force: asked.force, revision: asked.revision }
    if (asked.dryRun) return { body: answerDryRun(await dryRun(wanted, runParts), policy) }
    recent.drop()
    const startedAt = wallDate(clock)
    const result = await run(wanted, runParts)
    report.end(result)
    const outcome = outcomeOf(() => answerRun(wanted, result, policy))
    if (outcome.body !== undefined) keepRecent(recent, result, outcome.body)
    return { ...outcome, ended: { runId, action: asked.action, startedAt, result, refusal: outcome.refusal } }
  }

  return async request => {
    const timeLeft = startCountdown(clock, policy.timeoutMs - marginMs)
    const asked = readRequest(request)
    try {
      if (asked.kind === 'status') {
        const { healthy, body } = await readStatus(timeLeft, parts)
        return answerWith(healthy ? 200 : 503, body, request.requestId)
      }
      const caller = identify(request, { operators: config.operators })
      if (needsOperator(asked) && caller.role !== 'operator') throw operatorOnly()
      const { body, refusal, ended } = await queue(() => runOnce(asked, caller, request, timeLeft))
      // After the turn: a slow receiver keeps no run waiting.
      if (ended !== undefined) await notify(ended, request.requestId)
      if (refusal !== undefined) throw refusal
      return answerWith(200, body, request.requestId)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      log.error(
        { request_id: request.requestId, code: error.code, operation: error.operation, status: error.status },
        error.message,
      )
      throw errorForCall(error)
    }
  }
}

/** What a run is answered with: a body or a refusal; and how it ended, where it was one that may change something. */
type Outcome = ({ body: Body; refusal?: undefined } | { body?: undefined; refusal: HttpError }) & { ended?: EndedRun }
type Body = Readonly<Record<string, unknown>>

function outcomeOf(answer: () => Body): Outcome {
  try {
    return { body: answer() }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return { refusal: error }
  }
}

/** After a rotation, and after a refusal as recent, the next caller of the coming minutes is told from ownWrites. */
function keepRecent(
  recent: RecentAnswer,
  { observation, issue }: RunResult,
  body: Readonly<Record<string, unknown>>,
): void {
  const isRecent = issue?.kind === 'issued' || body.reason === 'recent'
  if (!isRecent || observation === undefined) return
  const { unfinished: _, ...rest } = body
  recent.keep({ ...rest, rotated: false, reason: 'recent', actions: [] }, observation.ageMs)
}

function needsOperator({ action, force }: AskedRun): boolean {
  return force || action === 'rollback' || action === 'revoke'
}

function operatorOnly(): HttpError {
  const message = "Only an operator may roll back, revoke or force: send an operator's secret key in X-Auth-Token."
  return new HttpError({ status: 403, code: 'operator-only', message })
}
