import type { ApiKeyRecord, ApplicationRecord, GroupRecord, PolicyRecord, Principal } from '../records.ts'
import type { State } from '../state.ts'
import { createApiKey, deleteApiKey, type NewApiKey, updateApiKey } from './api-keys.ts'
import { createApplication, deleteApplication, updateApplication } from './applications.ts'
import { createGroup, setMembers } from './groups.ts'
import { createPolicy, deletePolicy, removePermissionSet, setRules } from './policies.ts'
import type { NewRule } from './rules.ts'

/** Who gets a policy: an application or a group. */
type PolicyPrincipal = Extract<Principal, { readonly applicationId: string } | { readonly groupId: string }>

/**
 * IAM without credentials, faults and lag: to set up, to read the real state, and to act as a person who edits manually.
 * Refusals are thrown.
 */
export interface IamDoors {
  createApplication(input: { name: string; description?: string }): ApplicationRecord
  describeApplication(id: string, description: string): ApplicationRecord
  /** Its keys are deleted with it. */
  deleteApplication(id: string): void
  applications(): readonly ApplicationRecord[]
  /** Members are applications. */
  createGroup(input: { name: string; applicationIds: readonly string[] }): GroupRecord
  groups(): readonly GroupRecord[]
  createPolicy(input: { name?: string; rules: readonly NewRule[] } & PolicyPrincipal): PolicyRecord
  /** Replaces all rules. */
  updatePolicy(id: string, change: { rules: readonly NewRule[] }): PolicyRecord
  /** Removes one set from every rule, to see whether it is needed. */
  removePermissionSet(id: string, permissionSet: string): PolicyRecord
  deletePolicy(id: string): void
  policies(): readonly PolicyRecord[]
  createApiKey(input: NewApiKey): { accessKey: string; secretKey: string }
  updateApiKey(accessKey: string, change: { description?: string }): ApiKeyRecord
  deleteApiKey(accessKey: string): void
  /** Oldest first, expired ones included; without an application, all of the organization. */
  apiKeys(applicationId?: string): readonly ApiKeyRecord[]
  /** The organization's maximum lifetime of keys; 0 removes it. Existing keys are untouched. */
  setMaxApiKeyExpirationSeconds(seconds: number): void
}

/** Takes the state and gives its doors. */
export function iamDoors(state: State): IamDoors {
  return {
    createApplication: ({ name, description = '' }) => createApplication(state, { name, description, tags: [] }),
    describeApplication: (id, description) => updateApplication(state, id, { description }),
    deleteApplication: id => deleteApplication(state, id),
    applications: () => Array.from(state.applications.values()),
    createGroup: ({ name, applicationIds }) => {
      const { id } = createGroup(state, { name, description: '', tags: [] })
      return setMembers(state, id, applicationIds)
    },
    groups: () => Array.from(state.groups.values()),
    createPolicy: ({ name = 'policy', rules, ...principal }) =>
      createPolicy(state, { name, description: '', tags: [], principal }, rules),
    updatePolicy: (id, { rules }) => setRules(state, id, rules),
    removePermissionSet: (id, permissionSet) => removePermissionSet(state, id, permissionSet),
    deletePolicy: id => deletePolicy(state, id),
    policies: () => Array.from(state.policies.values()),
    createApiKey: input => {
      const { key, secretKey } = createApiKey(state, input)
      return { accessKey: key.accessKey, secretKey }
    },
    updateApiKey: (accessKey, change) => updateApiKey(state, accessKey, change),
    deleteApiKey: accessKey => deleteApiKey(state, accessKey),
    apiKeys: applicationId =>
      Array.from(state.apiKeys.values()).filter(
        key => applicationId === undefined || key.applicationId === applicationId,
      ),
    setMaxApiKeyExpirationSeconds: seconds => {
      state.maxApiKeyExpirationSeconds = seconds
    },
  }
}
