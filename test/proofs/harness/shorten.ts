import type { Without } from './life.ts'

// Whoever waits for a report gets a history that is short enough sooner than the very shortest.
const mostMs = 60_000

/**
 * Leaves out ever more of so many parts for as long as what went wrong still does. Gives the parts that can be left out.
 * A part that cannot be left out alone may go with others: halves are tried first, then smaller pieces.
 */
export async function shorten(parts: number, isStillBad: (without: Without) => Promise<boolean>): Promise<Without> {
  let without: Without = new Set()
  const endMs = performance.now() + mostMs
  for (let size = Math.ceil(parts / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < parts && performance.now() < endMs; from += size) {
      const more = new Set([...without, ...Array.from({ length: Math.min(size, parts - from) }, (_, at) => from + at)])
      if (more.size === without.size) continue
      if (await isStillBad(more)) without = more
    }
  }
  return without
}
