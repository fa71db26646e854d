import { listLeft } from './left.ts'
import { createMade } from './made.ts'
import type { ProbeOptions } from './options.ts'
import type { Thing } from './remover.ts'
import type { Scaleway } from './scaleway.ts'
import { mustAgree, type Surroundings } from './surroundings.ts'

/** What a removal needs. */
interface Cleaning {
  readonly owner: Scaleway
  readonly region: string
  readonly options: ProbeOptions
  readonly surroundings: Surroundings
}

/**
 * Removes what earlier probes have left, in groups whose last is removed first, and gives the exit code.
 * @throws {CannotProceedError} without a yes
 */
export async function clean(groups: readonly (readonly Thing[])[], cleaning: Cleaning): Promise<number> {
  const { owner: scaleway, region, options, surroundings } = cleaning
  const { say, print, stops } = surroundings
  const things = groups.flat()
  if (things.length === 0) {
    print('No earlier probe has left anything.')
    return 0
  }
  const lines = things.map(({ kind, name }) => `  ${kind} ${name}`)
  say(`This is removed. A probe that runs elsewhere now would lose its own:\n${lines.join('\n')}`)
  await mustAgree(options, surroundings)
  const left: Thing[] = []
  for (const before of groups.toReversed()) {
    const made = createMade({ scaleway, before, stop: stops.stop })
    await made.removeAll({ ...surroundings, stop: stops.giveUp })
    left.unshift(...made.left())
  }
  print(left.length === 0 ? 'Nothing is left.' : listLeft(left, region))
  return left.length === 0 ? 0 : 1
}
