import { randomUUID } from 'node:crypto'
import { type Caller, callerFields } from '../shared/caller.ts'
import type { RequestHandler } from '../shared/endpoint.ts'
import { HttpError } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'
import type { Log, LogFields } from '../shared/log.ts'
import { startCountdown, type TimeLeft, wallDate } from './clock.ts'
import type { Config } from './config.ts'
import { cronToken } from './cron-token.ts'
import type { Fetch } from './fetch.ts'
import { answerDryRun, answerRun, answerWith } from './http/answer.ts'
import { answerByName, type KeyAnswer, keyAnswer } from './http/by-name.ts'
import { admit, allow, callerOf } from './http/callers.ts'
import { errorForCall } from './http/errors.ts'
import { type Asked, type AskedRun, type AskedStatus, readRequest } from './http/request.ts'
import { createOverview } from './overview.ts'
import type { RunRequest } from './plan/situation.ts'
import { timeoutMarginMs } from './plan/timing.ts'
import { createQueue } from './queue.ts'
import type { EndedRun } from './report/ended-run.ts'
import { createNotifier } from './report/notifier.ts'
import { createRunLog, type RunLog } from './report/run-log.ts'
import { createRotatedKey, type RotatedKey } from './rotated-key.ts'
import { type EndedKeyRun, runKeys } from './run-keys.ts'
import { ApiError } from './scaleway/api-error.ts'
import type { CallParts } from './scaleway/calls.ts'
import { paced } from './scaleway/paced.ts'

/** What the service is made of. */
interface ServiceParts extends CallParts {
  readonly config: Config
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
export function createService(plainParts: ServiceParts): RequestHandler {
  const { config, clock, log } = plainParts
  const parts = { ...plainParts, fetch: paced(plainParts.fetch, clock) }
  const known = { callers: config.callers, cronToken: cronToken(config.rotator.secretKey) }
  const queue = createQueue()
  const rotatedKeys = new Map([...config.keys].map(([name, key]) => [name, createRotatedKey(key, parts)]))
  const names = [...rotatedKeys.keys()]
  const overview = createOverview({ ...parts, keys: [...rotatedKeys.values()] })
  const notify = createNotifier(parts)

  const keyOf = (name: string): RotatedKey => {
    const key = rotatedKeys.get(name)
    if (key === undefined) throw new Error('A request is read for the keys that there are.')
    return key
  }

  const runOnce = async ({ asked, caller, who, timeLeft }: Admitted<AskedRun>): Promise<Outcome> => {
    const runId = randomUUID()
    const runLog = createRunLog({ log, asked, who, runId })
    const { action, force, revision } = asked
    const runRequest = { action, operator: caller.role === 'operator', force, revision }
    const keys = asked.keys.map(keyOf)
    if (asked.dryRun) {
      const plans = { request: runRequest, runId, timeLeft, runLog }
      return { answers: new Map(await Promise.all(keys.map(key => answerPlanned(key, plans)))) }
    }
    const startedAt = wallDate(clock)
    const runs = await runKeys(keys, runRequest, { runId, timeLeft, reportOf: runLog.eventsOf })
    runLog.ended(runs)
    overview.forget()
    const answers = new Map(runs.map(run => [run.key.name, answerEnded(run, runRequest)]))
    const ended = runs.map(({ key, result }) => ({ key, result, error: answers.get(key.name)?.error }))
    return { answers, ended: { runId, action, startedAt, keys: ended, isOverAll: runs.length === names.length } }
  }

  const run = async (admitted: Admitted<AskedRun>) => {
    const { asked, request } = admitted
    const { answers, ended } = await queue(() => runOnce(admitted))
    // After the turn: a slow receiver keeps no run waiting.
    if (ended !== undefined) await notify(ended, request.requestId)
    const [only] = answers.values()
    if (asked.byName || only === undefined) {
      const { status, body } = answerByName(answers)
      return answerWith(status, body, request.requestId)
    }
    if (only.error !== undefined) throw only.error
    return answerWith(200, only.body, request.requestId)
  }

  const status = async ({ asked, request, who, timeLeft }: Omit<Admitted<AskedStatus>, 'caller'>) => {
    const { key, fresh } = asked
    const read = key === undefined ? overview.all(timeLeft, { fresh }) : overview.one(keyOf(key), timeLeft)
    const { healthy, body } = await read
    log.info({ ...who, key, healthy }, 'status read')
    return answerWith(healthy ? 200 : 503, body, request.requestId)
  }

  return async request => {
    const timeLeft = startCountdown(clock, config.timeoutMs - timeoutMarginMs)
    const caller = callerOf(request, known)
    const who = { request_id: request.requestId, ...callerFields(request, caller) }
    const asked = admitted({ request, caller, names, log, who })
    try {
      return asked.kind === 'status'
        ? await status({ asked, request, who, timeLeft })
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
  names,
  log,
  who,
}: {
  request: Request
  caller: Caller
  names: readonly string[]
  log: Log
  who: LogFields
}): Asked {
  let asked: Asked | undefined
  try {
    admit(caller)
    asked = readRequest(request, names)
    allow(asked, caller)
    return asked
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    const { code, status } = error
    log.warn({ ...who, asked: asked?.kind === 'run' ? asked.action : asked?.kind, status, code }, 'refused')
    throw error
  }
}

/** What a run is answered with, by key; and how it ended, where it was one that may change something. */
interface Outcome {
  readonly answers: ReadonlyMap<string, KeyAnswer>
  readonly ended?: EndedRun
}

function answerEnded({ key, result }: EndedKeyRun, request: RunRequest): KeyAnswer {
  return result === undefined ? { error: internalError() } : keyAnswer(() => answerRun(request, result, key.policy))
}

/** What a dry run is made with. */
interface Planning {
  readonly request: RunRequest
  readonly runId: string
  readonly timeLeft: TimeLeft
  readonly runLog: RunLog
}

async function answerPlanned(
  key: RotatedKey,
  { request, runLog, ...context }: Planning,
): Promise<readonly [string, KeyAnswer]> {
  const { name, policy } = key.config
  try {
    const planned = await key.dryRun(request, { ...context, report: runLog.eventsOf(key.config) })
    runLog.planned(key.config, planned)
    return [name, keyAnswer(() => answerDryRun(planned, policy))]
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    runLog.notPlanned(key.config, error)
    return [name, { error: errorForCall(error) }]
  }
}

function internalError(): HttpError {
  const message = 'The function met a fault of its own. Its log has a line with this request id.'
  return new HttpError({ status: 500, code: 'internal-error', message })
}
