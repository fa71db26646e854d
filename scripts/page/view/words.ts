import type { PhaseKind } from '../picture.ts'

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** "09:05", in UTC as everything here. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16)
}

/** "30 Jan" */
export function dayAndMonth(ms: number): string {
  return `${new Date(ms).getUTCDate()} ${monthNames[new Date(ms).getUTCMonth()]}`
}

/** "30 Jan 2026" */
export function fullDate(ms: number): string {
  return `${dayAndMonth(ms)} ${new Date(ms).getUTCFullYear()}`
}

/** "Feb", and for January its year. */
export function monthName(ms: number): string {
  const date = new Date(ms)
  return date.getUTCMonth() === 0 ? String(date.getUTCFullYear()) : (monthNames[date.getUTCMonth()] ?? '')
}

/** "9,171" */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** What a key is for at a time, as the legend says it. */
export const phaseNames = {
  served: 'served',
  overlap: 'overlap',
  unpublished: 'made, not published',
  disabled: 'disabled',
  'rolled-back': 'rolled back',
} as const satisfies Record<PhaseKind, string>
