import type { Happening, Moment, Tone } from '../picture.ts'
import { linkTo } from './links.ts'

/** Something to tell. */
export interface Telling {
  readonly text: string
  readonly code?: string | null
  readonly tone?: Tone
  /** The name of the key that it is about. */
  readonly lane?: string | null
}

const [most, kept] = [400, 300]
/** How far back a burst is looked for: different things may alternate in it. */
const burstReach = 3

/** What happened, oldest first. A repetition of what was told just before is counted there. */
export class Happenings {
  #list: readonly Happening[] = []
  #last = 0

  get list(): readonly Happening[] {
    return this.#list
  }

  tell(at: Moment, { text, code = null, tone = 'plain', lane = null }: Telling): void {
    const isSame = (one: Happening) => one.text === text && one.code === code && one.lane === lane
    const repeated = this.#list.slice(-burstReach).findLast(isSame)
    if (repeated !== undefined) {
      const later = { ...repeated, at, count: repeated.count + 1 }
      this.#list = this.#list.map(one => (one === repeated ? later : one))
      return
    }
    this.#last += 1
    const happening = { id: this.#last, at, text, code, link: linkTo(code), count: 1, tone, lane }
    const list = this.#list.length < most ? this.#list : this.#list.slice(-kept)
    this.#list = [...list, happening]
  }
}
