import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const chunk = Buffer.alloc(64 * 1024 * 1024)
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }

/** Bodies that are small on the wire and hundreds of megabytes when decoded, by their `Content-Encoding`. */
export const bombs = {
  gzip: () => ({ body: Buffer.concat(Array(8).fill(gzipSync(chunk))), decodedBytes: 8 * chunk.length }),
  br: () => ({ body: brotliCompressSync(Buffer.alloc(4 * chunk.length), fast), decodedBytes: 4 * chunk.length }),
}

/** Runs the work and gives by how much the most memory that this process ever held has grown meanwhile. */
export async function grownBytes(work: () => Promise<unknown>): Promise<number> {
  const before = process.resourceUsage().maxRSS
  await work()
  return (process.resourceUsage().maxRSS - before) * 1024
}
