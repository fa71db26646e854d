import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply, changeBetween, type Happening, type Lane, type Picture } from '../../scripts/page/picture.ts'
import { Happenings } from '../../scripts/page/world/happenings.ts'
import { withMoment } from '../../scripts/page/world/runs.ts'

const number = fc.integer({ min: 0, max: 3 })
const flag = number.map(at => ({ at, label: 'Rotate', kind: 'operator' }) as const)
const run = number.map(at => ({ at, everyMs: 0, count: 1 }))
const lane = (name: string) =>
  fc.record<Lane>({
    name: fc.constant(name),
    bars: fc.constant([]),
    ghosts: fc.array(
      number.map(from => ({ accessKey: null, from, to: 9, kind: 'served', label: '' }) as const),
      { maxLength: 3 },
    ),
    calls: fc.array(
      run.map(one => ({ ...one, accessKey: null, outcome: 'answered' }) as const),
      { maxLength: 4 },
    ),
  })
const picture = fc.record<Picture>({
  mode: fc.constant('local'),
  startedAt: fc.constant(0),
  now: number,
  clock: fc.constantFrom(null, { speed: 'paused', jump: null } as const),
  health: fc.constant({ state: 'healthy', problems: [], nextRotation: null }),
  counters: number.map(calls => ({ refused: 0, renewed: 0, calls, rotations: 0, keysAlive: 0 })),
  lanes: fc.tuple(lane('one'), lane('two')),
  crons: fc.array(
    run.map(one => ({ name: 'hourly', schedule: '17 * * * *', fired: [one], due: [] })),
    { maxLength: 2 },
  ),
  flags: fc.array(flag, { maxLength: 4 }),
  happenings: fc.constant([]),
  buttons: fc.constant([]),
  table: fc.constantFrom('', 'healthy'),
})

describe('a change of a picture', () => {
  test('between any two pictures leads from the one to the other, also over the wire', () => {
    fc.assert(
      fc.property(picture, picture, (before, after) => {
        const change = changeBetween(before, after)
        expect(change === undefined ? before : apply(before, JSON.parse(JSON.stringify(change)))).toEqual(after)
      }),
    )
  })

  test('is none between a picture and itself, and says no more than what is different', () => {
    fc.assert(
      fc.property(picture, flag, (before, added) => {
        expect(changeBetween(before, { ...before })).toBeUndefined()
        const after = { ...before, flags: [...before.flags, added] }
        const flags = { keep: before.flags.length, items: [added] }
        expect(changeBetween(before, after)).toEqual({ lists: { flags } })
      }),
    )
  })
})

describe('runs', () => {
  const added = (moments: readonly number[]) =>
    moments.reduce<ReturnType<typeof withMoment<object>>>((runs, at) => withMoment(runs, at, {}), [])

  test('hold every moment, in order, whatever the steps', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 })), moments => {
        const sorted = moments.toSorted((a, b) => a - b)
        const held = added(sorted).flatMap(({ at, everyMs, count }) =>
          Array.from({ length: count }, (_, index) => at + index * everyMs),
        )
        expect(held).toEqual(sorted)
      }),
    )
  })

  test('of a year of hours are one, and two moments that differ in something are two', () => {
    const hours = Array.from({ length: 8_760 }, (_, index) => index * 3_600_000)
    expect(added(hours)).toEqual([{ at: 0, everyMs: 3_600_000, count: 8_760 }])
    const [first, second] = withMoment(withMoment([], 1, { outcome: 'answered' }), 2, { outcome: 'refused' })
    expect([first?.count, second?.count]).toEqual([1, 1])
  })
})

describe('what happened', () => {
  test('is counted where it repeats, also where two things alternate', () => {
    const happenings = new Happenings()
    for (const at of [1, 2, 3]) {
      happenings.tell(at, { text: 'away' })
      happenings.tell(at, { text: 'refused' })
    }
    expect(happenings.list).toMatchObject([
      { text: 'away', at: 3, count: 3 },
      { text: 'refused', at: 3, count: 3 },
    ])
  })

  test('is forgotten from the oldest on, and has numbers that only grow', () => {
    const happenings = new Happenings()
    for (let at = 0; at < 1_000; at += 1) happenings.tell(at, { text: `${at}` })
    const ids = happenings.list.map(({ id }: Happening) => id)
    expect(ids.length).toBeLessThanOrEqual(400)
    expect(ids.at(-1)).toBe(1_000)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })
})
