import type { DeployedCron } from '../../local/deployment.ts'
import type { TimeMachine } from '../clock/time-machine.ts'
import type { CronMarks, Moment } from '../picture.ts'
import { withMoment } from './runs.ts'

/** So many firings to come are shown of each CRON. */
const dueShown = 3

/** What fires. The CRONs are asked for each time: with new credentials they are others. */
interface FiringParts {
  readonly machine: TimeMachine
  readonly crons: () => readonly DeployedCron[]
  /** Called after each change of the marks. */
  readonly onChange: () => void
  /** Called when a firing has its answer. */
  readonly onAnswer: (name: string) => void
}

/** Fires the CRONs on the clock of the page, each of them whenever it is due, and marks when. */
export class Firings {
  readonly #parts: FiringParts
  #marks: readonly CronMarks[] = []

  constructor(parts: FiringParts) {
    this.#parts = parts
  }

  get marks(): readonly CronMarks[] {
    return this.#marks
  }

  /** The next firing of any CRON. */
  get next(): Moment {
    return Math.min(...this.#marks.flatMap(({ due: [next] }) => next ?? []))
  }

  /** The next firings of a CRON. */
  dueOf(name: string): readonly Moment[] {
    return this.#marks.find(marks => marks.name === name)?.due ?? []
  }

  /** From here on the CRONs fire on this clock alone. */
  begin(): void {
    const crons = this.#parts.crons()
    for (const cron of crons) cron.stop()
    this.#marks = crons.map(({ name, schedule }) => ({ name, schedule, fired: [], due: [] }))
    for (const { name } of crons) this.#arm(name)
  }

  /** Fires a CRON now. Gives the function's answer, or undefined if there is no CRON of this name. */
  async fire(name: string) {
    const at = this.#parts.machine.nowMs
    this.#mark(name, marks => ({ ...marks, fired: withMoment(marks.fired, at, {}) }))
    const reply = await this.#cron(name)?.fire()
    this.#parts.onAnswer(name)
    return reply
  }

  #arm(name: string): void {
    const { machine } = this.#parts
    const due = this.dueOf(name).filter(at => at > machine.nowMs)
    while (due.length < dueShown) {
      const next = this.#cron(name)?.nextRun(new Date(due.at(-1) ?? machine.nowMs))
      if (next == null) break
      due.push(next.getTime())
    }
    this.#mark(name, marks => ({ ...marks, due }))
    const [next] = due
    if (next === undefined) return
    machine.at(next, () => {
      void this.fire(name)
      this.#arm(name)
    })
  }

  #cron(name: string): DeployedCron | undefined {
    return this.#parts.crons().find(cron => cron.name === name)
  }

  #mark(name: string, change: (marks: CronMarks) => CronMarks): void {
    this.#marks = this.#marks.map(marks => (marks.name === name ? change(marks) : marks))
    this.#parts.onChange()
  }
}
