import { expect, test } from 'vitest'
import { callFaultNames, callsOf, faultedLife, type Hit, journeyNames, journeys } from './call-faults.ts'

/** One simulated run in `SHARE` is executed: 1 for all of them. */
const share = Number(process.env.SHARE ?? 24)

test('the list of journey names has every journey', () => {
  expect([...journeyNames].sort()).toEqual(Object.keys(journeys).sort())
})

test.each(journeyNames)(
  '%s: every invariant holds, whichever call meets whichever fault',
  async name => {
    const calls = await callsOf(name)
    const hits = callFaultNames.flatMap(fault =>
      Array.from({ length: calls }, (_, index): Hit => ({ nth: index + 1, fault })),
    )
    expect(hits.length).toBeGreaterThan(20)
    for (const hit of hits.filter((_, index) => index % share === 0)) {
      const { stage } = await faultedLife(name, [hit])
      const { watch, history } = stage
      expect(watch.violations, history.join('\n')).toEqual([])
    }
  },
  3_600_000,
)
