import { randomInt } from 'node:crypto'

/** The only source of randomness of the local Scaleway. */
export interface Random {
  /** A number in [0, 1). */
  fraction(): number
  /** A version 4 UUID, the form of ids and secret keys. */
  uuid(): string
  /** `SCW` and 17 of [A-Z0-9] (docs/scaleway.md#key-fields). */
  accessKey(): string
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const WORD_RANGE = 2 ** 32

/** Takes a seed (any number) and gives a reproducible source; without a seed, the system's. */
export function createRandom(seed?: number): Random {
  const word = seed === undefined ? systemWord : seededWord(seed)
  return {
    fraction: () => word() / WORD_RANGE,
    uuid: () => uuidFrom(word(), word(), word(), word()),
    accessKey: () => `SCW${Array.from({ length: 17 }, () => LETTERS.charAt(word() % LETTERS.length)).join('')}`,
  }
}

function systemWord(): number {
  return randomInt(WORD_RANGE)
}

/** mulberry32: one word of state, which is enough for ids, and the same on every machine. */
function seededWord(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

function uuidFrom(a: number, b: number, c: number, d: number): string {
  const hex = [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d]
    .map(word => (word >>> 0).toString(16).padStart(8, '0'))
    .join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
