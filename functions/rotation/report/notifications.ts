import type { Policy } from '../plan/policy.ts'
import { type Draft, draftsOf } from './drafts.ts'
import type { EndedRun } from './ended-run.ts'

/** One notification. A receiver that gets the same `id` twice was notified of the same thing twice. */
export interface Notification {
  readonly id: string
  readonly body: {
    readonly type: Draft['type']
    readonly timestamp: string
    readonly data: Readonly<Record<string, unknown>>
    /** The same for people, so that chat hooks need no adapter. */
    readonly text: string
  }
}

/** What notifications are written with. `now` is the moment that they carry. */
interface NotificationContext {
  readonly policy: Policy
  readonly applicationId: string
  readonly secretId: string
  readonly now: Date
}

/** The notifications of a run: its drafts with id, time, and what they are about. Pure. */
export function notificationsOf(
  ended: EndedRun,
  { policy, applicationId, secretId, now }: NotificationContext,
): Notification[] {
  const about = { secret_id: secretId, application_id: applicationId, run_id: ended.runId, action: ended.action }
  return draftsOf(ended, policy).map(({ type, data, text }) => ({
    id: `${type === 'problem.standing' ? dayOf(ended, secretId) : ended.runId}_${type.replace('.', '-')}`,
    body: { type, timestamp: now.toISOString(), data: { ...about, ...data }, text: `${text} (secret ${secretId})` },
  }))
}

/** Two runs in one hour, or a trigger delivered twice, report the same day's problem under the same id. */
function dayOf({ startedAt }: EndedRun, secretId: string): string {
  return `${secretId}_${startedAt.toISOString().slice(0, 10)}`
}
