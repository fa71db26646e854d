import { setTimeout as sleep } from 'node:timers/promises'
import { isDocumented } from '../live/documented.ts'
import type { LiveStack } from '../live/live-stack.ts'
import type { Published } from '../live/published.ts'
import type { LoadJudge } from './load-judge.ts'

const everyMs = 1_000
/** Simulated time between two rotations, so that old versions are deleted as they would be in a year. */
const betweenHours = 48

/** Rotates as the operator every second until it is stopped. */
export class OftenRotated {
  readonly history: string[] = []
  /** How many rotations were answered 200. */
  count = 0
  readonly #stack: LiveStack
  readonly #published: Published
  readonly #judge: LoadJudge
  #isStopped = false
  #all: Promise<void> = Promise.resolve()

  constructor(stack: LiveStack, { published, judge }: { published: Published; judge: LoadJudge }) {
    this.#stack = stack
    this.#published = published
    this.#judge = judge
    stack.atEnd(() => this.stop())
  }

  /** Resolves when the first key is published; from then on it rotates by itself. */
  async start(): Promise<void> {
    await this.#rotate()
    this.#all = this.#repeat()
  }

  /** Stops; resolves when the current rotation has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#all
  }

  async #repeat(): Promise<void> {
    while (!this.#isStopped) {
      const begunMs = performance.now()
      await this.#rotate().catch((error: unknown) => this.#judge.complain(`a rotation failed: ${error}`))
      await sleep(Math.max(0, everyMs - (performance.now() - begunMs)))
    }
  }

  async #rotate(): Promise<void> {
    const { rotation, clock, ids } = this.#stack
    clock.advance({ hours: betweenHours })
    const answered = await rotation.call({ method: 'POST', token: ids.operator.secretKey })
    const { status, text } = answered
    this.history.push(`${clock.now().toISOString()} rotate → ${status} ${text}`)
    if (status === 200) this.count += 1
    else if (!isDocumented('rotation', answered)) this.#judge.complain(`a rotation answered ${status}`)
    this.#judge.superseded(this.#published.newest, performance.now())
  }
}
