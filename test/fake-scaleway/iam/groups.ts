import { invalidArgument, notFound, permissionsDenied } from '../http/errors.ts'
import type { GroupRecord } from '../records.ts'
import { nextSequence, type State } from '../state.ts'
import type { Table } from '../table.ts'
import type { Caller } from './authentication.ts'

/** What a person or a call may set on a group. */
interface GroupFields {
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
}

/** Adds the groups that every organization has; their ids are the same everywhere (docs/scaleway.md#groups). */
export function addManagedGroups(groups: Table<string, GroupRecord>, now: Date): void {
  for (const [index, managed] of (['applications', 'users'] as const).entries()) {
    const id = `a1100000-0000-4000-8000-00000000000${index}`
    const name = managed === 'applications' ? 'All Applications' : 'All Users'
    const fields = { name, description: '', tags: [], applicationIds: [], createdAt: now, updatedAt: now }
    groups.set(id, { id, sequence: 0, managed, ...fields }, now.getTime())
  }
}

/** Gives the group, or refuses with 404. */
export function getGroup(state: State, id: string): GroupRecord {
  const group = state.groups.get(id)
  if (group === undefined) throw notFound('group', id)
  return group
}

/** Makes a group without members. */
export function createGroup(state: State, fields: GroupFields): GroupRecord {
  const now = state.clock.now()
  const group = {
    id: state.random.uuid(),
    sequence: nextSequence(state),
    managed: undefined,
    ...fields,
    applicationIds: [],
    createdAt: now,
    updatedAt: now,
  }
  state.groups.set(group.id, group, now.getTime())
  return group
}

/** Takes the ids that the members are to be. Refuses unknown applications, and any change of a managed group. */
export function setMembers(state: State, id: string, applicationIds: readonly string[]): GroupRecord {
  const group = getGroup(state, id)
  if (group.managed !== undefined) throw permissionsDenied('write', 'group')
  const unknown = applicationIds.find(applicationId => !state.applications.has(applicationId))
  if (unknown !== undefined) throw invalidArgument('application_id', 'constraint')
  const now = state.clock.now()
  const changed = { ...group, applicationIds: [...new Set(applicationIds)], updatedAt: now }
  state.groups.set(id, changed, now.getTime())
  return changed
}

/** Is the bearer of the caller's key in the group? */
export function isMember(state: State, groupId: string, { bearerId }: Caller): boolean {
  const group = state.groups.get(groupId)
  if (group === undefined) return false
  if (group.managed === 'applications') return state.applications.has(bearerId)
  return group.managed === 'users' ? bearerId === state.ownerUserId : group.applicationIds.includes(bearerId)
}

/** The group on the wire. Harder reading: a managed one does not list its members (docs/scaleway.md#groups). */
export function groupWire(state: State, group: GroupRecord): object {
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    organization_id: state.organizationId,
    created_at: group.createdAt,
    updated_at: group.updatedAt,
    user_ids: [],
    application_ids: group.applicationIds.filter(id => state.applications.has(id)),
    tags: group.tags,
    editable: group.managed === undefined,
    deletable: group.managed === undefined,
    managed: group.managed !== undefined,
  }
}
