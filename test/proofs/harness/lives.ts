import { isUneventful } from './ask.ts'
import type { Violation } from './invariants.ts'
import { type Life, nothing, type Without } from './life.ts'
import type { BadLife, Extent, Outcome, Piece, Proof } from './proof.ts'
import { shorten } from './shorten.ts'
import type { Stage } from './stage.ts'

// Far more than a life takes on a busy machine: only one that never ends takes as long.
const lifeLimitMs = 120_000
const historyLines = 40

/** What a proof by many random lives is made of. */
interface Lives extends Pick<Proof, 'name' | 'does' | 'promises' | 'remark'> {
  readonly life: Life
  /** How many lives. */
  readonly lives: Readonly<Record<Extent, number>>
  readonly livesPerPiece: number
  /** How many parts of a life can be left out. */
  readonly parts: number
  /** Figures of one life, for the remark. */
  readonly figures?: (stage: Stage) => Readonly<Record<string, number>>
}

/** A proof by many lives, each from a seed of its own. Of one that is bad the shortest history is given. */
export function provedByLives({ life, lives, livesPerPiece, parts, figures = () => ({}), ...words }: Lives): Proof {
  return {
    ...words,
    unit: 'lives',
    pieces: extent => Math.ceil(lives[extent] / livesPerPiece),
    live: async ({ index, extent, seed }: Piece): Promise<Outcome> => {
      const from = index * livesPerPiece
      const units = Math.min(livesPerPiece, lives[extent] - from)
      const outcome = new Adding()
      for (let nth = from; nth < from + units; nth++) {
        const lived = await liveOnce(() => life(seed + nth))
        outcome.add(lived.stage === undefined ? {} : figures(lived.stage))
        if (lived.violations.length > 0) outcome.bad.push(await shortest(life, seed + nth, { lived, parts }))
      }
      return { units, bad: outcome.bad, figures: outcome.figures }
    },
  }
}

/** Adds the outcomes of several lives up. */
export class Adding {
  readonly bad: BadLife[] = []
  readonly figures: Record<string, number> = { calls: 0 }

  /** Adds figures up; those named `most …` are the highest. */
  add(figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) this.figures[name] = together(name, this.figures[name], value)
  }
}

/** Adds a figure to those before it: the highest of those that are named `most …`, the sum of others. */
export function together(name: string, before: number | undefined, value: number): number {
  if (before === undefined) return value
  return name.startsWith('most ') ? Math.max(before, value) : before + value
}

/** A life that was lived to its end, or not. */
interface Lived {
  readonly stage: Stage | undefined
  readonly violations: readonly string[]
}

/** Lives a life; what it throws, and that it never ends, is a violation as well. */
export async function liveOnce(life: () => Promise<Stage>): Promise<Lived> {
  let limit: NodeJS.Timeout | undefined
  const never = new Promise<undefined>(resolve => {
    limit = setTimeout(() => resolve(undefined), lifeLimitMs)
  })
  try {
    const stage = await Promise.race([life(), never])
    if (stage === undefined) return { stage, violations: ['every call is answered: the life did not end'] }
    return { stage, violations: stage.watch.violations.map(inWords) }
  } catch (error) {
    return {
      stage: undefined,
      violations: [`nothing is thrown: ${error instanceof Error ? error.message : 'no Error'}`],
    }
  } finally {
    clearTimeout(limit)
  }
}

function inWords({ invariant, at, detail }: Violation): string {
  return `${invariant}: ${detail} (${at.toISOString()})`
}

/** What a bad life is reported as: the end of its history, up to what went wrong first. */
export function badLife(life: string, { stage, violations }: Lived): BadLife {
  const [first] = stage?.watch.violations ?? []
  const until = stage?.history.filter(line => first === undefined || line.slice(0, 24) <= first.at.toISOString()) ?? []
  const telling = until.filter((line, index) => index === until.length - 1 || !isUneventful(line))
  return { life, violations, history: telling.slice(-historyLines) }
}

async function shortest(life: Life, seed: number, { lived, parts }: { lived: Lived; parts: number }): Promise<BadLife> {
  const [first = ''] = lived.violations
  const relive = (without: Without) => liveOnce(() => life(seed, without))
  const without = await shorten(parts, async more => {
    const { violations } = await relive(more)
    return violations.some(violation => invariantOf(violation) === invariantOf(first))
  })
  const shortened = without === nothing || without.size === 0 ? lived : await relive(without)
  return badLife(
    `seed ${seed}${without.size === 0 ? '' : `, with ${without.size} of ${parts} parts left out`}`,
    shortened,
  )
}

function invariantOf(violation: string): string {
  return violation.slice(0, violation.indexOf(':'))
}
