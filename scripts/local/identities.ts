import { createHash } from 'node:crypto'
import type { FakeScaleway, NewRule } from '../../test/fake-scaleway/index.ts'

/** An application of the deployment's own, with its key. */
interface Identity {
  readonly applicationId: string
  readonly accessKey: string
  readonly secretKey: string
}

/** A key that is rotated: its bearer, which has no key until the first rotation, the secret that stores it, its consumer. */
export interface LocalKey {
  readonly name: string
  readonly applicationId: string
  readonly secretId: string
  readonly consumer: Caller
}

/** An identity that calls the functions, by the name that they know it by. */
interface Caller extends Identity {
  readonly name: string
}

/** The identities of a deployment. Secret, bearer and consumer are those of its first key. */
export interface Identities extends Omit<LocalKey, 'name'> {
  readonly keys: readonly LocalKey[]
  readonly rotator: Identity
  readonly reader: Identity
  readonly operator: Identity
  readonly monitor: Identity
}

/** The name of the key where there is one alone: the default of `variables.tf`. */
export const defaultKeyName = 'default'

/**
 * Creates the secrets and every identity of a deployment with exactly the permissions that `main.tf` gives them. Each key
 * has a consumer of its own, called `app` where there is one key, else after its key.
 * The rotator's list-like reads name no single resource, hence `!has(resource.id)` (docs/scaleway.md#conditions).
 */
export function createIdentities(scaleway: FakeScaleway, names: readonly string[] = [defaultKeyName]): Identities {
  const projectIds = [scaleway.projectId]
  const mayCall = [{ permissionSetNames: ['FunctionsPrivateAccess'], projectIds }]
  const keys = names.map(name => {
    const consumer = names.length === 1 ? 'app' : `${name}-app`
    return {
      name,
      secretId: scaleway.secrets.createSecret({ name: `${name}-key`, type: 'key_value' }).id,
      applicationId: scaleway.iam.createApplication({ name: `${name}-bearer` }).id,
      consumer: { name: consumer, ...identity(scaleway, consumer, mayCall) },
    }
  })
  const [first] = keys
  if (first === undefined) throw new Error('A deployment has at least one key.')
  const { secretId, applicationId, consumer } = first
  const conditions = inConditions(keys.map(key => key.secretId))
  return {
    keys,
    secretId,
    applicationId,
    consumer,
    rotator: identity(scaleway, 'rotator', [
      { permissionSetNames: ['IAMApplicationManager'], organizationId: scaleway.organizationId },
      ...conditions.flatMap(theseSecrets => [
        {
          permissionSetNames: ['SecretManagerReadOnly', 'SecretManagerSecretCreate'],
          projectIds,
          condition: `${theseSecrets} || !has(resource.id)`,
        },
        {
          permissionSetNames: ['SecretManagerSecretWrite', 'SecretManagerSecretDelete'],
          projectIds,
          condition: theseSecrets,
        },
      ]),
    ]),
    reader: identity(
      scaleway,
      'reader',
      conditions.map(condition => ({ permissionSetNames: ['SecretManagerSecretAccess'], projectIds, condition })),
    ),
    operator: identity(scaleway, 'operator', mayCall),
    monitor: identity(scaleway, 'uptime', mayCall),
  }
}

/** Replaces the key of every identity of the deployment's own. The old ones are deleted first: with many keys, both do not fit into the quota. */
export function renewIdentities({ iam }: FakeScaleway, identities: Identities): Identities {
  const renewed = <Renewed extends Identity>(one: Renewed): Renewed => {
    iam.deleteApiKey(one.accessKey)
    return { ...one, ...iam.createApiKey({ applicationId: one.applicationId }) }
  }
  const keys = identities.keys.map(key => ({ ...key, consumer: renewed(key.consumer) }))
  return {
    ...identities,
    keys,
    consumer: keys[0]?.consumer ?? identities.consumer,
    rotator: renewed(identities.rotator),
    reader: renewed(identities.reader),
    operator: renewed(identities.operator),
    monitor: renewed(identities.monitor),
  }
}

