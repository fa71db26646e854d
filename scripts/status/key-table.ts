import { inColumns } from './columns.ts'
import type { End, KeyRow } from './key-rows.ts'
import type { Paint } from './paint.ts'
import { fromNow } from './words.ts'

/** Gives the table of keys, one line for each below a heading; one sentence if there is no key. */
export function keyTable(rows: readonly KeyRow[], { now, paint }: { now: Date; paint: Paint }): string[] {
  if (rows.length === 0) return ['  There is no key.']
  const cells = rows.map(row => [
    row.accessKey,
    String(row.revision),
    row.status,
    row.createdAt === null ? 'unknown' : fromNow(row.createdAt, now),
    endOf(row, now),
  ])
  const all = [['access key', 'revision', 'status', 'created', 'ends'], ...cells]
  return inColumns(all).map((line, index) => paint(toneOf(rows[index - 1]), line))
}

function toneOf(row: KeyRow | undefined) {
  if (row === undefined) return 'title'
  return row.isServed ? 'good' : 'old'
}

function endOf({ end, isRolledBack }: KeyRow, now: Date): string {
  const words = endInWords(end, now)
  return isRolledBack && end instanceof Date ? `after the next rotation, or ${words}` : words
}

/** Says when a key ends. */
export function endInWords(end: End, now: Date): string {
  if (end instanceof Date) return end > now ? fromNow(end, now) : `was due ${fromNow(end, now)}`
  return ends[end]
}

const ends = { never: 'never', open: 'no end yet (*)', gone: 'no longer works', unknown: 'unknown' } as const
