import { isUneventful } from './ask.ts'
import type { Violation } from './invariants.ts'
import { type Life, nothing, type Without } from './life.ts'
import type { BadLife, Extent, Outcome, Piece, Proof } from './proof.ts'
import { shorten } from './shorten.ts'
import type { Stage } from './stage.ts'

// Far more than a simulated run takes on a busy machine: only one that never ends takes as long.
const lifeLimitMs = 120_000
const historyLines = 40

/** What a proof by many simulated runs is made of. */
interface Lives extends Pick<Proof, 'name' | 'does' | 'promises' | 'remark'> {
  readonly life: Life
  /** How many simulated runs. */
  readonly lives: Readonly<Record<Extent, number>>
  readonly livesPerPiece: number
  /** How many parts of a simulated run can be left out. */
  readonly parts: number
  /** Figures of one simulated run, for the remark. */
  readonly figures?: (stage: Stage) => Readonly<Record<string, number>>
}

/**
 * Makes a proof of many simulated runs, each from a seed of its own. A bad one is reported with its shortest history.
 */
export function provedByLives({ life, lives, livesPerPiece, parts, figures = () => ({}), ...words }: Lives): Proof {
  return {
    ...words,
    unit: 'simulations',
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

/** Adds up the outcomes of several simulated runs. */
export class Adding {
  readonly bad: BadLife[] = []
  readonly figures: Record<string, number> = { calls: 0 }

  /** Adds figures to those so far; of those named `most …` it keeps the highest. */
  add(figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) this.figures[name] = together(name, this.figures[name], value)
  }
}

/** Combines a figure with the one before: the higher of the two if it is named `most …`, otherwise their sum. */
export function together(name: string, before: number | undefined, value: number): number {
  if (before === undefined) return value
  return name.startsWith('most ') ? Math.max(before, value) : before + value
}

/** The result of a simulated run: its stage, undefined if it threw, and its violations. */
interface Lived {
  readonly stage: Stage | undefined
  readonly violations: readonly string[]
}

/** Executes a simulated run. An error that it throws is a violation, and so is a run that never ends. */
export async function liveOnce(life: () => Promise<Stage>): Promise<Lived> {
  let limit: NodeJS.Timeout | undefined
  const never = new Promise<undefined>(resolve => {
    limit = setTimeout(() => resolve(undefined), lifeLimitMs)
  })
  try {
    const stage = await Promise.race([life(), never])
    if (stage === undefined) return { stage, violations: ['every call is answered: the simulated run did not end'] }
    return { stage, violations: stage.watch.violations.map(inWords) }
  } catch (error) {
    return {
      stage: undefined,
      violations: [`no error is thrown: ${error instanceof Error ? error.message : 'a value that is no Error'}`],
    }
  } finally {
    clearTimeout(limit)
  }
}

function inWords({ invariant, at, detail }: Violation): string {
  return `${invariant}: ${detail} (${at.toISOString()})`
}

/** Gives the report of a bad simulated run: the end of its history, up to the first violation. */
export function badLife(life: string, { stage, violations }: Lived): BadLife {
  const [first] = stage?.watch.violations ?? []
  const until = stage?.history.filter(line => first === undefined || line.slice(0, 24) <= first.at.toISOString()) ?? []
  const eventful = until.filter((line, index) => index === until.length - 1 || !isUneventful(line))
  return { life, violations, history: eventful.slice(-historyLines) }
}

async function shortest(life: Life, seed: number, { lived, parts }: { lived: Lived; parts: number }): Promise<BadLife> {
  const [first = ''] = lived.violations
  const repeat = (without: Without) => liveOnce(() => life(seed, without))
  const without = await shorten(parts, async more => {
    const { violations } = await repeat(more)
    return violations.some(violation => invariantOf(violation) === invariantOf(first))
  })
  const shortened = without === nothing || without.size === 0 ? lived : await repeat(without)
  return badLife(
    `seed ${seed}${without.size === 0 ? '' : `, with ${without.size} of ${parts} parts left out`}`,
    shortened,
  )
}

function invariantOf(violation: string): string {
  return violation.slice(0, violation.indexOf(':'))
}
