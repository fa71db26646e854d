import type { KeyRow } from './key-rows.ts'
import type { Paint } from './paint.ts'

/** Where and how a time line is drawn. */
interface Canvas {
  readonly now: Date
  /** Null if none is known. */
  readonly nextRotation: Date | null
  /** The characters of a line. */
  readonly width: number
  readonly paint: Paint
}

interface Axis {
  readonly columns: number
  readonly fromMs: number
  readonly toMs: number
}

const dayMs = 86_400_000
const shortestColumns = 20

/** Draws one bar for each key on a common axis of time, with now and the next rotation marked. Empty without a key. */
export function timeLine(rows: readonly KeyRow[], { now, nextRotation, width, paint }: Canvas): string[] {
  if (rows.length === 0) return []
  const labels = rows.map(({ revision }) => `  revision ${revision}  `)
  const margin = Math.max(...labels.map(label => label.length))
  const axis = axisOf(rows, now, Math.max(shortestColumns, width - margin))
  const indent = ' '.repeat(margin)
  const bars = rows.map((row, index) => {
    const bar = paint(row.isServed ? 'good' : 'old', barOf(row, axis, now).trimEnd())
    return `${labels[index]?.padEnd(margin)}${bar}`
  })
  return [`${indent}${marks({ now, nextRotation }, axis)}`, ...bars, `${indent}${dates(axis)}`]
}

/** From the first creation to the last known end, and a fifth longer if a bar has no known end. */
function axisOf(rows: readonly KeyRow[], now: Date, columns: number): Axis {
  const known = rows.flatMap(({ createdAt, end }) => [createdAt, end]).filter(moment => moment instanceof Date)
  const momentsMs = [now, ...known].map(moment => moment.getTime())
  const fromMs = Math.min(...momentsMs)
  const spanMs = Math.max(Math.max(...momentsMs) - fromMs, dayMs)
  const hasOpenEnd = rows.some(({ end }) => end === 'never' || end === 'open' || end === 'unknown')
  return { columns, fromMs, toMs: fromMs + spanMs * (hasOpenEnd ? 1.2 : 1) }
}

function column({ columns, fromMs, toMs }: Axis, moment: Date): number {
  return Math.round(((moment.getTime() - fromMs) / (toMs - fromMs)) * (columns - 1))
}

/**
 * Past time is drawn heavy, future time light, dotted where the next rotation may end it; `<` and `>` mark ends outside the
 * axis.
 */
function barOf({ createdAt, end, isRolledBack }: KeyRow, axis: Axis, now: Date): string {
  const nowAt = column(axis, now)
  const first = createdAt === null ? 0 : column(axis, createdAt)
  const last = end === 'gone' ? nowAt : end instanceof Date ? column(axis, end) : axis.columns - 1
  const caps = {
    first: createdAt === null ? '<' : first < nowAt ? '┝' : '├',
    last: end === 'gone' ? 'x' : end instanceof Date ? (last <= nowAt ? '┥' : '┤') : '>',
  }
  return Array.from({ length: axis.columns }, (_, at) => {
    if (at < first || at > last) return at === nowAt ? '│' : ' '
    if (at === last) return caps.last
    if (at === first) return caps.first
    if (at === nowAt) return '┿'
    return at < nowAt ? '━' : isRolledBack ? '·' : '─'
  }).join('')
}

/** "now", and "next rotation" where both fit on the axis. */
function marks({ now, nextRotation }: Pick<Canvas, 'now' | 'nextRotation'>, axis: Axis): string {
  const first = mark('now', column(axis, now), axis)
  if (nextRotation === null || nextRotation.getTime() > axis.toMs) return first
  const second = mark('next rotation', column(axis, nextRotation), axis)
  return second.lastIndexOf(' next') < first.length ? first : `${first}${second.slice(first.length)}`
}

/** A word centred on its column, within the axis. */
function mark(word: string, at: number, { columns }: Axis): string {
  const start = Math.min(Math.max(0, at - Math.floor(word.length / 2)), columns - word.length)
  return `${' '.repeat(start)}${word}`
}

function dates({ columns, fromMs, toMs }: Axis): string {
  const length = toMs - fromMs < 4 * dayMs ? 'YYYY-MM-DDTHH:MM'.length : 'YYYY-MM-DD'.length
  const [from = '', to = ''] = [fromMs, toMs].map(ms => new Date(ms).toISOString().slice(0, length).replace('T', ' '))
  const gap = columns - from.length - to.length
  return gap < 1 ? from : `${from}${' '.repeat(gap)}${to}`
}
