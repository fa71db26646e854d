import { crc32 as zlibCrc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../../functions/retrieval/scaleway/crc32.ts'

test('the sum is that of zlib, whatever the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async bytes => {
      expect(crc32(bytes)).toBe(zlibCrc32(bytes))
    }),
  )
})
