import { notFound, quotasExceeded } from '../http/errors.ts'
import type { ApplicationRecord } from '../records.ts'
import { nextSequence, type State } from '../state.ts'
import { deleteApiKey } from './api-keys.ts'

/** What a person or a call may set on an application. */
interface ApplicationFields {
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
}

/** Gives the application, or refuses with 404. */
export function getApplication(state: State, id: string): ApplicationRecord {
  const application = state.applications.get(id)
  if (application === undefined) throw notFound('application', id)
  return application
}

/** Refuses past 100 applications (docs/scaleway.md#iam-quotas). */
export function createApplication(state: State, fields: ApplicationFields): ApplicationRecord {
  const { size } = state.applications
  if (size >= state.quotas.applications) throw quotasExceeded('iam_applications', state.quotas.applications, size)
  const now = state.clock.now()
  const application = {
    id: state.random.uuid(),
    sequence: nextSequence(state),
    ...fields,
    createdAt: now,
    updatedAt: now,
  }
  state.applications.set(application.id, application, now.getTime())
  return application
}

/** Changes what is given. */
export function updateApplication(state: State, id: string, fields: Partial<ApplicationFields>): ApplicationRecord {
  const now = state.clock.now()
  const application = { ...getApplication(state, id), ...fields, updatedAt: now }
  state.applications.set(id, application, now.getTime())
  return application
}

/** Its keys are deleted with it; its policies stay, attached to no principal (docs/scaleway.md#applications). */
export function deleteApplication(state: State, id: string): void {
  getApplication(state, id)
  const now = state.clock.now()
  for (const key of [...state.apiKeys.values()]) {
    if (key.applicationId === id) deleteApiKey(state, key.accessKey)
  }
  for (const policy of [...state.policies.values()]) {
    if (!('applicationId' in policy.principal) || policy.principal.applicationId !== id) continue
    state.policies.set(policy.id, { ...policy, principal: { noPrincipal: true } }, now.getTime())
  }
  state.applications.delete(id, now.getTime())
}

/** The application on the wire (docs/scaleway.md#applications). */
export function applicationWire(state: State, application: ApplicationRecord): object {
  let keys = 0
  for (const key of state.apiKeys.values()) if (key.applicationId === application.id) keys += 1
  return {
    id: application.id,
    name: application.name,
    description: application.description,
    created_at: application.createdAt,
    updated_at: application.updatedAt,
    organization_id: state.organizationId,
    editable: true,
    deletable: true,
    managed: false,
    nb_api_keys: keys,
    tags: application.tags,
  }
}