/** A condition has at most 2,048 characters (docs/scaleway.md#conditions), and so room for about 35 ids. */
const idsInCondition = 30

/** Gives conditions that together hold for these secrets and for no other. */
function inConditions(secretIds: readonly string[]): string[] {
  const equalities = secretIds.map(id => `resource.id == "${id}"`)
  const count = Math.ceil(equalities.length / idsInCondition)
  return Array.from({ length: count }, (_, part) =>
    equalities.slice(part * idsInCondition, (part + 1) * idsInCondition).join(' || '),
  )
}

/** Lets the bearer read IAM, as `organization_permission_set_names` does: what its key is used for in a first look then succeeds. */
export function letBearerReadIam({ iam, organizationId }: FakeScaleway, applicationId: string): void {
  iam.createPolicy({ applicationId, rules: [{ permissionSetNames: ['IAMReadOnly'], organizationId }] })
}

/** Gives the callers' variables of both functions, as `main.tf` sets them. */
export function callerVariables({ operator, monitor, keys }: CallerKeys): Record<string, string> {
  const callers = [
    { name: 'operator', role: 'operator', ...operator },
    ...keys.map(({ consumer }) => ({ role: 'consumer', ...consumer })),
    { name: 'uptime', role: 'monitor', ...monitor },
  ]
  return Object.fromEntries(
    callers.map(({ name, role, secretKey }) => [
      `CALLER_${variableName(name)}`,
      JSON.stringify({ name, role, sha256: sha256(secretKey) }),
    ]),
  )
}

/** The secret keys of callers. */
interface CallerKeys extends Readonly<Record<'operator' | 'monitor', Pick<Identity, 'secretKey'>>> {
  readonly keys: readonly { readonly consumer: Pick<Caller, 'name' | 'secretKey'> }[]
}

/** Gives the rotation function's variables that name the deployment's own applications, as `main.tf` sets them. */
export function identityVariables({
  rotator,
  reader,
  operator,
  monitor,
  keys,
}: Pick<Identities, 'rotator' | 'reader' | 'operator' | 'monitor' | 'keys'>): Record<string, string> {
  const named: [string, Identity][] = [
    ['rotator', rotator],
    ['reader', reader],
    ['operator', operator],
    ...keys.map(({ consumer }): [string, Identity] => [`consumer-${consumer.name}`, consumer]),
    ['monitor-uptime', monitor],
  ]
  return Object.fromEntries(
    named.map(([name, { applicationId, accessKey }]) => [
      `IDENTITY_${variableName(name)}`,
      JSON.stringify({ name, application_id: applicationId, access_keys: [accessKey] }),
    ]),
  )
}

/** Gives the variables of the keys, as `main.tf` sets them for each function. */
export function keyVariables(
  { keys }: Pick<Identities, 'keys'>,
  { region, projectId, settings = {} }: KeyVariablesParts,
) {
  const each = (fields: (key: LocalKey) => object) =>
    Object.fromEntries(
      keys.map(key => [
        `KEY_${variableName(key.name)}`,
        JSON.stringify({ name: key.name, region, secret_id: key.secretId, ...fields(key) }),
      ]),
    )
  return {
    rotation: each(({ applicationId }) => ({
      application_id: applicationId,
      default_project_id: projectId,
      ...settings,
    })),
    retrieval: each(({ consumer }) => ({ consumers: [consumer.name] })),
  }
}

/** Where the secrets are, and the timers of each key where they differ from the defaults. */
interface KeyVariablesParts {
  readonly region: string
  readonly projectId: string
  readonly settings?: KeySettings
}

/** The timers of a key, by the names that they have in its variable. */
export type KeySettings = Readonly<Record<string, string | number | undefined>>

/** The part of a variable's name that names a key, a caller or an identity. */
function variableName(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()
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
