import { optional, textForm } from '../shared/form.ts'

/**
 * A schedule of five fields as the platform reads it, in UTC (docs/scaleway.md#cron-calls): one time of day, and the days
 * on which it fires.
 */
export interface Schedule {
  readonly hour: number
  readonly minute: number
  readonly months: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
  /** Both kinds of days are restricted: then either is enough. */
  readonly eitherDay: boolean
}

/** The form of `rotation_schedule`; undefined when not set. */
export const rotationSchedule = optional(
  textForm(
    readSchedule,
    'a CRON schedule of five fields (minute hour day month weekday, UTC), the first two one number each',
  ),
)

// From one 29 February to the next: 1896 to 1904, 2096 to 2104.
const longestGapDays = 8 * 366

/** Gives the first moment after another at which a schedule fires; null for one that never does, as on 30 February. Pure. */
export function nextFiring(schedule: Schedule, after: Date): Date | null {
  const firing = new Date(after)
  firing.setUTCHours(schedule.hour, schedule.minute, 0, 0)
  for (let days = 0; days <= longestGapDays; days += 1) {
    if (firing > after && firesOnDayOf(firing, schedule)) return firing
    firing.setUTCDate(firing.getUTCDate() + 1)
  }
  return null
}

function firesOnDayOf(moment: Date, { months, days, weekdays, eitherDay }: Schedule): boolean {
  const isDay = days.has(moment.getUTCDate())
  const isWeekday = weekdays.has(moment.getUTCDay())
  return months.has(moment.getUTCMonth() + 1) && (eitherDay ? isDay || isWeekday : isDay && isWeekday)
}

function readSchedule(text: string): Schedule | undefined {
  const [, minute = '', hour = '', day = '', month = '', weekday = ''] =
    /^(\d{1,2}) (\d{1,2}) (\S+) (\S+) (\S+)$/.exec(text) ?? []
  const months = readField(month, fields.month)
  const days = readField(day, fields.day)
  const weekdays = readField(weekday, fields.weekday)
  if (months === undefined || days === undefined || weekdays === undefined) return undefined
  if (Number(minute) > 59 || Number(hour) > 23) return undefined
  return {
    hour: Number(hour),
    minute: Number(minute),
    months,
    days,
    weekdays: new Set([...weekdays].map(value => value % 7)),
    eitherDay: !isAny.test(day) && !isAny.test(weekday),
  }
}

const isAny = /^[*?]$/

/** `last` ends what is open, `highest` is the highest number that may be written: 7 is a Sunday too. */
interface Field {
  readonly first: number
  readonly last: number
  readonly highest: number
  readonly names: readonly string[]
}

const fields = {
  day: { first: 1, last: 31, highest: 31, names: [] },
  month: { first: 1, last: 12, highest: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  weekday: { first: 0, last: 6, highest: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
} as const satisfies Record<string, Field>

function readField(text: string, field: Field): Set<number> | undefined {
  const parts = text.split(',').map(part => readPart(part, field))
  return parts.includes(undefined) ? undefined : new Set(parts.flatMap(values => values ?? []))
}

/** One part of a list: any value, a value or a range of them, with a step or without. */
function readPart(text: string, field: Field): number[] | undefined {
  const part = /^(?:[*?]|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(text)
  if (part === null) return undefined
  const [, from, to, step] = part
  const isOpen = to === undefined && (from === undefined || step !== undefined)
  const start = from === undefined ? field.first : numberOf(from, field)
  const end = isOpen ? field.last : to === undefined ? start : numberOf(to, field)
  const by = Number(step ?? 1)
  // Not a number is in no range.
  if (!(start >= field.first && end >= start && end <= field.highest && by > 0)) return undefined
  return Array.from({ length: Math.floor((end - start) / by) + 1 }, (_, index) => start + index * by)
}

function numberOf(text: string, { first, names }: Field): number {
  const index = names.indexOf(text.toLowerCase())
  if (index >= 0) return first + index
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}
