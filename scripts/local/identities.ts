import { createHash } from 'node:crypto'
import type { FakeScaleway, NewRule } from '../../test/fake-scaleway/index.ts'

/** An application of the deployment's own, with its key. */
interface Identity {
  readonly applicationId: string
  readonly accessKey: string
  readonly secretKey: string
}

/** The identities of a deployment, and the secret that stores the rotated key. */
export interface Identities {
  readonly secretId: string
  /** The bearer: the application whose key is rotated. It has no key until the first rotation. */
  readonly applicationId: string
  readonly rotator: Identity
  readonly reader: Identity
  readonly operator: Identity
  readonly consumer: Identity
  readonly monitor: Identity
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
    monitor: identity(scaleway, 'uptime', mayCall),
  }
}

/** Lets the bearer read IAM, as `organization_permission_set_names` does: what its key is used for in a first look then succeeds. */
export function letBearerReadIam({ iam, organizationId }: FakeScaleway, applicationId: string): void {
  iam.createPolicy({ applicationId, rules: [{ permissionSetNames: ['IAMReadOnly'], organizationId }] })
}

/** Gives the callers' variables of both functions, as `main.tf` sets them. */
export function callerVariables({ operator, consumer, monitor }: CallerKeys): Record<string, string> {
  const caller = (name: string, role: string, { secretKey }: Pick<Identity, 'secretKey'>) =>
    JSON.stringify({ name, role, sha256: sha256(secretKey) })
  return {
    CALLER_OPERATOR: caller('operator', 'operator', operator),
    CALLER_APP: caller('app', 'consumer', consumer),
    CALLER_UPTIME: caller('uptime', 'monitor', monitor),
  }
}

type CallerKeys = Readonly<Record<'operator' | 'consumer' | 'monitor', Pick<Identity, 'secretKey'>>>

/** Gives the rotation function's variables that name the deployment's own applications, as `main.tf` sets them. */
export function identityVariables({
  rotator,
  reader,
  operator,
  consumer,
  monitor,
}: Pick<Identities, 'rotator' | 'reader' | 'operator' | 'consumer' | 'monitor'>): Record<string, string> {
  const identity = (name: string, { applicationId, accessKey }: Identity) =>
    JSON.stringify({ name, application_id: applicationId, access_keys: [accessKey] })
  return {
    IDENTITY_ROTATOR: identity('rotator', rotator),
    IDENTITY_READER: identity('reader', reader),
    IDENTITY_OPERATOR: identity('operator', operator),
    IDENTITY_CONSUMER_APP: identity('consumer-app', consumer),
    IDENTITY_MONITOR_UPTIME: identity('monitor-uptime', monitor),
  }
}

/** The token by which a CRON proves itself, as `main.tf` computes it. */
export function cronToken({ rotator }: Pick<Identities, 'rotator'>): string {
  return sha256(`cron:${rotator.secretKey}`)
}

/** SHA-256 of a secret key in hex: how the functions recognise their callers. */
export function sha256(secretKey: string): string {
  return createHash('sha256').update(secretKey).digest('hex')
}

function identity({ iam }: FakeScaleway, name: string, rules: readonly NewRule[]): Identity {
  const { id: applicationId } = iam.createApplication({ name })
  iam.createPolicy({ applicationId, rules })
  const { accessKey, secretKey } = iam.createApiKey({ applicationId })
  return { applicationId, accessKey, secretKey }
}
