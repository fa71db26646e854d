import { Cron } from 'croner'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextFiring, rotationSchedule, type Schedule } from '../../functions/rotation/schedule.ts'
import { UnfitError } from '../../functions/shared/form.ts'

/** The next firing as the status has it; `unreadable` for a schedule that is refused. */
function next(schedule: string, after: string): string | null {
  const read = readSchedule(schedule)
  if (read === undefined) return 'unreadable'
  return (
    nextFiring(read, new Date(after))
      ?.toISOString()
      .replace(/:00\.000Z$/, '') ?? null
  )
}

function readSchedule(text: string): Schedule | undefined {
  try {
    return rotationSchedule(text)
  } catch (error) {
    expect(error).toBeInstanceOf(UnfitError)
    return undefined
  }
}

describe('the next firing', () => {
  test.each([
    ['is later on the same day', '0 2 1 * *', '2026-04-01T01:59:59.999Z', '2026-04-01T02:00'],
    ['is never the moment itself', '0 2 1 * *', '2026-04-01T02:00:00.000Z', '2026-05-01T02:00'],
    ['is in the next year', '0 2 1 * *', '2026-12-15T12:00:00Z', '2027-01-01T02:00'],
    ['skips months without such a day', '0 2 31 * *', '2026-03-31T02:00:00Z', '2026-05-31T02:00'],
    ['is the first of March after the last of February', '0 2 1 * *', '2026-02-28T23:59:59Z', '2026-03-01T02:00'],
    ['waits for a leap day', '0 2 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T02:00'],
    ['waits eight years over a year 2100 without one', '0 2 29 2 *', '2096-02-29T02:00:00Z', '2104-02-29T02:00'],
    ['keeps its hour where clocks in Europe go forward', '30 2 29 3 *', '2026-03-28T12:00:00Z', '2026-03-29T02:30'],
    ['is on a weekday', '5 4 * * 1-5', '2026-11-27T04:05:00Z', '2026-11-30T04:05'],
    ['takes 7 as Sunday, as 0', '0 2 * * 7', '2026-11-25T00:00:00Z', '2026-11-29T02:00'],
    ['takes names in any case', '0 2 1 JAN,jul *', '2026-02-01T00:00:00Z', '2026-07-01T02:00'],
    ['is on either, if day and weekday are both given', '0 2 13 * fri', '2026-11-25T00:00:00Z', '2026-11-27T02:00'],
    ['takes a step from a number on', '0 2 10/10 * *', '2026-11-21T00:00:00Z', '2026-11-30T02:00'],
  ])('%s (%s)', (_, schedule, after, firing) => {
    expect(next(schedule, after)).toBe(firing)
  })

  test('does not exist on 30 February', () => {
    expect(next('0 2 30 2 *', '2026-03-01T00:00:00Z')).toBeNull()
  })

  test('is the same on a machine in another time zone', () => {
    const { TZ } = process.env
    try {
      process.env.TZ = 'America/New_York'
      expect(new Date('2026-03-08T07:00:00Z').getHours()).toBe(3)
      expect(next('30 2 8 3 *', '2026-03-07T12:00:00Z')).toBe('2026-03-08T02:30')
    } finally {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    }
  })

  test('is what an established reader of such schedules gives', () => {
    const list = (part: fc.Arbitrary<string>) =>
      fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => parts.join())
    const field = (first: number, last: number) => {
      const value = fc.integer({ min: first, max: last })
      const range = fc.tuple(value, value).map(pair => pair.toSorted((a, b) => a - b).join('-'))
      const step = fc.integer({ min: 1, max: last }).map(by => `/${by}`)
      const part = fc.oneof(
        value.map(String),
        range,
        fc.tuple(fc.oneof(range, fc.constant('*')), step).map(both => both.join('')),
      )
      return fc.oneof(fc.constant('*'), list(part))
    }
    const number = (max: number) => fc.integer({ min: 0, max }).map(String)
    const schedule = fc
      .tuple(number(59), number(23), field(1, 31), field(1, 12), field(0, 6))
      .map(parts => parts.join(' '))
    const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(schedule, moment, (text, after) => {
        const schedule = rotationSchedule(text)
        const expected = new Cron(text, { mode: '5-part', timezone: 'UTC' }).nextRun(after)
        expect(schedule && nextFiring(schedule, after)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})

test.each([
  '',
  '0 2 1 *',
  '0 2 1 * * *',
  '0  2 1 * *',
  '@monthly',
  '*/5 2 1 * *',
  '60 2 1 * *',
  '0 24 1 * *',
  '0 2 0 * *',
  '0 2 32 * *',
  '0 2 1 13 *',
  '0 2 1 * 8',
  '0 2 5-1 * *',
  '0 2 */0 * *',
  '0 2 1, * *',
  '0 2 1 hello *',
  '0 2 jan * *',
  '0 2 1-2-3 * *',
])('"%s" is no schedule', schedule => {
  expect(next(schedule, '2026-01-01T00:00:00Z')).toBe('unreadable')
})
