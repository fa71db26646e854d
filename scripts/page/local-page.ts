import type { Starting } from '../local/command.ts'
import { type ServedPage, servePage } from './server.ts'
import type { PageSource } from './source.ts'
import { Pace } from './world/pace.ts'
import { press } from './world/presses.ts'
import type { World } from './world/world.ts'

/** Serves the page of a world, which begins when somebody first looks. It ends with `starting`. */
export async function serveWorld(world: World, { log, atEnd }: Pick<Starting, 'log' | 'atEnd'>): Promise<ServedPage> {
  const pace = new Pace(world)
  let isRunning = false
  const run = async () => {
    await world.begin()
    await pace.run()
  }
  const source: PageSource = {
    get picture() {
      return world.picture
    },
    set onChange(listener: () => void) {
      world.onChange = listener
    },
    watched(isWatched) {
      if (isWatched && !isRunning) {
        isRunning = true
        run().catch((error: unknown) => log(`page       the clock has stopped: ${stackOf(error)}`))
      }
      const { speed, jump } = world.clock
      const isFast = jump !== null || (speed !== 'real' && speed !== 'paused')
      // Nobody looks: no machine is kept busy for that.
      if (!isWatched && isFast) pace.command('real')
    },
    set: command => pace.command(command),
    press: (id, key) => press(world, id, key),
  }
  const served = await servePage(source)
  atEnd(served.close)
  atEnd(() => pace.end())
  return served
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
