import type { Without } from './life.ts'

// After this the shortest history so far is reported, so that a report does not wait for the very shortest.
const maxMs = 60_000

/**
 * Leaves out more and more parts for as long as the violation still occurs. Gives the parts that can be left out. A
 * part that cannot be left out alone may be left out with others: halves are tried first, then smaller pieces.
 */
export async function shorten(parts: number, isStillBad: (without: Without) => Promise<boolean>): Promise<Without> {
  let without: Without = new Set()
  const endMs = performance.now() + maxMs
  for (let size = Math.ceil(parts / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < parts && performance.now() < endMs; from += size) {
      const more = new Set([...without, ...Array.from({ length: Math.min(size, parts - from) }, (_, at) => from + at)])
      if (more.size === without.size) continue
      if (await isStillBad(more)) without = more
    }
  }
  return without
}
