import type { Status } from './status.ts'

/**
 * When a key stops working: at a moment, never, at no moment known yet (`open`), already (`gone`), or not known because
 * the version was not made by the rotation, or IAM does not show its key (`unknown`).
 */
export type End = Date | 'never' | 'open' | 'gone' | 'unknown'

/** One key of the status, served or previous. */
export interface KeyRow {
  readonly accessKey: string
  readonly revision: number
  /** `served`, `rolled back`, or the status of its version. */
  readonly status: string
  /** Null if an older function does not report it. */
  readonly createdAt: Date | null
  readonly end: End
  readonly isServed: boolean
  /** Works, is given to nobody, and is deleted some days after the next rotation. */
  readonly isRolledBack: boolean
}

/** Gives the keys of a status: the served one first, then the previous ones. */
export function keyRows(status: Status): KeyRow[] {
  const previous = status.previous.map(key => {
    const isRolledBack = key.status === 'disabled' && key.revision > (status.current?.revision ?? 0)
    return {
      accessKey: key.access_key,
      revision: key.revision,
      status: isRolledBack ? 'rolled back' : key.status,
      createdAt: key.created_at,
      end: key.ends_after ?? ('open' as const),
      isServed: false,
      isRolledBack,
    }
  })
  return [...served(status), ...previous]
}

function served({ current, problems }: Status): KeyRow[] {
  if (current === null) return []
  const { access_key: accessKey, revision, created_at: createdAt, expires_at: expiresAt } = current
  // A key without an expiry may be valid for ever or deleted: only the problem tells the two apart.
  const isGone = problems.some(({ code }) => code === 'no-usable-key')
  const isDoubted = accessKey === null || problems.some(({ code }) => code === 'list-incomplete')
  const end: End = isDoubted ? 'unknown' : (expiresAt ?? (isGone ? 'gone' : 'never'))
  const row = { accessKey: accessKey ?? 'unmanaged', revision, status: 'served', createdAt, end }
  return [{ ...row, isServed: true, isRolledBack: false }]
}
