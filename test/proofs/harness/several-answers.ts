import type { Answered, Instance } from '../../support/rotation.ts'
import { type Boundaries, deploymentItself, type Owner } from './boundaries.ts'

/** What each key was answered, by its name. */
export type AnswersByName = ReadonlyMap<string, Answered>

interface Bounds {
  readonly names: readonly string[]
  readonly boundaries: Boundaries
  readonly note: (detail: string) => void
}

/** Lets each request touch only what it asks for, and a heartbeat follow only an hourly run that left all keys well. */
export function bounded(instance: Instance, { names, boundaries, note }: Bounds): Instance {
  return {
    post: async (body, as, path = '/') => {
      const owners = ownersAsked(body, path, names)
      const { result, beats } = await boundaries.during(owners, () => instance.post(body, as, path))
      const isOverAll = owners.includes(deploymentItself) && typeof body === 'object' && body.action === 'tend'
      const all = [...byName(result, path).values()]
      const areWell = all.every(({ status, body: answer }) => status === 200 && answer.unfinished === undefined)
      if (beats > 0 && !(isOverAll && areWell && all.length === names.length))
        note(`${beats} after ${JSON.stringify(body)}, answered ${result.status}`)
      return result
    },
    status: async (as, path = '/', headers) => {
      const owners = path === '/' ? names : [path.slice(1)]
      const act = () => instance.status(as, path, headers)
      return (await boundaries.during([...owners, deploymentItself], act)).result
    },
    metrics: async (as, headers) =>
      (await boundaries.during([...names, deploymentItself], () => instance.metrics(as, headers))).result,
  }
}

function ownersAsked(body: unknown, path: string, names: readonly string[]): readonly Owner[] {
  if (path !== '/') return [path.slice(1)]
  if (typeof body !== 'object' || body === null) return []
  if ('keys' in body && Array.isArray(body.keys))
    return body.keys.length === names.length ? [...body.keys, deploymentItself] : body.keys
  return 'action' in body && body.action === 'tend' ? [...names, deploymentItself] : []
}

/** Reads the answer to a request at a path, key by key. */
export function byName({ status, body }: Answered, path: string): AnswersByName {
  if (path !== '/') return new Map([[path.slice(1), { status, body }]])
  return new Map(
    Object.entries(body.keys ?? {}).map(([name, answer]) => {
      const { status: own, ...rest }: Answered['body'] & { status?: number } = answer
      return [name, { status: own ?? 0, body: rest }]
    }),
  )
}

/** Gives what several keys were answered as a line of the history shows it. */
export function briefly(answers: AnswersByName): string {
  const parts = [...answers].map(([name, { status, body }]) => {
    const actions: readonly { kind: string; reason: string }[] = Array.isArray(body.actions) ? body.actions : []
    const done = actions.map(({ kind, reason }) => `${kind} ${reason}`)
    const outcome = body.error ?? body.reason ?? 'rotated'
    return `${name} ${status} ${outcome}${done.length === 0 ? '' : ` (${done.join(', ')})`}`
  })
  return parts.join('; ')
}
