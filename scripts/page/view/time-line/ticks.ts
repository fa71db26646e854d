import { dayAndMonth, monthName, timeOfDay } from '../words.ts'
import { type Axis, xOf } from './window.ts'

/** A line of the scale with its label. */
interface Tick {
  readonly x: number
  readonly label: string
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const stepsMs = [1, 3, 6, 12, 24, 48, 96].map(hours => hours * hourMs)
// Half a month is its 15th, wherever its end is.
const stepsMonths = [0.5, 1, 2, 3, 6]
const monthMs = 28 * dayMs

/** Gives the scale of an axis: as many lines as have room for their labels, at full hours, days or months of UTC. */
export function ticks(axis: Axis, labelWidth: number): Tick[] {
  const leastMs = ((axis.toMs - axis.fromMs) / axis.width) * labelWidth
  const stepMs = stepsMs.find(step => step >= leastMs)
  const moments = stepMs === undefined ? months(axis, leastMs) : evenly(axis, stepMs)
  const right = axis.left + axis.width - labelWidth / 4
  return moments
    .filter(({ ms }) => ms >= axis.fromMs && ms <= axis.toMs)
    .map(({ ms, label }) => ({ x: xOf(axis, ms), label }))
    .map(({ x, label }) => ({ x, label: x > right ? '' : label }))
}

interface Labelled {
  readonly ms: number
  readonly label: string
}

function evenly({ fromMs, toMs }: Axis, stepMs: number): Labelled[] {
  const first = Math.ceil(fromMs / stepMs)
  return Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => {
    const ms = (first + index) * stepMs
    return { ms, label: ms % dayMs === 0 ? dayAndMonth(ms) : timeOfDay(ms) }
  })
}

function months({ fromMs, toMs }: Axis, leastMs: number): Labelled[] {
  const step = stepsMonths.find(count => count * monthMs >= leastMs) ?? 12
  const from = new Date(fromMs)
  const first = Math.floor(from.getUTCMonth() / step) * step
  const count = Math.ceil((toMs - fromMs) / monthMs / step) + 2
  return Array.from({ length: count }, (_, index) => {
    const month = first + index * step
    const isHalf = !Number.isInteger(month)
    const ms = Date.UTC(from.getUTCFullYear(), Math.floor(month), isHalf ? 15 : 1)
    return { ms, label: isHalf ? dayAndMonth(ms) : monthName(ms) }
  })
}
