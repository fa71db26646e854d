import { notFound, preconditionFailed, quotasExceeded } from '../http/errors.ts'
import { inOrder } from '../http/query.ts'
import { DESCRIPTION, givenOrganization, NAME } from '../iam/arguments.ts'
import type { Call, Route } from '../router.ts'
import type { FakeScaleway } from '../scaleway.ts'
import { liveSecrets } from '../secret-manager/lookup.ts'
import { nextSequence, type State } from '../state.ts'
import { Table } from '../table.ts'

/** A project that was created here. The organization's own two always exist and are not in any list. */
export interface ProjectRecord {
  readonly id: string
  readonly sequence: number
  readonly name: string
  readonly description: string
  readonly createdAt: Date
}

/** What the projects of a local Scaleway depend on. */
export interface AccountOptions {
  readonly scaleway: FakeScaleway
  /** True when another product has something in the project. */
  readonly isUsed?: (projectId: string) => boolean
  /** Whether a secret that waits for its deletion keeps its project from being deleted: unknown, by default it does. */
  readonly deletedSecretsCount?: boolean
}

/** The projects that were created on a local Scaleway. */
interface Account {
  projects(): readonly ProjectRecord[]
}

const PROJECTS = '/account/v3/projects'
const ORDERS = ['created_at_asc', 'created_at_desc', 'name_asc', 'name_desc'] as const
// stephrobert/pepin, issue 240 (2026-09-11).
const mostProjects = 25

/**
 * Adds the projects of the Account API v3 to a local Scaleway: paths and fields as in the JavaScript SDK 2.78. A project that
 * holds anything is refused with 412 `resource_not_usable` (redscaresu/infrafactory, pull request 223, 2026-09-07).
 */
export function serveAccount({ scaleway, isUsed = () => false, deletedSecretsCount = true }: AccountOptions): Account {
  const projects = new Table<string, ProjectRecord>()
  const holds = (id: string) =>
    isUsed(id) ||
    liveSecrets(scaleway.state).some(
      secret => secret.projectId === id && (deletedSecretsCount || secret.deletionRequestedAt === undefined),
    )
  scaleway.addRoutes(routes(projects, holds))
  return { projects: () => Array.from(projects.values()) }
}

function routes(projects: Table<string, ProjectRecord>, holds: (id: string) => boolean): Route[] {
  const one = `${PROJECTS}/:id`
  return [
    { operation: 'account.listProjects', method: 'GET', path: PROJECTS, handle: call => list(projects, call) },
    { operation: 'account.createProject', method: 'POST', path: PROJECTS, handle: call => create(projects, call) },
    { operation: 'account.getProject', method: 'GET', path: one, handle: call => get(projects, call) },
    {
      operation: 'account.deleteProject',
      method: 'DELETE',
      path: one,
      handle: call => remove(projects, holds, call),
    },
  ]
}

function list(projects: Table<string, ProjectRecord>, call: Call): object {
  const { query, state } = call
  call.require('list project', { organizationId: givenOrganization(call) })
  const name = query.text('name')
  const wanted = Array.from(projects.asOf(call.listedAtMilliseconds)).filter(
    project => name === undefined || project.name.includes(name),
  )
  const all = call.listed(inOrder(wanted, query.choice('order_by', ORDERS), orderValue), ({ id }) => id)
  return { projects: query.page(all).map(project => wire(state, project)), total_count: all.length }
}

function create(projects: Table<string, ProjectRecord>, call: Call): object {
  const { state, body, now } = call
  call.require('create project', { organizationId: givenOrganization(call) })
  if (projects.size >= mostProjects) throw quotasExceeded('projects', mostProjects, projects.size)
  const project: ProjectRecord = {
    id: state.random.uuid(),
    sequence: nextSequence(state),
    name: body.requiredText('name', NAME),
    description: body.text('description', DESCRIPTION) ?? '',
    createdAt: now,
  }
  projects.set(project.id, project, now.getTime())
  return wire(state, project)
}

function get(projects: Table<string, ProjectRecord>, call: Call): object {
  return wire(call.state, named(projects, call, 'read'))
}

function remove(projects: Table<string, ProjectRecord>, holds: (id: string) => boolean, call: Call): undefined {
  const { id } = named(projects, call, 'delete')
  if (holds(id)) throw preconditionFailed('resource_not_usable', 'the project still has resources')
  projects.delete(id, call.now.getTime())
}

function named(projects: Table<string, ProjectRecord>, call: Call, action: 'read' | 'delete'): ProjectRecord {
  const project = projects.get(call.param('id'))
  if (project === undefined) throw notFound('project', call.param('id'))
  call.require(`${action} project`, { id: project.id, projectId: project.id })
  return project
}

function wire(state: State, { id, name, description, createdAt }: ProjectRecord): object {
  return {
    id,
    name,
    organization_id: state.organizationId,
    description,
    created_at: createdAt,
    updated_at: createdAt,
    qualification: null,
  }
}

function orderValue(project: ProjectRecord, field: string): string | number {
  return field === 'name' ? project.name : project.createdAt.getTime()
}
