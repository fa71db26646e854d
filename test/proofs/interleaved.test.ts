import { expect, test } from 'vitest'
import { interleavedLife } from './interleaved-lives.ts'

const lives = Number(process.env.LIVES ?? 30)
const firstSeed = Number(process.env.FIRST_SEED ?? 1)

test(`in ${lives} lives, two or three runs interleaved call by call keep every invariant`, {
  timeout: 3_600_000,
}, async () => {
  for (let seed = firstSeed; seed < firstSeed + lives; seed++) {
    const { watch, history } = await interleavedLife(seed)
    expect(watch.violations, [`seed ${seed}`, ...history].join('\n')).toEqual([])
  }
})
