const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** How much time is shown: in all, and of that how much of the past. The rest is what is planned. */
interface Zoom {
  readonly label: string
  readonly spanMs: number
  readonly pastMs: number
}

/** The zooms by name, from near to far. A year ends at 400 days: beyond, the rows are too many to tell apart. */
export const zooms = {
  day: { label: '1 day', spanMs: dayMs, pastMs: 20 * hourMs },
  weeks: { label: '2 weeks', spanMs: 14 * dayMs, pastMs: 11 * dayMs },
  months: { label: '3 months', spanMs: 92 * dayMs, pastMs: 72 * dayMs },
  year: { label: '1 year', spanMs: 400 * dayMs, pastMs: 374 * dayMs },
} as const satisfies Record<string, Zoom>

/** The name of a zoom. */
export type ZoomName = keyof typeof zooms

/** A stretch of time, and where it lies on the drawing. */
export interface Axis {
  readonly fromMs: number
  readonly toMs: number
  readonly left: number
  readonly width: number
}

/** Gives the stretch of time that a zoom shows: now near its end, but nothing before the first moment there is. */
export function windowOf(zoom: ZoomName, { nowMs, firstMs }: { nowMs: number; firstMs: number }) {
  const { spanMs, pastMs } = zooms[zoom]
  const fromMs = Math.max(nowMs - pastMs, firstMs - spanMs / 100)
  return { fromMs, toMs: fromMs + spanMs }
}

/**
 * Gives the zoom that tells most while nobody has chosen one: the last day after something was pressed, else all there has
 * been.
 */
export function zoomFor({
  nowMs,
  firstMs,
  pressedMs,
}: {
  nowMs: number
  firstMs: number
  pressedMs: number
}): ZoomName {
  if (nowMs - pressedMs < zooms.day.pastMs) return 'day'
  return nowMs - firstMs <= zooms.months.pastMs ? 'months' : 'year'
}

/** Gives where a moment lies on the drawing, which may be beside it. */
export function xOf({ fromMs, toMs, left, width }: Axis, ms: number): number {
  return left + ((ms - fromMs) / (toMs - fromMs)) * width
}

/** Gives a stretch of time as it lies on the drawing, cut at its edges; undefined if nothing of it is on it. */
export function stretch(axis: Axis, fromMs: number, toMs: number): { x: number; width: number } | undefined {
  const right = axis.left + axis.width
  const x = Math.max(axis.left, xOf(axis, fromMs))
  const end = Math.min(right, xOf(axis, toMs))
  return x > right || end < axis.left ? undefined : { x, width: Math.max(end - x, 1) }
}
