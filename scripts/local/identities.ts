import { createHash } from 'node:crypto'
import type { FakeScaleway, NewRule } from '../../test/fake-scaleway/index.ts'

/** The key of an identity. */
interface Key {
  readonly accessKey: string
  readonly secretKey: string
}

/** The identities of a deployment, and the secret that stores the rotated key. */
export interface Identities {
  readonly secretId: string
  /** The bearer: the application whose key is rotated. It has no key until the first rotation. */
  readonly applicationId: string
  readonly rotator: Key
  readonly reader: Key
  readonly operator: Key
  readonly consumer: Key
}

/**
 * Creates the secret and every identity of a deployment with exactly the permissions that `main.tf` gives them.
 * The rotator's list-like reads name no single resource, hence `!has(resource.id)` (docs/scaleway.md#conditions).
 */
export function createIdentities(scaleway: FakeScaleway): Identities {
  const projectIds = [scaleway.projectId]
  const secret = scaleway.secrets.createSecret({ name: 'api-key', type: 'key_value' })
  const thisSecret = `resource.id == "${secret.id}"`
  const mayCall = [{ permissionSetNames: ['FunctionsPrivateAccess'], projectIds }]
  return {
    secretId: secret.id,
    applicationId: scaleway.iam.createApplication({ name: 'bearer' }).id,
    rotator: identity(scaleway, 'rotator', [
      { permissionSetNames: ['IAMApplicationManager'], organizationId: scaleway.organizationId },
      {
        permissionSetNames: ['SecretManagerReadOnly'],
        projectIds,
        condition: `${thisSecret} || !has(resource.id)`,
      },
      {
        permissionSetNames: ['SecretManagerSecretCreate', 'SecretManagerSecretWrite', 'SecretManagerSecretDelete'],
        projectIds,
        condition: thisSecret,
      },
    ]),
    reader: identity(scaleway, 'reader', [
      { permissionSetNames: ['SecretManagerSecretAccess'], projectIds, condition: thisSecret },
    ]),
    operator: identity(scaleway, 'operator', mayCall),
    consumer: identity(scaleway, 'app', mayCall),
  }
}

/** SHA-256 of a secret key in hex: how the functions recognise their callers. */
export function sha256(secretKey: string): string {
  return createHash('sha256').update(secretKey).digest('hex')
}

function identity({ iam }: FakeScaleway, name: string, rules: readonly NewRule[]): Key {
  const { id: applicationId } = iam.createApplication({ name })
  iam.createPolicy({ applicationId, rules })
  return iam.createApiKey({ applicationId })
}
