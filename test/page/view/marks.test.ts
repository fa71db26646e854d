import { describe, expect, test } from 'vitest'
import type { Flag } from '../../../scripts/page/picture.ts'
import { cronMarks, dotsOf, flagMarks, pathOf } from '../../../scripts/page/view/time-line/marks.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const fromMs = Date.UTC(2026, 0, 30)
const axisOf = (days: number, shiftMs = 0) => ({
  fromMs: fromMs + shiftMs,
  toMs: fromMs + shiftMs + days * dayMs,
  left: 100,
  width: 1_000,
})

describe('the dots of calls', () => {
  const hourly = [{ at: fromMs + 600_000, everyMs: hourMs, count: 8_760 }]

  test('of a year are at most one in five pixels, evenly, and one path', () => {
    const dots = dotsOf(hourly, axisOf(400))
    expect(dots.length).toBeGreaterThan(175)
    expect(dots.length).toBeLessThanOrEqual(184)
    const gaps = dots.slice(1).map((x, index) => x - (dots[index] ?? 0))
    for (const gap of gaps) expect(gap).toBeCloseTo(5, 5)
    expect(pathOf(dots.map(x => [x, 20]))).toMatch(/^(M[\d.]+ 20\.0h0)+$/)
  })

  test('of a day lie where the calls are', () => {
    const [first, second] = dotsOf(hourly, axisOf(1))
    expect(first).toBeCloseTo(100 + (1_000 * 10) / 1_440)
    expect(second).toBeCloseTo(100 + (1_000 * 70) / 1_440)
  })

  test('move with time and do not jump to other places', () => {
    const shiftMs = 3 * hourMs
    const shiftPx = (shiftMs / (400 * dayMs)) * 1_000
    const before = dotsOf(hourly, axisOf(400)).slice(2, 50)
    const after = dotsOf(hourly, axisOf(400, shiftMs))
    for (const x of before) expect(after.some(other => Math.abs(other - (x - shiftPx)) < 0.01)).toBe(true)
  })

  test('outside the axis are left out', () => {
    expect(dotsOf([{ at: fromMs - dayMs, everyMs: 0, count: 1 }], axisOf(1))).toEqual([])
    expect(dotsOf([{ at: fromMs - dayMs, everyMs: hourMs, count: 26 }], axisOf(1))).toHaveLength(2)
  })
})

describe('the firings of a CRON', () => {
  const hourly = {
    name: 'hourly',
    schedule: '17 * * * *',
    fired: [{ at: fromMs, everyMs: hourMs, count: 24 }],
    due: [],
  }
  const monthly = { name: 'monthly', schedule: '0 2 1 * *', fired: [], due: [fromMs + 2 * dayMs, fromMs + 30 * dayMs] }

  test('are shown as long as they can be told apart', () => {
    expect(cronMarks(hourly, axisOf(1))).toHaveLength(24)
    expect(cronMarks(hourly, axisOf(14))).toEqual([])
  })

  test('that are rare or still to come are marked as such', () => {
    expect(cronMarks(monthly, axisOf(92)).map(({ isDue, isRare }) => [isDue, isRare])).toEqual([
      [true, true],
      [true, true],
    ])
    expect(cronMarks(hourly, axisOf(1))[0]).toMatchObject({ isDue: false, isRare: false })
  })
})

describe('the labels of flags', () => {
  const flag = (hour: number, label: string): Flag => ({ at: fromMs + hour * hourMs, label, kind: 'operator' })
  const span = ({ x, label, flag }: ReturnType<typeof flagMarks>[number]) => {
    if (label === null) return []
    const width = flag.label.length * 6
    return [label.anchor === 'start' ? { from: x, to: x + width } : { from: x - width, to: x }]
  }

  test('never lie on another flag, on another label, on now or beyond the edge', () => {
    for (let seed = 1; seed < 40; seed += 1) {
      const hours = Array.from({ length: 8 }, (_, index) => ((seed * (index + 3) * 7_919) % 2_300) / 100)
      const flags = hours.sort((one, other) => one - other).map(hour => flag(hour, 'answer lost'))
      const nowX = 101 + (Math.max(...hours) / 24) * 1_000
      const marks = flagMarks(flags, axisOf(1), nowX)
      const spans = marks.flatMap(span)
      for (const { from, to } of spans) {
        expect(to).toBeLessThan(1_100)
        expect(from < nowX && nowX < to).toBe(false)
        expect(marks.filter(({ x }) => from < x && x < to)).toEqual([])
        expect(spans.filter(other => other.from > from && other.from < to)).toEqual([])
      }
    }
  })

  test('stand on the right where there is room, else on the left', () => {
    const [left, right] = flagMarks([flag(12, 'Rotate'), flag(12.2, 'Roll back')], axisOf(1), 2_000)
    expect([left?.label?.anchor, right?.label?.anchor]).toEqual(['end', 'start'])
  })
})
