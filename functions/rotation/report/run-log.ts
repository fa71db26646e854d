import type { Caller } from '../../shared/caller.ts'
import type { Log } from '../../shared/log.ts'
import type { AskedRun } from '../http/request.ts'
import { actionJson } from '../plan/actions.ts'
import type { RunEvent, RunResult } from '../reconcile/result.ts'

/** Writes a run into the log: a line for each action, with its reason code, and one at the end. */
interface RunLog {
  readonly event: (event: RunEvent) => void
  readonly end: (result: RunResult) => void
}

/** What a run's lines are written with. `asked.source` is the caller's own word for itself. */
interface RunLogParts {
  readonly log: Log
  readonly asked: AskedRun
  readonly caller: Caller
  readonly requestId: string
  readonly runId: string
}

/** Makes the log of one run. */
export function createRunLog({ log, asked, caller, requestId, runId }: RunLogParts): RunLog {
  const run = {
    request_id: requestId,
    run_id: runId,
    asked: asked.action,
    caller: caller.role === 'operator' ? 'operator' : 'other',
    source: asked.source,
  }
  return {
    event: event => {
      const line = { ...run, ...actionJson(event.action) }
      if (event.kind === 'done') return log.info(line, `${event.action.kind} done`)
      const { code, error, discarded } = event
      const key = discarded && { access_key: discarded.accessKey, key_deleted: discarded.isDeleted }
      const call = { operation: error?.operation, status: error?.status }
      log.error({ ...line, ...key, code, ...call }, `${event.action.kind} failed`)
    },
    end: ({ done, refusal, undone, issue, stoppedBy }) => {
      const failed = issue?.kind === 'failed' || undone.length > 0 || stoppedBy !== undefined
      const line = {
        ...run,
        actions: done.length,
        refused: refusal?.code ?? null,
        quota: refusal !== undefined && 'quota' in refusal ? refusal.quota : undefined,
        code: stoppedBy?.code,
        operation: stoppedBy?.operation,
        status: stoppedBy?.status,
      }
      if (failed || refusal?.code === 'blocked') return log.error(line, 'run ended with something undone')
      log.info(line, 'run ended')
    },
  }
}
