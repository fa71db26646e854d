import type { Log, LogFields } from '../../shared/log.ts'
import type { KeyConfig } from '../config.ts'
import type { AskedRun } from '../http/request.ts'
import { actionJson } from '../plan/actions.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunEvent, RunResult } from '../reconcile/result.ts'
import type { EndedKeyRun } from '../run-keys.ts'
import type { ApiError } from '../scaleway/api-error.ts'

/** Writes a run into the log: a line for each action, with its reason code, and one at the end. A dry run has one line. */
export interface RunLog {
  readonly eventsOf: (key: KeyConfig) => (event: RunEvent) => void
  /** Called instead of `ended` with what a dry run would do to a key. */
  readonly planned: (key: KeyConfig, plan: Plan) => void
  /** Called with the call because of which it is not known. */
  readonly notPlanned: (key: KeyConfig, error: ApiError) => void
  readonly ended: (runs: readonly EndedKeyRun[]) => void
}

/** What a run's lines are written with. `who` names request and caller; `asked.source` is the caller's own word for itself. */
interface RunLogParts {
  readonly log: Log
  readonly asked: AskedRun
  readonly who: LogFields
  readonly runId: string
}

/** Makes the log of one run. Of several keys, those where nothing was done, refused or failed stay silent. */
export function createRunLog({ log, asked, who, runId }: RunLogParts): RunLog {
  const run = { ...who, run_id: runId, asked: asked.action, source: asked.source }
  return {
    eventsOf:
      ({ name }) =>
      event => {
        const line = { ...run, key: name, ...actionJson(event.action) }
        if (event.kind === 'done') return log.info(line, `${event.action.kind} done`)
        const { code, error, discarded } = event
        const key = discarded && { access_key: discarded.accessKey, key_deleted: discarded.isDeleted }
        const call = { operation: error?.operation, status: error?.status }
        log.error({ ...line, ...key, code, ...call }, `${event.action.kind} failed`)
      },
    planned: ({ name }, { actions, refusal }) => {
      const line = { ...run, key: name, dry_run: true, actions: actions.length, refused: refusal?.code ?? null }
      log.info(line, 'dry run ended')
    },
    notPlanned: ({ name }, { code, operation, status, message }) => {
      log.error({ ...run, key: name, dry_run: true, code, operation, status }, message)
    },
    ended: runs => {
      const [only] = runs
      if (!asked.byName && runs.length === 1 && only !== undefined) return logEnd(log, run, only)
      const eventful = runs.filter(isEventful)
      for (const one of eventful) logEnd(log, run, one)
      const failed = eventful.filter(isFailed).map(({ key }) => key.name)
      const line = { ...run, keys: runs.length, eventful: eventful.length, failed }
      if (failed.length > 0) log.error(line, 'run over keys ended with something undone')
      else log.info(line, 'run over keys ended')
    },
  }
}

function isEventful({ result }: EndedKeyRun): boolean {
  return result === undefined || isUndone(result) || result.done.length > 0 || result.refusal !== undefined
}

function isFailed({ result }: EndedKeyRun): boolean {
  return result === undefined || isUndone(result)
}

function isUndone({ issue, undone, stoppedBy, refusal }: RunResult): boolean {
  return issue?.kind === 'failed' || undone.length > 0 || stoppedBy !== undefined || refusal?.code === 'blocked'
}

function logEnd(log: Log, run: LogFields, { key, result, fault }: EndedKeyRun): void {
  const line = { ...run, key: key.name }
  if (result === undefined) {
    // The name alone: a message or a stack may quote what was being worked on.
    const name = fault instanceof Error ? fault.name : typeof fault
    log.error({ ...line, code: 'internal-error', name }, 'a fault in the function itself')
    return
  }
  const { done, refusal, stoppedBy } = result
  const end = {
    ...line,
    actions: done.length,
    refused: refusal?.code ?? null,
    quota: refusal !== undefined && 'quota' in refusal ? refusal.quota : undefined,
    code: stoppedBy?.code,
    operation: stoppedBy?.operation,
    status: stoppedBy?.status,
  }
  if (isUndone(result)) log.error(end, 'run ended with something undone')
  else log.info(end, 'run ended')
}
