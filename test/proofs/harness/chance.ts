/** A reproducible source of randomness. */
export interface Chance {
  /** True with this probability. */
  happens(probability: number): boolean
  /** A number from 0 up to the limit. */
  below(limit: number): number
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  one<Item>(items: readonly [Item, ...Item[]]): Item
}

/** Takes a seed (any number) and gives a source of randomness (mulberry32). */
export function chance(seed: number): Chance {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    happens: probability => next() < probability,
    below: limit => next() * limit,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    one: items => items[Math.floor(next() * items.length)] ?? items[0],
  }
}
