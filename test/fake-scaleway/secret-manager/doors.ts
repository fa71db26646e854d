import type { SecretRecord, SecretType, VersionRecord } from '../records.ts'
import type { State } from '../state.ts'
import { getSecret, liveSecrets, shelfOf } from './lookup.ts'
import { readPayload } from './payload.ts'
import { createSecret, deleteSecret, restoreSecret, updateSecret } from './secrets.ts'
import {
  addVersion,
  describeVersion,
  getVersion,
  listVersions,
  restoreVersion,
  scheduleVersion,
  setEnabled,
} from './versions.ts'

/** Secret Manager without credentials, faults and lag; the region is fr-par. Refusals are thrown. */
export interface SecretDoors {
  /** By default of type `opaque` and in the deployment's project. */
  createSecret(input: { name: string; type?: SecretType; protected?: boolean; path?: string; projectId?: string }): {
    id: string
  }
  protectSecret(id: string, isProtected: boolean): void
  deleteSecret(id: string): void
  restoreSecret(id: string): void
  secret(id: string): SecretRecord
  secrets(): readonly SecretRecord[]
  /** `data` is the payload itself, not base64. */
  addVersion(secretId: string, input: { data: string | Uint8Array; description?: string }): { revision: number }
  enableVersion(secretId: string, revision: number): void
  disableVersion(secretId: string, revision: number): void
  deleteVersion(secretId: string, revision: number): void
  restoreVersion(secretId: string, revision: number): void
  describeVersion(secretId: string, revision: number, description: string): void
  /** Newest first, scheduled ones included. */
  versions(secretId: string): readonly VersionRecord[]
  /** The payload as text, whatever the version's status. */
  payload(secretId: string, revision: number): string
}

/** Takes the state and gives its doors. */
export function secretDoors(state: State): SecretDoors {
  return {
    createSecret: ({
      name,
      type = 'opaque',
      protected: isProtected = false,
      path = '/',
      projectId = state.projectId,
    }) =>
      createSecret(state, {
        name,
        type,
        path,
        projectId,
        protected: isProtected,
        region: 'fr-par',
        description: undefined,
        tags: [],
      }),
    protectSecret: (id, isProtected) => void updateSecret(state, id, { protected: isProtected }),
    deleteSecret: id => deleteSecret(state, id),
    restoreSecret: id => void restoreSecret(state, id),
    secret: id => getSecret(state, id),
    secrets: () => liveSecrets(state),
    addVersion: (secretId, { data, description }) => {
      const payload = readPayload(getSecret(state, secretId).type, Buffer.from(data).toString('base64'), undefined)
      return addVersion(state, secretId, { payload, description, disablePrevious: false })
    },
    enableVersion: (secretId, revision) => void setEnabled(state, secretId, revision, true),
    disableVersion: (secretId, revision) => void setEnabled(state, secretId, revision, false),
    deleteVersion: (secretId, revision) => void scheduleVersion(state, secretId, revision),
    restoreVersion: (secretId, revision) => void restoreVersion(state, secretId, revision),
    describeVersion: (secretId, revision, description) => void describeVersion(state, secretId, revision, description),
    versions: secretId => listVersions(state, getSecret(state, secretId).id),
    payload: (secretId, revision) => {
      const { payloads } = shelfOf(state, secretId)
      const stored = payloads.get(getVersion(state, secretId, revision).revision)
      return Buffer.from(stored?.base64 ?? '', 'base64').toString('utf8')
    },
  }
}
