import type { KeyConfig } from '../config.ts'
import { type Draft, draftsOf, type Saying } from './drafts.ts'
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
  readonly keys: ReadonlyMap<string, KeyConfig>
  readonly now: Date
}

/** The notifications of a run: its drafts with id, time, and what they are about. Pure. */
export function notificationsOf(ended: EndedRun, { keys, now }: NotificationContext): Notification[] {
  const { runId, action } = ended
  return draftsOf(ended).map(({ type, sayings }) => ({
    id: `${type === 'problem.standing' ? dayOf(ended, keys) : runId}_${type.replace('.', '-')}`,
    body: {
      type,
      timestamp: now.toISOString(),
      data: { run_id: runId, action, ...dataOf(sayings) },
      text: sayings.map(saying => `${saying.text}${whereOf(saying, keys.size)}`).join(' '),
    },
  }))
}

/** What is said of one key stands by itself, what is said of several in a list. */
function dataOf(sayings: readonly Saying[]): Notification['body']['data'] {
  const [only, ...others] = sayings
  if (only !== undefined && others.length === 0) return { ...aboutOf(only), ...only.data }
  return { keys: sayings.flatMap(saying => saying.entries.map(entry => ({ ...aboutOf(saying), ...entry }))) }
}

function aboutOf({ key }: Saying) {
  return key && { key: key.name, secret_id: key.secretId, application_id: key.applicationId }
}

function whereOf({ key }: Saying, keyCount: number): string {
  if (key === undefined) return ''
  return keyCount === 1 ? ` (secret ${key.secretId})` : ` (key ${key.name}, secret ${key.secretId})`
}

/** Two runs in one hour, or a trigger delivered twice, report the same day's problem under the same id. */
function dayOf({ startedAt }: EndedRun, keys: ReadonlyMap<string, KeyConfig>): string {
  const [first] = keys.values()
  return `${first?.secretId}_${startedAt.toISOString().slice(0, 10)}`
}
