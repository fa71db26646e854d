import { setTimeout as pause } from 'node:timers/promises'
import { CannotProceedError } from '../../cli/cannot-proceed.ts'
import type { Status, StatusOfSeveral } from '../../status/status.ts'
import type { Happening, Picture } from '../picture.ts'
import { linkTo } from '../world/links.ts'
import { newsBetween } from './news.ts'
import { deploymentPicture, unreachablePicture } from './picture.ts'

// The status of several keys is remembered by the function for a minute, and nothing in it changes faster than an hour.
const lookEveryMs = 60_000
const mostHappenings = 300

/** What is watched. */
interface Watched {
  readonly ask: () => Promise<Status | StatusOfSeveral>
  /** The name of the only key, where the status is of one. */
  readonly name: string
  readonly everyMs?: number
}

/** Pictures of a deployment: its status, asked for again and again. One request at a time, however long it takes. */
export class DeploymentWatch {
  /** Called after each change of the picture. */
  onChange: () => void = () => undefined
  readonly #watched: Watched
  readonly #end = new AbortController()
  #picture: Picture
  #happenings: readonly Happening[] = []

  private constructor(watched: Watched, first: Status | StatusOfSeveral) {
    this.#watched = watched
    this.#picture = this.#pictureOf(first)
    this.#tell(undefined)
  }

  /**
   * Asks for the first status, and goes on.
   * @throws {CannotProceedError} when there is no first status
   */
  static async start(watched: Watched): Promise<DeploymentWatch> {
    const watch = new DeploymentWatch(watched, await watched.ask())
    void watch.#run()
    return watch
  }

  get picture(): Picture {
    return this.#picture
  }

  close(): void {
    this.#end.abort()
  }

  async #run(): Promise<void> {
    const { ask, everyMs = lookEveryMs } = this.#watched
    const { signal } = this.#end
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const before = this.#picture
      this.#picture = await ask().then(
        status => this.#pictureOf(status),
        (error: unknown) => unreachablePicture(before, { now: new Date(), why: reasonOf(error) }),
      )
      this.#tell(before)
      this.onChange()
    }
  }

  #pictureOf(status: Status | StatusOfSeveral): Picture {
    return deploymentPicture({ status, name: this.#watched.name, now: new Date(), happenings: this.#happenings })
  }

  #tell(before: Picture | undefined): void {
    const at = this.#picture.now
    const news = newsBetween(before, this.#picture).map((one, index) => {
      const id = (this.#happenings.at(-1)?.id ?? 0) + 1 + index
      return { ...one, id, at, link: linkTo(one.code), count: 1 }
    })
    this.#happenings = [...this.#happenings, ...news].slice(-mostHappenings)
    this.#picture = { ...this.#picture, happenings: this.#happenings }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotProceedError) return error.message
  throw error
}
