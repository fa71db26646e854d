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

/** What things are removed with. */
interface Removing {
  readonly scaleway: Scaleway
  readonly patience: Patience
  /** The project that the things are in. */
  readonly projectOf: () => string
}

// Scaleway's check whether a project is empty lags behind its own deletions, once by 20 minutes (redscaresu/infrafactory,
// pull request 223, 2026-09-07): for longer than this it is not worth staying.
const removalMs = 120_000
// A list may lag (docs/scaleway.md#propagation): what it does not show for so long was never made.
const absenceMs = 60_000
// Of all removals together, where nothing is answered any more. Each is tried once all the same.
const allRemovalsMs = 300_000

/** Gives what removes one thing, and says whether it is gone. It never throws. */
export function remover({ scaleway, patience, projectOf }: Removing): (thing: Thing) => Promise<boolean> {
  const endMs = patience.clock.now().getTime() + allRemovalsMs
  const wait = (what: string, longestMs: number) => {
    const limitMs = Math.min(longestMs, endMs - patience.clock.now().getTime())
    return { what, limitMs, everyMs: 5_000 }
  }
  const find = async ({ kind, name }: Thing) => {
    const { list } = kinds[kind]
    let seen: 'nothing' | 'absence' = 'nothing'
    const look = async () => {
      const there = (await list(scaleway, projectOf())).find(listed => listed.name === name)
      seen = 'absence'
      return there?.id
    }
    const what = `a list that shows the ${kind} ${name}, if it was made`
    return (await until(patience, wait(what, absenceMs), () => patiently(look))) ?? seen
  }
  const remove = async ({ kind, name }: Thing, id: string) => {
    const removal = async () => {
      await kinds[kind].remove(scaleway, id)
      return 'removed'
    }
    return until(patience, wait(`the removal of the ${kind} ${name}`, removalMs), () => patiently(removal, 'removed'))
  }
  return async thing => {
    try {
      const id = thing.id ?? (await find(thing))
      if (id === 'absence') return true
      return id !== 'nothing' && (await remove(thing, id)) === 'removed'
    } catch {
      // A second Ctrl-C, a refusal for good, or a fault of ours: the others are removed all the same, and this one is listed.
      return false
    }
  }
}

/** Gives undefined where the same call can be answered differently in a while; 404 says that it is gone. */
async function patiently<Value>(call: () => Promise<Value>, whenGone?: Value): Promise<Value | undefined> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 404) return whenGone
    if (mayPass(error)) return undefined
    throw error
  }
}

/** 412 and 409: something in it is still being deleted. */
function mayPass({ status }: ApiError): boolean {
  return status === undefined || [409, 412, 423, 429].includes(status) || status >= 500
}
