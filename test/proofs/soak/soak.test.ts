import { expect, test } from 'vitest'
import { growths } from '../live/growth.ts'
import { soak, soakProof } from './soak.ts'

const shortSoak = { seed: 1, rotations: 4, earlyAfter: 2, idleMs: 0 }

test('a short soak runs both functions in processes of their own and finds no violation', async () => {
  const { units, bad, figures = {} } = await soak({ ...shortSoak, judgesMemory: false })
  expect(bad).toEqual([])
  expect(units).toBe(4)
  expect(soakProof.remark?.(figures)).toMatch(/^\d+ calls met a fault; at most \d versions and \d keys;/)
}, 60_000)

test.skipIf(process.platform !== 'linux')(
  'a soak of functions that leak memory and descriptors fails',
  async () => {
    const preload = new URL('../live/leak.mjs', import.meta.url)
    const { bad } = await soak({ ...shortSoak, judgesMemory: true, preload })
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
  ['a fifth more memory and two more connections', 'no violation', 120, 12, 0],
  ['more than a fifth more memory', 'a violation', 121, 10, 1],
  ['three more descriptors', 'a violation', 100, 13, 1],
])('%s at the end: %s', (_, __, memoryBytes, descriptors, count) => {
  const early = { memoryBytes: 100, descriptors: 10 }
  expect(growths({ name: 'rotation', early, late: { memoryBytes, descriptors } }, { judgesMemory: true })).toHaveLength(
    count,
  )
})
