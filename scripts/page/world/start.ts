import type { Starting } from '../../local/command.ts'
import { startDeployment } from '../../local/deployment.ts'
import type { BuiltZips } from '../../local/functions.ts'
import { type MachineOptions, TimeMachine } from '../clock/time-machine.ts'
import { World } from './world.ts'

/** What a world is started with. A seed makes everything the same in each run. */
interface WorldOptions extends MachineOptions {
  readonly starting: Starting
  /** The built functions; without them they are built. */
  readonly zips?: BuiltZips
}

/** Starts a deployment and the world around it, which does nothing until it begins. It ends with `starting`. */
export async function startWorld({ starting, zips, ...options }: WorldOptions): Promise<World> {
  const { log, atEnd } = starting
  const machine = await TimeMachine.start(options)
  atEnd(() => machine.close())
  // Both functions write before there is a world to hear them.
  const ears: { world?: World } = {}
  const hear = (line: string) => (ears.world === undefined ? log(line) : ears.world.hear(line))
  const deployment = await startDeployment({
    clock: machine,
    starting: { ...starting, log: hear },
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(zips !== undefined && { zips }),
  })
  const world = new World({ machine, deployment, log })
  ears.world = world
  atEnd(() => world.close())
  return world
}
