import { Adding, badLife, liveOnce } from './harness/lives.ts'
import type { Extent, Proof } from './harness/proof.ts'
import { type ScenarioName, scenarioNames, scenarios } from './scenarios.ts'

/** Scenarios that have proofs of their own. */
const elsewhere: readonly ScenarioName[] = [
  'interleaved runs',
  'one failing call',
  'several keys',
  'interleaved runs of several keys',
]
const directed = scenarioNames.filter(name => !elsewhere.includes(name))
const livesPerPiece = 10
const rounds = { share: 1, full: 60 } as const satisfies Record<Extent, number>

/** Situations that random simulated runs seldom reach, one scenario for each. */
export const directedLives: Proof = {
  name: 'directed',
  does: `${directed.length} scenarios that random simulations seldom reach: ${directed.join(', ')}`,
  promises: 'every invariant holds, and the checks of the scenario',
  unit: 'simulations',
  pieces: extent => directed.length * rounds[extent],
  live: async ({ index, seed }) => {
    const outcome = new Adding()
    const name = directed[index % directed.length] ?? 'a rollback'
    const from = seed + Math.floor(index / directed.length) * livesPerPiece
    for (let nth = from; nth < from + livesPerPiece; nth++) {
      const lived = await liveOnce(() => scenarios[name](nth))
      outcome.add({ calls: lived.stage?.cloud.log.entries.length ?? 0 })
      if (lived.violations.length > 0) outcome.bad.push(badLife(`${name}, seed ${nth}`, lived))
    }
    return { units: livesPerPiece, bad: outcome.bad, figures: outcome.figures }
  },
}
