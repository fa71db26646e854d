import { crc32 as zlibCrc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../../functions/retrieval/scaleway/crc32.ts'

test('the CRC-32 is that of zlib, for any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async bytes => {
      expect(crc32(bytes)).toBe(zlibCrc32(bytes))
    }),
  )
})
