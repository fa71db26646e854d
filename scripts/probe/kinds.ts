import { calling } from '../../functions/rotation/scaleway/api-error.ts'
import type { Scaleway } from './scaleway.ts'

/** What the probe makes. Functions and triggers are removed with their namespace, keys with their application. */
export type Kind = 'project' | 'application' | 'policy' | 'secret' | 'namespace'

/** Something of one kind, as a list shows it. */
export interface Listed {
  readonly id: string
  readonly name: string
  /** Empty where the kind has none. */
  readonly description: string
}

/** How one kind is found and removed. */
interface Handling {
  /** Lists what there is: of the organization, or of the project. */
  readonly list: (scaleway: Scaleway, projectId: string) => Promise<readonly Listed[]>
  readonly remove: (scaleway: Scaleway, id: string) => Promise<void>
  /** The command that removes it without the probe. */
  readonly command: (id: string, region: string) => string
}

/** Each kind's handling. What waits for its deletion is not listed: it is removed already. */
export const kinds: Readonly<Record<Kind, Handling>> = {
  project: {
    list: ({ projects }) => calling('list projects', () => projects.listProjects().all()),
    remove: ({ projects }, projectId) => calling('delete project', () => projects.deleteProject({ projectId })),
    command: id => `scw account project delete project-id=${id}`,
  },
  application: {
    list: ({ iam }) => calling('list applications', () => iam.listApplications().all()),
    remove: ({ iam }, applicationId) => calling('delete application', () => iam.deleteApplication({ applicationId })),
    command: id => `scw iam application delete ${id}`,
  },
  policy: {
    list: ({ iam }) => calling('list policies', () => iam.listPolicies().all()),
    remove: ({ iam }, policyId) => calling('delete policy', () => iam.deletePolicy({ policyId })),
    command: id => `scw iam policy delete ${id}`,
  },
  secret: {
    list: async ({ secrets }, projectId) => {
      const listed = () => secrets.listSecrets({ projectId, scheduledForDeletion: false }).all()
      return (await calling('list secrets', listed)).map(({ id, name }) => ({ id, name, description: '' }))
    },
    remove: removeSecret,
    command: (id, region) => `scw secret secret delete ${id} region=${region}`,
  },
  namespace: {
    list: async ({ functions }, projectId) => {
      const listed = await calling('list namespaces', () => functions.listNamespaces({ projectId }).all())
      return listed.map(({ id, name, description = '' }) => ({ id, name, description }))
    },
    remove: removeNamespace,
    command: (id, region) => `scw function namespace delete ${id} region=${region}`,
  },
}

/** A second deletion of a secret that waits for its deletion would be refused (docs/scaleway.md#soft-deletion). */
async function removeSecret({ secrets }: Scaleway, secretId: string): Promise<void> {
  const { deletionRequestedAt } = await calling('get secret', () => secrets.getSecret({ secretId }))
  if (deletionRequestedAt === undefined) await calling('delete secret', () => secrets.deleteSecret({ secretId }))
}

/** Functions first: whether a namespace that holds any can be deleted is documented for the console alone. */
async function removeNamespace({ functions }: Scaleway, namespaceId: string): Promise<void> {
  const inside = await calling('list functions', () => functions.listFunctions({ namespaceId }).all())
  for (const { id } of inside) await calling('delete function', () => functions.deleteFunction({ functionId: id }))
  await calling('delete namespace', () => functions.deleteNamespace({ namespaceId }))
}
