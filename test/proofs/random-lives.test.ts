import { expect, test } from 'vitest'
import { randomLife } from './random-lives.ts'

const lives = Number(process.env.LIVES ?? 3)
const firstSeed = Number(process.env.FIRST_SEED ?? 1)

test.each(Array.from({ length: lives }, (_, index) => firstSeed + index))(
  '60 random days with faults, killed runs, lists that lag, operator requests and manual edits keep every invariant (seed %i)',
  async seed => {
    const { watch, history } = await randomLife(seed)
    expect(watch.violations, history.slice(-40).join('\n')).toEqual([])
  },
  60_000,
)
