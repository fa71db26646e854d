import type { CallRun, CronMarks, Flag, Outcome, Run } from '../../picture.ts'
import { type Axis, xOf } from './window.ts'

// Closer dots would melt into a line.
const slotPx = 5
const cronPx = 11
const characterPx = 6.3
const dayMs = 86_400_000

/** Gives where the dots of calls lie, at most one in five pixels. The slots are fixed in time: no dot jumps when time runs. */
export function dotsOf(runs: readonly Run[], axis: Axis): number[] {
  const slotMs = ((axis.toMs - axis.fromMs) / axis.width) * slotPx
  const slots = new Map<number, number>()
  for (const run of runs) {
    const isDense = run.count > 1 && run.everyMs < slotMs
    for (const [slot, ms] of isDense ? denseSlots(run, axis, slotMs) : sparseSlots(run, axis, slotMs)) {
      if (ms >= axis.fromMs && ms <= axis.toMs && !slots.has(slot)) slots.set(slot, ms)
    }
  }
  return [...slots.values()].map(ms => xOf(axis, ms))
}

/** A dot in the middle of each slot: a year of calls is drawn a dozen times a second, so nothing is counted call by call. */
function denseSlots({ at, everyMs, count }: Run, { fromMs, toMs }: Axis, slotMs: number): [slot: number, ms: number][] {
  const first = Math.floor(Math.max(at, fromMs) / slotMs)
  const last = Math.floor(Math.min(at + (count - 1) * everyMs, toMs) / slotMs)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => [
    first + index,
    (first + index + 0.5) * slotMs,
  ])
}

function sparseSlots(
  { at, everyMs, count }: Run,
  { fromMs, toMs }: Axis,
  slotMs: number,
): [slot: number, ms: number][] {
  const step = Math.max(everyMs, 1)
  const first = Math.max(0, Math.ceil((fromMs - at) / step))
  const last = Math.min(count - 1, Math.floor((toMs - at) / step))
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const ms = at + (first + index) * everyMs
    return [Math.floor(ms / slotMs), ms]
  })
}

/** Gives the path whose round line ends are the dots: one element, however many there are. */
export function pathOf(dots: readonly (readonly [x: number, y: number])[]): string {
  return dots.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join('')
}

/** Picks the calls with one outcome. */
export function withOutcome(runs: readonly CallRun[], outcome: Outcome): CallRun[] {
  return runs.filter(run => run.outcome === outcome)
}

/** A firing of a CRON on the drawing. */
interface CronMark {
  readonly x: number
  readonly isDue: boolean
  /** Fires once a day at most. */
  readonly isRare: boolean
}

/** Gives the firings of a CRON; none where they would be closer than their triangles are wide. */
export function cronMarks({ fired, due }: CronMarks, axis: Axis): CronMark[] {
  const spacingMs = Math.min(...fired.filter(({ everyMs }) => everyMs > 0).map(run => run.everyMs), ...gaps(due))
  if ((spacingMs / (axis.toMs - axis.fromMs)) * axis.width < cronPx) return []
  const moments = fired.flatMap(({ at, everyMs, count }) => Array.from({ length: count }, (_, n) => at + n * everyMs))
  const all = [...moments.map(ms => ({ ms, isDue: false })), ...due.map(ms => ({ ms, isDue: true }))]
  return all
    .filter(({ ms }) => ms >= axis.fromMs && ms <= axis.toMs)
    .map(({ ms, isDue }) => ({ x: xOf(axis, ms), isDue, isRare: spacingMs >= dayMs }))
}

function gaps(moments: readonly number[]): number[] {
  return moments.slice(1).map((ms, index) => ms - (moments[index] ?? ms))
}

/** A flag on the drawing; its label is left out where there is no room for it. */
interface FlagMark {
  readonly flag: Flag
  readonly x: number
  readonly label: { readonly x: number; readonly anchor: 'start' | 'end' } | null
}

/** Gives the flags, each with its label on the side that is free of other flags, of now and of the edge. */
export function flagMarks(flags: readonly Flag[], axis: Axis, nowX: number): FlagMark[] {
  const shown = flags.filter(({ at }) => at >= axis.fromMs && at <= axis.toMs)
  const xs = shown.map(({ at }) => xOf(axis, at))
  let taken = axis.left - 60
  return shown.map((flag, index) => {
    const x = xs[index] ?? 0
    const width = flag.label.length * characterPx + 8
    const next = Math.min(xs[index + 1] ?? Number.POSITIVE_INFINITY, axis.left + axis.width, x < nowX ? nowX : 1e9)
    const fits = { after: x + width + 6 < next, before: x - width - 6 > Math.max(taken, xs[index - 1] ?? 0) }
    const label = fits.after
      ? ({ x: x + 8, anchor: 'start' } as const)
      : fits.before
        ? ({ x: x - 8, anchor: 'end' } as const)
        : null
    taken = x + (fits.after ? width : 4)
    return { flag, x, label }
  })
}
