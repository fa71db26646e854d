import { expect, test } from 'vitest'
import { scenarioNames, scenarios } from '../proofs/scenarios.ts'

const lives = Number(process.env.LIVES ?? 1)
const firstSeed = Number(process.env.FIRST_SEED ?? 1)

test.each(scenarioNames)(
  'every invariant holds in the scenario "%s"',
  async name => {
    for (let seed = firstSeed; seed < firstSeed + lives; seed++) {
      const { watch, history } = await scenarios[name](seed)
      expect(watch.violations, [`seed ${seed}`, ...history.slice(-40)].join('\n')).toEqual([])
    }
  },
  3_600_000,
)
