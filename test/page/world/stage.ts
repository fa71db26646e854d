import { afterAll, beforeAll } from 'vitest'
import type { Bar, ButtonId, Lane } from '../../../scripts/page/picture.ts'
import { press } from '../../../scripts/page/world/presses.ts'
import { startWorld } from '../../../scripts/page/world/start.ts'
import type { World } from '../../../scripts/page/world/world.ts'
import { builtZips } from '../../support/built.ts'

// Three processes are started, on a machine that may be busy.
const startLimitMs = 60_000

/** When every world of the tests begins: two days before the first rotation. */
export const startAt = new Date('2026-01-30T08:00:00.000Z')

/** A world that stands still but for what a test tells it to do. */
export interface Stage {
  readonly world: World
  /** Lines for the terminal. */
  readonly lines: readonly string[]
  /** Lets time pass. */
  pass(span: { readonly hours?: number; readonly minutes?: number }): Promise<void>
  /** Presses a button, for the first key or another; gives what is written under it. */
  press(id: ButtonId, key?: string): Promise<string>
  /** What is written under a button. */
  happened(id: ButtonId): string
  lane(name?: string): Lane
  /** The bars of keys that work. */
  alive(name?: string): readonly Bar[]
  /** What happened, in words, oldest first. */
  told(): string[]
  end(): Promise<void>
}

/** Starts a world with keys of these names and begins it. The same seed gives the same world. */
export async function openWorld({ keys = ['default'], seed = 1 } = {}): Promise<Stage> {
  const ends: (() => Promise<void> | void)[] = []
  const lines: string[] = []
  const starting = {
    port: undefined,
    keys,
    log: (line: string) => void lines.push(line),
    atEnd: (end: () => Promise<void> | void) => void ends.unshift(end),
  }
  const world = await startWorld({ starting, seed, startAt, zips: await builtZips() })
  await world.begin()
  world.clock = { speed: 'paused', jump: null }
  const lane = (name = keys[0]) => given(world.picture.lanes.find(one => one.name === name))
  const happened = (id: ButtonId) => world.buttons.get(id)?.happened?.text ?? ''
  return {
    world,
    lines,
    async pass({ hours = 0, minutes = 0 }) {
      const untilMs = world.machine.nowMs + (hours * 60 + minutes) * 60_000
      while (await world.step(untilMs));
    },
    async press(id, key) {
      const refusal = await press(world, id, key)
      if (refusal !== undefined) throw new Error(`${id} could not be pressed: ${refusal}`)
      return happened(id)
    },
    happened,
    lane,
    alive: name => lane(name).bars.filter(({ endedAt }) => endedAt === null),
    told: () => world.picture.happenings.map(({ text }) => text),
    async end() {
      for (const end of ends) await end()
    },
  }
}

/** One world for the tests of a file, which live in it one after the other. */
export function sharedWorld(options?: Parameters<typeof openWorld>[0]): Stage {
  let opened: Stage | undefined
  beforeAll(async () => {
    opened = await openWorld(options)
  }, startLimitMs)
  afterAll(() => opened?.end())
  return new Proxy({} as Stage, { get: (_, name: keyof Stage) => given(opened)[name] })
}

/** What a picture says, without what a test is not about: the phases of each bar. */
export function phases(bar: Bar | undefined): string[] {
  return given(bar).phases.map(({ kind }) => kind)
}

function given<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('It is not there.')
  return thing
}
