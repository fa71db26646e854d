import type { Log, LogFields } from '../../shared/log.ts'
import type { AskedRun } from '../http/request.ts'
import { actionJson } from '../plan/actions.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunEvent, RunResult } from '../reconcile/result.ts'

/** Writes a run into the log: a line for each action, with its reason code, and one at the end. A dry run has one line. */
interface RunLog {
  readonly event: (event: RunEvent) => void
  /** Called instead of `end` with what a dry run would do. */
  readonly planned: (plan: Plan) => void
  readonly end: (result: RunResult) => void
}

/** What a run's lines are written with. `who` names request and caller; `asked.source` is the caller's own word for itself. */
interface RunLogParts {
  readonly log: Log
  readonly asked: AskedRun
  readonly who: LogFields
  readonly runId: string
}

/** Makes the log of one run. */
export function createRunLog({ log, asked, who, runId }: RunLogParts): RunLog {
  const run = { ...who, run_id: runId, asked: asked.action, source: asked.source }
  return {
    event: event => {
      const line = { ...run, ...actionJson(event.action) }
      if (event.kind === 'done') return log.info(line, `${event.action.kind} done`)
      const { code, error, discarded } = event
      const key = discarded && { access_key: discarded.accessKey, key_deleted: discarded.isDeleted }
      const call = { operation: error?.operation, status: error?.status }
      log.error({ ...line, ...key, code, ...call }, `${event.action.kind} failed`)
    },
    planned: ({ actions, refusal }) =>
      log.info({ ...run, dry_run: true, actions: actions.length, refused: refusal?.code ?? null }, 'dry run ended'),
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
