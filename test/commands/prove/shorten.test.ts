import { expect, test } from 'vitest'
import { shorten } from '../../proofs/harness/shorten.ts'

test('of a hundred parts all are left out but the two that it takes', async () => {
  const takes = [17, 83]
  const without = await shorten(100, async left => takes.every(part => !left.has(part)))
  expect(Array.from({ length: 100 }, (_, part) => part).filter(part => !without.has(part))).toEqual(takes)
})

test('nothing is left out when nothing is too much', async () => {
  expect((await shorten(9, async () => false)).size).toBe(0)
})
