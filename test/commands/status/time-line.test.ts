import { describe, expect, test } from 'vitest'
import { keyRows } from '../../../scripts/status/key-rows.ts'
import { painter } from '../../../scripts/status/paint.ts'
import { timeLine } from '../../../scripts/status/time-line.ts'
import { now, previousKey, servedKey, statusWith } from './statuses.ts'

describe('the time line', () => {
  const draw = (different = {}, width = 80, nextRotation: Date | null = null) => {
    const canvas = { now, nextRotation, width, paint: painter({ colours: false }) }
    return timeLine(keyRows(statusWith(different)), canvas).join('\n')
  }

  test('begins now right after the first rotation', () => {
    expect(draw()).toBe(`              now
  revision 2  ├────────────────────────────────────────────────────────────────┤
              2026-04-01                                              2026-06-30`)
  })

  test('is as wide as the terminal, with ten keys as well', () => {
    const nine = Array.from({ length: 9 }, (_, index) => ({
      ...previousKey,
      revision: 10 - index,
      created_at: new Date(Date.UTC(2026, 2, 31 - 3 * index)).toISOString(),
      ends_after: new Date(Date.UTC(2026, 3, 6 - Math.floor(index / 2))).toISOString(),
    }))
    expect(
      draw({ current: { ...servedKey, revision: 11 }, previous: nine }, 100),
    ).toBe(`                                 now
  revision 11                     ├────────────────────────────────────────────────────────────────┤
  revision 10                   ┝━┿──┤
  revision 9                  ┝━━━┿──┤
  revision 8                ┝━━━━━┿─┤
  revision 7              ┝━━━━━━━┿─┤
  revision 6            ┝━━━━━━━━━┿┤
  revision 5          ┝━━━━━━━━━━━┿┤
  revision 4       ┝━━━━━━━━━━━━━━┿┤
  revision 3     ┝━━━━━━━━━━━━━━━━┿┤
  revision 2   ┝━━━━━━━━━━━━━━━━━━┥
               2026-03-07                                                                 2026-06-30`)
  })

  test('shows hours if it spans a few days, and leaves the end of a foreign version open', () => {
    const current = { ...servedKey, access_key: null, expires_at: null }
    expect(draw({ current }, 60)).toBe(`               now
  revision 2  ┝━┿──────────────────────────────────────────>
              2026-04-01 13:00              2026-04-02 17:48`)
  })

  test('dots the future of a key that was rolled back: it is given to nobody, and the next rotation may end it', () => {
    const rolledBack = { ...previousKey, revision: 3, status: 'disabled', ends_after: '2026-06-30T13:00:00Z' }
    expect(draw({ previous: [rolledBack] }, 60)).toBe(`                         now
  revision 2              ├────────────────────────────────┤
  revision 3  ┝━━━━━━━━━━━┿································┤
              2026-03-01                          2026-06-30`)
  })

  test('marks the next rotation, where that is on the axis and does not touch "now"', () => {
    const marks = (nextRotation: string, width?: number) =>
      draw({ previous: [previousKey] }, width, new Date(nextRotation)).split('\n')[0]
    expect(marks('2026-05-01T02:00:00Z')).toBe('                              now        next rotation')
    expect(marks('2026-06-29T02:00:00Z')).toBe(`${' '.repeat(30)}now${' '.repeat(34)}next rotation`)
    expect(marks('2026-04-10T02:00:00Z')).toBe('                              now')
    expect(marks('2026-07-01T02:00:00Z')).toBe('                              now')
    expect(marks('2026-05-01T02:00:00Z', 40)).toBe('                   now')
  })

  test('stays readable in a narrow terminal', () => {
    expect(draw({ previous: [previousKey] }, 40)).toBe(`                   now
  revision 2        ├──────────────────┤
  revision 1  ┝━━━━━┿─┤
              2026-03-01      2026-06-30`)
    expect(
      Math.max(
        ...draw({ previous: [previousKey] }, 5)
          .split('\n')
          .map(line => line.length),
      ),
    ).toBe(34)
  })
})
