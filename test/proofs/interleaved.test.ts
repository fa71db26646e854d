import { expect, test } from 'vitest'
import { interleavedLife } from './interleaved-lives.ts'

const lives = Number(process.env.LIVES ?? 30)
const firstSeed = Number(process.env.FIRST_SEED ?? 1)

test(`two or three runs interleaved call by call keep every invariant, in ${lives} simulated runs`, {
  timeout: 3_600_000,
}, async () => {
  for (let seed = firstSeed; seed < firstSeed + lives; seed++) {
    const { watch, history } = await interleavedLife(seed)
    expect(watch.violations, [`seed ${seed}`, ...history].join('\n')).toEqual([])
  }
})
