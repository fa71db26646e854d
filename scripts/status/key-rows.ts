import type { Status } from './status.ts'

/**
 * When a key ends: at a moment, never, at nothing known yet (`open`), it does not work any more (`gone`), or nobody can
 * say, because the version was not made here (`unknown`).
 */
export type End = Date | 'never' | 'open' | 'gone' | 'unknown'

/** One key of the status, served or from before. */
export interface KeyRow {
  readonly accessKey: string
  readonly revision: number
  /** `served`, or the status of its version. */
  readonly status: string
  /** Null from a function that does not tell it. */
  readonly madeAt: Date | null
  readonly end: End
  readonly isServed: boolean
}

/** Gives the keys of a status: the served one first, then those before it. */
export function keyRows(status: Status): KeyRow[] {
  const previous = status.previous.map(key => ({
    accessKey: key.access_key,
    revision: key.revision,
    status: key.status,
    madeAt: key.created_at,
    end: key.ends_after ?? ('open' as const),
    isServed: false,
  }))
  return [...served(status), ...previous]
}

function served({ current, problems }: Status): KeyRow[] {
  if (current === null) return []
  const { access_key: accessKey, revision, created_at: madeAt, expires_at: expiresAt } = current
  // Without an expiry a key may be immortal, or not there at all: only the problem tells the two apart.
  const isGone = problems.some(({ code }) => code === 'no-usable-key')
  const end = accessKey === null ? 'unknown' : (expiresAt ?? (isGone ? 'gone' : 'never'))
  return [{ accessKey: accessKey ?? 'not made here', revision, status: 'served', madeAt, end, isServed: true }]
}
