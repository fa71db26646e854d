import { spanInWords } from '../../status/words.ts'
import type { ButtonId, Flag, Tone } from '../picture.ts'
import type { LaneBook } from './lane.ts'
import type { World } from './world.ts'

/** A pressed button: which one, for which key, and where it is told what happens. */
export interface Press {
  readonly world: World
  readonly id: ButtonId
  readonly lane: LaneBook
  readonly say: (text: string, tone?: Tone) => void
}

/** Puts a flag on the time line, with the name of the key where there are several. */
export function flag({ world, lane }: Pick<Press, 'world' | 'lane'>, kind: Flag['kind'], label: string): void {
  const name = world.nameOf(lane)
  world.flag(kind, name === null ? label : `${label} (${name})`)
}

/** Tells under the button after which hourly run the key was whole again, judged by its keys after each. */
export function watchRepair({ world, lane, say }: Press, what: string): void {
  const sinceMs = world.machine.nowMs
  const refusedCalls = () => world.picture.counters.refused
  const refusedBefore = refusedCalls()
  let runs = 0
  say(what, 'bad')
  const judge = () => {
    runs += 1
    if (!world.isWhole(lane)) return world.afterNextRun(judge)
    const span = spanInWords(world.machine.nowMs - sinceMs)
    const after = runs === 1 ? 'one hourly run' : `${runs} hourly runs`
    const text = `All is well ${span} later, after ${after}; refused calls meanwhile: ${refusedCalls() - refusedBefore}.`
    say(`${what} ${text}`, 'good')
    world.tell({ text, tone: 'good', lane: world.nameOf(lane) })
  }
  world.afterNextRun(judge)
}
