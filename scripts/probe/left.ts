import { kinds } from './kinds.ts'
import type { Thing } from './remover.ts'
import type { Scaleway } from './scaleway.ts'
import { description } from './stage.ts'

// A name that a person gave by chance is not enough: see the description below.
const probeName = /^probe-[0-9a-f]{8}(-[a-z]+)?$/

/**
 * Finds what earlier probes have left, by name and description, in groups whose last is removed first: a project and what is in
 * it, then all identities. A probe that still runs elsewhere looks the same.
 */
export async function findLeft(scaleway: Scaleway): Promise<readonly (readonly Thing[])[]> {
  const groups: Thing[][] = []
  for (const project of await found(scaleway, 'project', '')) {
    const inside = (['secret', 'namespace'] as const).map(kind => found(scaleway, kind, project.id ?? ''))
    groups.push([project, ...(await Promise.all(inside)).flat()])
  }
  const identities = (['application', 'policy'] as const).map(kind => found(scaleway, kind, ''))
  groups.push((await Promise.all(identities)).flat())
  return groups.filter(({ length }) => length > 0)
}

async function found(scaleway: Scaleway, kind: Thing['kind'], projectId: string): Promise<Thing[]> {
  const listed = await kinds[kind].list(scaleway, projectId)
  return listed
    .filter(({ name }) => probeName.test(name))
    .filter(thing => kind === 'secret' || thing.description === description)
    .map(({ id, name }) => ({ kind, name, id }))
}

/** Says what could not be removed, each with the command for it. */
export function listLeft(things: readonly Thing[], region: string): string {
  // A project can be deleted only after what is in it.
  const lines = things
    .toReversed()
    .flatMap(({ kind, name, id }) => [
      `  ${kind} ${name}${id === undefined ? ' (perhaps made: its answer was lost)' : ''}`,
      `    ${id === undefined ? 'npm run probe -- --clean' : kinds[kind].command(id, region)}`,
    ])
  return ['This could not be removed:', '', ...lines, '', ...advice(things)].join('\n')
}

function advice(things: readonly Thing[]): string[] {
  const project = things.some(({ kind }) => kind === 'project')
    ? 'Scaleway deletes a project only when nothing in it is left, and may notice that minutes later; if deleted secrets count, after their 7 days. '
    : ''
  return [`${project}npm run probe -- --clean tries all of it again.`]
}
