import { expect, test } from 'vitest'
import { shorten } from '../../proofs/harness/shorten.ts'

test('of a hundred parts only the two necessary ones remain', async () => {
  const takes = [17, 83]
  const without = await shorten(100, async left => takes.every(part => !left.has(part)))
  expect(Array.from({ length: 100 }, (_, part) => part).filter(part => !without.has(part))).toEqual(takes)
})

test('no part is removed if every part is necessary', async () => {
  expect((await shorten(9, async () => false)).size).toBe(0)
})
