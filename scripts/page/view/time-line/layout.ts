import { isStairs, type PlacedLane } from './rows.ts'
import { type Axis, xOf } from './window.ts'

/** Where things are on the drawing, in pixels. */
export interface Layout {
  readonly axis: Axis
  readonly isNarrow: boolean
  readonly isStairs: boolean
  readonly rowHeight: number
  readonly barHeight: number
  /** The upper edge of each lane, in their order. */
  readonly tops: readonly number[]
  /** The middle of the row of calls. */
  readonly callsY: number
  readonly bottom: number
  readonly nowX: number
  readonly now: number
}

/** The upper edge of the part that the scale crosses. */
export const plotTop = 54
/** Between two lanes. */
export const laneGap = 10
const leastRowsHeight = 150
const mostRowsHeight = 262
const callsHeight = 50

/** What a layout is made for. */
interface Wanted {
  readonly times: { readonly fromMs: number; readonly toMs: number }
  readonly now: number
  readonly width: number
  readonly hasCalls: boolean
}

/**
 * Gives where things are: rows as high as there is room for them in a drawing that hardly grows, so that what is below it stays
 * where it is.
 */
export function layOut(lanes: readonly PlacedLane[], { times, now, width, hasCalls }: Wanted): Layout {
  const isNarrow = width < 560
  const hasStairs = isStairs(lanes)
  const longest = Math.max(...lanes.map(({ lane }) => lane.name.length))
  const left = hasStairs ? (isNarrow ? 40 : 104) : Math.min(isNarrow ? 84 : 150, 16 + longest * 7)
  const axis = { ...times, left, width: Math.max(width - left - 6, 60) }
  const rows = lanes.reduce((sum, lane) => sum + lane.rows, 0)
  const gaps = laneGap * (lanes.length - 1)
  const rowHeight = Math.min(28, Math.max(hasStairs ? 13 : 17, (mostRowsHeight - gaps) / Math.max(rows, 1)))
  const tops: number[] = []
  let top = plotTop
  for (const lane of lanes) {
    tops.push(top)
    top += lane.rows * rowHeight + laneGap
  }
  const callsTop = Math.max(top - laneGap, plotTop + leastRowsHeight)
  return {
    axis,
    isNarrow,
    isStairs: hasStairs,
    rowHeight,
    barHeight: Math.min(18, Math.round(rowHeight * 0.62)),
    tops,
    callsY: callsTop + 28,
    bottom: callsTop + (hasCalls ? callsHeight : 8),
    nowX: xOf(axis, now),
    now,
  }
}

/** Gives the middle of a row of a lane. */
export function middle({ rowHeight }: Layout, top: number, row: number): number {
  return top + (row + 0.5) * rowHeight
}
