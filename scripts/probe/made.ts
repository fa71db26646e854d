import { ApiError } from '../../functions/rotation/scaleway/api-error.ts'
import type { Kind } from './kinds.ts'
import { remover, type Thing } from './remover.ts'
import type { Scaleway } from './scaleway.ts'
import type { Patience } from './until.ts'

/** All that the probe makes, so that it can be removed. */
export interface Made {
  /** Makes something, and gives its id. It counts as there before the call is sent, unless the call is refused in words. */
  make(kind: Kind, name: string, call: () => Promise<{ readonly id: string }>): Promise<string>
  /** Removes all, the newest first. Never throws: what could not be removed stays in `left`. */
  removeAll(patience: Patience): Promise<void>
  left(): readonly Thing[]
}

/** What a list of made things begins with. */
interface Begun {
  readonly scaleway: Scaleway
  /** What is there already, because an earlier probe has left it. */
  readonly before?: readonly Thing[]
  /** Once it aborts, nothing more is made. */
  readonly stop: AbortSignal
}

/** Begins a list of made things. */
export function createMade({ scaleway, before = [], stop }: Begun): Made {
  let things = [...before]
  const replace = (thing: Thing, by: readonly Thing[]) => {
    things = things.flatMap(other => (other === thing ? by : [other]))
  }
  const projectOf = () => things.find(({ kind }) => kind === 'project')?.id ?? ''
  return {
    async make(kind, name, call) {
      stop.throwIfAborted()
      const begun: Thing = { kind, name, id: undefined }
      things.push(begun)
      try {
        const { id } = await call()
        replace(begun, [{ ...begun, id }])
        return id
      } catch (error) {
        if (error instanceof ApiError && error.isNotDone) replace(begun, [])
        throw error
      }
    },
    async removeAll(patience) {
      const remove = remover({ scaleway, patience, projectOf })
      for (const thing of things.toReversed()) if (await remove(thing)) replace(thing, [])
    },
    left: () => things,
  }
}
