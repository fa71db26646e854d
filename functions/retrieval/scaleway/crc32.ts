/**
 * Gives the CRC-32 (unsigned) of a few hundred bytes. Written out because loading node:zlib for it costs a cold
 * start more than the whole of this file: bench/README.md.
 */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}
