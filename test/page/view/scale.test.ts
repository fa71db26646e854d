import { describe, expect, test } from 'vitest'
import { ticks } from '../../../scripts/page/view/time-line/ticks.ts'
import { windowOf, type ZoomName, zoomFor, zooms } from '../../../scripts/page/view/time-line/window.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const startMs = Date.UTC(2026, 0, 30, 8)
const names = Object.keys(zooms) as ZoomName[]

describe('the stretch of time that is shown', () => {
  test('begins with the world while it is young, so that what is planned fills the rest', () => {
    const { fromMs, toMs } = windowOf('months', { nowMs: startMs, firstMs: startMs })
    expect(startMs - fromMs).toBeLessThan(dayMs)
    expect(toMs - fromMs).toBe(zooms.months.spanMs)
  })

  test('of a year holds a whole year of the past and ends at 400 days', () => {
    const nowMs = startMs + 365 * dayMs
    const { fromMs, toMs } = windowOf('year', { nowMs, firstMs: startMs })
    expect(fromMs).toBeLessThanOrEqual(startMs)
    expect(toMs - fromMs).toBe(400 * dayMs)
    expect(toMs).toBeGreaterThan(nowMs)
  })

  test.each(names)('of %s has now on it, however old the world is', zoom => {
    for (const ageMs of [0, hourMs, 10 * dayMs, 100 * dayMs, 1_000 * dayMs]) {
      const nowMs = startMs + ageMs
      const { fromMs, toMs } = windowOf(zoom, { nowMs, firstMs: startMs })
      expect([fromMs < nowMs, nowMs < toMs]).toEqual([true, true])
    }
  })
})

test.each([
  { situation: 'a fresh world', ageMs: 0, pressedMs: 0, zoom: 'months' },
  { situation: 'a press an hour ago', ageMs: 100 * dayMs, pressedMs: startMs + 100 * dayMs - hourMs, zoom: 'day' },
  { situation: 'a press last week', ageMs: 40 * dayMs, pressedMs: startMs + 33 * dayMs, zoom: 'months' },
  { situation: 'half a year', ageMs: 180 * dayMs, pressedMs: 0, zoom: 'year' },
])('$situation is shown in a zoom of $zoom until somebody chooses', ({ ageMs, pressedMs, zoom }) => {
  expect(zoomFor({ nowMs: startMs + ageMs, firstMs: startMs, pressedMs })).toBe(zoom)
})

describe('the scale', () => {
  const axis = (zoom: ZoomName, width: number) => ({
    ...windowOf(zoom, { nowMs: startMs + 370 * dayMs, firstMs: startMs }),
    left: 100,
    width,
  })

  test.each(names)('of %s has labels that do not meet, on a wide drawing and on a phone', zoom => {
    for (const { width, labelWidth } of [
      { width: 1100, labelWidth: 70 },
      { width: 290, labelWidth: 52 },
    ]) {
      const shown = ticks(axis(zoom, width), labelWidth).filter(({ label }) => label !== '')
      expect(shown.length).toBeGreaterThan(2)
      // Two labels of half a month are a day or two closer than the others.
      const gaps = shown.slice(1).map(({ x }, index) => x - (shown[index]?.x ?? 0))
      expect(Math.min(...gaps)).toBeGreaterThan(0.9 * labelWidth)
      expect(Math.max(...shown.map(({ x }) => x))).toBeLessThan(100 + width - labelWidth / 4)
    }
  })

  test('names hours by the day, the day at midnight, months by the year, and the year in January', () => {
    const labels = (zoom: ZoomName) => ticks(axis(zoom, 1_100), 70).map(({ label }) => label)
    expect(labels('day')).toEqual(expect.arrayContaining(['21:00', '4 Feb', '03:00']))
    expect(labels('weeks')).toContain('3 Feb')
    expect(labels('months')).toEqual(expect.arrayContaining(['15 Dec', '2027', '15 Jan']))
    expect(labels('year')).toEqual(expect.arrayContaining(['Mar', 'Dec', '2027']))
  })
})
