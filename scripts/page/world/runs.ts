import type { Moment, Run } from '../picture.ts'

/**
 * Adds a moment to runs of equal steps: to the last one where it fits, else as a run of its own. What makes two moments the
 * same but for their time is compared field by field. Pure.
 */
export function withMoment<Same extends object>(
  runs: readonly (Run & Same)[],
  at: Moment,
  same: Same,
): readonly (Run & Same)[] {
  const last = runs.at(-1)
  if (last === undefined || !isSame(last, same) || !continues(last, at)) {
    return [...runs, { at, everyMs: 0, count: 1, ...same }]
  }
  const everyMs = last.count === 1 ? at - last.at : last.everyMs
  return [...runs.slice(0, -1), { ...last, everyMs, count: last.count + 1 }]
}

function isSame<Same extends object>(run: Run & Same, same: Same): boolean {
  for (const field in same) if (run[field] !== same[field]) return false
  return true
}

function continues({ at: first, everyMs, count }: Run, at: Moment): boolean {
  return count === 1 ? at > first : at === first + everyMs * count
}
