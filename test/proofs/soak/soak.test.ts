import { expect, test } from 'vitest'
import { growths } from '../live/growth.ts'
import { soak, soakProof } from './soak.ts'

const sliver = { seed: 1, rotations: 4, earlyAfter: 2, idleMs: 0 }

test('a sliver of the soak lives both functions in processes of their own and finds nothing', async () => {
  const { units, bad, figures = {} } = await soak({ ...sliver, judgesMemory: false })
  expect(bad).toEqual([])
  expect(units).toBe(4)
  expect(soakProof.remark?.(figures)).toMatch(/^\d+ calls at fault; at most \d versions and \d keys;/)
}, 60_000)

test.skipIf(process.platform !== 'linux')(
  'a soak of functions that leak memory and descriptors is bad',
  async () => {
    const preload = new URL('../live/leak.mjs', import.meta.url)
    const { bad } = await soak({ ...sliver, judgesMemory: true, preload })
    for (const name of ['rotation', 'retrieval']) {
      const found = bad.flatMap(({ violations }) => violations).filter(violation => violation.startsWith(name))
      expect(found).toEqual([
        expect.stringMatching(/: memory grew by \d+ %$/),
        expect.stringMatching(/: \d+ more open descriptors$/),
      ])
    }
  },
  60_000,
)

test.each([
  ['a fifth more memory and two more connections', 120, 12, 0],
  ['more than a fifth of memory', 121, 10, 1],
  ['three more descriptors', 100, 13, 1],
])('%s at the end is judged as it should be', (_, memoryBytes, descriptors, count) => {
  const early = { memoryBytes: 100, descriptors: 10 }
  expect(growths({ name: 'rotation', early, late: { memoryBytes, descriptors } }, { judgesMemory: true })).toHaveLength(
    count,
  )
})
