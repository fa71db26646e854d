import { randomUUID } from 'node:crypto'
import { type Caller, callerFields } from '../shared/caller.ts'
import type { RequestHandler } from '../shared/endpoint.ts'
import { HttpError } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'
import type { Log, LogFields } from '../shared/log.ts'
import { startCountdown, type TimeLeft, wallDate } from './clock.ts'
import { cronToken } from './cron-token.ts'
import type { Fetch } from './fetch.ts'
import { answerDryRun, answerRun, answerWith, type Body } from './http/answer.ts'
import { admit, allow, callerOf } from './http/callers.ts'
import { errorForCall } from './http/errors.ts'
import { type Asked, type AskedRun, readRequest } from './http/request.ts'
import { timeoutMarginMs } from './plan/timing.ts'
import { createQueue } from './queue.ts'
import type { EndedRun } from './report/ended-run.ts'
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

/** One request of a caller that may make it, and the fields that name both in the log. */
interface Admitted<What extends Asked> {
  readonly asked: What
  readonly caller: Caller
  readonly request: Request
  readonly who: LogFields
  readonly timeLeft: TimeLeft
}

/** Makes the rotation function's service: one HTTP request in, one answer out. */
export function createService(parts: ServiceParts): RequestHandler {
  const { config, clock, log } = parts
  const { policy } = config
  const known = { callers: config.callers, cronToken: cronToken(config.rotator.secretKey) }
  const queue = createQueue()
  const rotatedKey = createRotatedKey(parts)
  const notify = createNotifier({ ...parts, readOwnKeys: rotatedKey.ownKeys })

  const runOnce = async ({ asked, caller, who, timeLeft }: Admitted<AskedRun>): Promise<Outcome> => {
    const runId = randomUUID()
    const runLog = createRunLog({ log, asked, who, runId })
    const context = { timeLeft, runId, report: runLog.event }
    const { action, force, revision } = asked
    const runRequest = { action, operator: caller.role === 'operator', force, revision }
    if (asked.dryRun) {
      const planned = await rotatedKey.dryRun(runRequest, context)
      runLog.planned(planned)
      return { body: answerDryRun(planned, policy) }
    }
    const startedAt = wallDate(clock)
    const result = await rotatedKey.run(runRequest, context)
    runLog.end(result)
    const outcome = outcomeOf(() => answerRun(runRequest, result, policy))
    return { ...outcome, ended: { runId, action, startedAt, result, error: outcome.error } }
  }

  const run = async (admitted: Admitted<AskedRun>) => {
    const { requestId } = admitted.request
    const { body, error, ended } = await queue(() => runOnce(admitted))
    // After the turn: a slow receiver keeps no run waiting.
    if (ended !== undefined) await notify(ended, requestId)
    if (error !== undefined) throw error
    return answerWith(200, body, requestId)
  }

  const status = async ({ request, who, timeLeft }: Omit<Admitted<Asked>, 'asked'>) => {
    const { healthy, body } = await rotatedKey.status(timeLeft)
    log.info({ ...who, healthy }, 'status read')
    return answerWith(healthy ? 200 : 503, body, request.requestId)
  }

  return async request => {
    const timeLeft = startCountdown(clock, policy.timeoutMs - timeoutMarginMs)
    const caller = callerOf(request, known)
    const who = { request_id: request.requestId, ...callerFields(request, caller) }
    const asked = admitted({ request, caller, log, who })
    try {
      return asked.kind === 'status'
        ? await status({ caller, request, who, timeLeft })
        : await run({ asked, caller, request, who, timeLeft })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { code, operation, status } = error
      log.error({ ...who, code, operation, status }, error.message)
      throw errorForCall(error)
    }
  }
}

/**
 * Gives what is asked, once the caller may ask it; a refusal leaves a line in the log.
 * @throws {HttpError}
 */
function admitted({
  request,
  caller,
  log,
  who,
}: {
  request: Request
  caller: Caller
  log: Log
  who: LogFields
}): Asked {
  let asked: Asked | undefined
  try {
    admit(caller)
    asked = readRequest(request)
    allow(asked, caller)
    return asked
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    const { code, status } = error
    log.warn({ ...who, asked: asked?.kind === 'run' ? asked.action : asked?.kind, status, code }, 'refused')
    throw error
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
