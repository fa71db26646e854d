import { expect, test } from 'vitest'
import { callFaultNames, callsOf, faultedLife, type Hit, type JourneyName, journeys } from './call-faults.ts'

/** One life in so many is lived: 1 for all of them. */
const share = Number(process.env.SHARE ?? 24)

const names: JourneyName[] = [
  'first rotation',
  'monthly rotation',
  'forced rotation',
  'tick that rotates',
  'tick that retires',
  'tick that revokes',
  'tick that prunes',
  'rollback',
  'revoke',
]

test('every journey is gone', () => {
  expect([...names].sort()).toEqual(Object.keys(journeys).sort())
})

test.each(names)(
  '%s: whichever call goes wrong in whichever way, every invariant holds',
  async name => {
    const calls = await callsOf(name)
    const hits = callFaultNames.flatMap(fault =>
      Array.from({ length: calls }, (_, index): Hit => ({ nth: index + 1, fault })),
    )
    expect(hits.length).toBeGreaterThan(20)
    for (const hit of hits.filter((_, index) => index % share === 0)) {
      const { watch, history } = await faultedLife(name, [hit])
      expect(watch.violations, history.join('\n')).toEqual([])
    }
  },
  3_600_000,
)
