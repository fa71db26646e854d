import { ApiError } from '../../functions/rotation/scaleway/api-error.ts'
import { type Kind, kinds } from './kinds.ts'
import type { Scaleway } from './scaleway.ts'
import { type Patience, until } from './until.ts'

/** Something that the probe has made, or has begun to make: without an id its answer is not there, or was lost. */
export interface Thing {
  readonly kind: Kind
  readonly name: string
  readonly id: string | undefined
}

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
      for (const thing of things.toReversed()) {
        if (await isRemoved(thing, { scaleway, patience, projectId: projectOf() })) replace(thing, [])
      }
    },
    left: () => things,
  }
}

// For longer it is not worth staying: Scaleway's check whether a project is empty lags behind its own deletions, once by
// 20 minutes (redscaresu/infrafactory, pull request 223, 2026-09-07).
const removalMs = 120_000
// A list may lag (docs/scaleway.md#propagation): what it does not show for so long was never made.
const absenceMs = 60_000

interface Removing {
  readonly scaleway: Scaleway
  readonly patience: Patience
  readonly projectId: string
}

async function isRemoved(thing: Thing, { scaleway, patience, projectId }: Removing): Promise<boolean> {
  const { kind, name } = thing
  const wait = (what: string, limitMs: number) => ({ what, limitMs, everyMs: 5_000 })
  const found = async () => (await kinds[kind].list(scaleway, projectId)).find(listed => listed.name === name)?.id
  const attempt = async (step: () => Promise<boolean | undefined>) => {
    try {
      return await step()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status === 404) return true
      return mayPass(error) ? undefined : false
    }
  }
  try {
    let known = thing.id
    let isListed = true
    await until(patience, wait(`a list that shows the ${kind} ${name}, if it was made`, absenceMs), () =>
      attempt(async () => {
        known ??= await found()
        isListed = known !== undefined
        return isListed || undefined
      }),
    )
    if (known === undefined) return !isListed
    const id = known
    const removed = await until(patience, wait(`the removal of the ${kind} ${name}`, removalMs), () =>
      attempt(async () => {
        await kinds[kind].remove(scaleway, id)
        return true
      }),
    )
    return removed ?? false
  } catch {
    // A second Ctrl-C, or a fault of ours: the others are removed all the same, and this one is listed.
    return false
  }
}

/** Can the same call be answered differently in a while? 412 and 409: something in it is still being deleted. */
function mayPass({ status }: ApiError): boolean {
  return status === undefined || [409, 412, 423, 429].includes(status) || status >= 500
}
