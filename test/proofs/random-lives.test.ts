import { expect, test } from 'vitest'
import { randomLife } from './random-lives.ts'

const lives = Number(process.env.LIVES ?? 3)
const firstSeed = Number(process.env.FIRST_SEED ?? 1)

test.each(Array.from({ length: lives }, (_, index) => firstSeed + index))(
  'a random life of 60 days with faults, deaths, lists that lag, buttons and edits by hand keeps every invariant (seed %i)',
  async seed => {
    const { watch, history } = await randomLife(seed)
    expect(watch.violations, history.slice(-40).join('\n')).toEqual([])
  },
  60_000,
)
