import type { Bar, CallRun, Lane, Moment, Outcome } from '../picture.ts'
import { type BarSource, barsAt } from './bars.ts'
import { ghostsOf, type Plan } from './ghosts.ts'
import { withMoment } from './runs.ts'

/** Keeps the lane of a rotated key. */
export class LaneBook {
  readonly name: string
  readonly source: BarSource
  #lane: Lane
  /** The access keys of the tries of the call that is under way. */
  #tries: string[] = []

  constructor(name: string, source: BarSource) {
    this.name = name
    this.source = source
    this.#lane = { name, bars: [], ghosts: [], calls: [] }
  }

  get lane(): Lane {
    return this.#lane
  }

  /** The bar of the key that is served. */
  get served(): Bar | undefined {
    return this.alive.find(({ phases }) => phases.at(-1)?.kind === 'served')
  }

  /** The bars of the keys that work. */
  get alive(): readonly Bar[] {
    return this.#lane.bars.filter(({ endedAt }) => endedAt === null)
  }

  /** Looks at IAM and Secret Manager. Gives whether a key, or what it is for, is another than before. */
  look(at: Moment): boolean {
    const bars = barsAt(this.#lane.bars, this.source, at)
    if (bars === this.#lane.bars) return false
    this.#lane = { ...this.#lane, bars }
    return true
  }

  plan(plan: Plan): void {
    this.#lane = { ...this.#lane, ghosts: ghostsOf(this.#lane.bars, plan) }
  }

  /** The application makes a call with a key: the first of its call, or once more after a refusal. */
  tried(accessKey: string): void {
    this.#tries.push(accessKey)
  }

  /** The application says what came of its call. */
  called(at: Moment, answer: string): Outcome {
    const outcome = outcomeOf(answer, this.#tries.length)
    const accessKey = this.#tries.at(-1) ?? null
    this.#tries = []
    const calls = withMoment<Pick<CallRun, 'accessKey' | 'outcome'>>(this.#lane.calls, at, { accessKey, outcome })
    this.#lane = { ...this.#lane, calls }
    return outcome
  }
}

function outcomeOf(answer: string, tries: number): Outcome {
  if (answer === '200') return tries > 1 ? 'renewed' : 'answered'
  return answer === '401' || answer === '403' ? 'refused' : 'no-answer'
}
