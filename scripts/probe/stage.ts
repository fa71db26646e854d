import type { Iamv1alpha1 } from '@scaleway/sdk'
import { ApiError, calling } from '../../functions/rotation/scaleway/api-error.ts'
import { Secret } from '../../functions/shared/secret.ts'
import type { Limits } from './limits.ts'
import type { Login } from './login.ts'
import type { Made } from './made.ts'
import { connect, type Scaleway } from './scaleway.ts'
import { type Patience, until } from './until.ts'

/** What every fact is settled with. */
export interface Stage extends Patience {
  readonly login: Login
  /** The clients of whoever runs the probe. */
  readonly owner: Scaleway
  readonly made: Made
  /** Of all names that this probe gives. */
  readonly prefix: string
  readonly projectId: string
  readonly limits: Limits
  /** How long one thing of the platform is waited for. */
  readonly waitMs: number
  readonly giveUp: AbortSignal
}

/** A fact could not be settled; the message says why, without a value. */
export class UnclearError extends Error {
  override readonly name = 'UnclearError'
}

/** What marks everything that the probe makes, so that a later one knows it. */
export const description = 'Made by npm run probe, may be deleted'

/** An application of the probe, with a policy and a key. */
export interface Bearer {
  readonly applicationId: string
  readonly policyId: string
  readonly secretKey: Secret
  readonly scaleway: Scaleway
}

type Rule = Omit<Iamv1alpha1.RuleSpecs, 'condition'> & { readonly condition?: string }

/** Makes an application with a policy of these rules and a key. The key or the rights may not be known everywhere yet. */
export async function makeBearer(stage: Stage, role: string, rules: readonly Rule[]): Promise<Bearer> {
  const { owner, made, prefix } = stage
  const applicationId = await makeApplication(stage, role)
  const name = `${prefix}-${role}`
  const policyId = await made.make('policy', name, () =>
    calling('create policy', () =>
      owner.iam.createPolicy({ name, description, applicationId, rules: rules.map(withCondition) }),
    ),
  )
  const key = await makeKey(stage, applicationId)
  return { applicationId, policyId, secretKey: key.secretKey, scaleway: connect(key, stage.giveUp) }
}

/** Makes an application without rights. */
export function makeApplication({ owner, made, prefix }: Stage, role: string): Promise<string> {
  const name = `${prefix}-${role}`
  return made.make('application', name, () =>
    calling('create application', () => owner.iam.createApplication({ name, description })),
  )
}

// Longer than any probe takes: if a key could not be removed, it is refused from then on anyway.
const keyLifeMs = 6 * 3_600_000

/** Makes a key of an application, with an end. It is removed with the application. */
export async function makeKey(
  { owner, clock, login, projectId, prefix }: Stage,
  applicationId: string,
): Promise<Login> {
  const expiresAt = new Date(clock.now().getTime() + keyLifeMs)
  const created = () =>
    owner.iam.createAPIKey({ applicationId, description: prefix, expiresAt, defaultProjectId: projectId })
  const { accessKey, secretKey } = await calling('create key', created)
  if (secretKey === undefined) throw new UnclearError('a new key came without its secret key')
  return { ...login, accessKey, secretKey: new Secret(secretKey) }
}

/** Gives a rule the form that IAM takes. */
export function withCondition({ condition = '', ...rule }: Rule): Iamv1alpha1.RuleSpecs {
  return { ...rule, condition }
}

/** Makes a secret in the probe's project, with versions that hold nothing. */
export async function makeSecret(
  { owner, made, prefix, projectId }: Stage,
  role: string,
  versions = 0,
): Promise<string> {
  const name = `${prefix}-${role}`
  const secretId = await made.make('secret', name, () =>
    calling('create secret', () =>
      owner.secrets.createSecret({ name, projectId, tags: [], type: 'opaque', protected: false, description }),
    ),
  )
  for (let count = 0; count < versions; count++) await addVersion(owner, secretId)
  return secretId
}

/** Adds a version that holds nothing, as one bearer; gives its revision. */
export async function addVersion({ secrets }: Scaleway, secretId: string): Promise<number> {
  const data = Buffer.from('probe').toString('base64')
  return (await calling('create version', () => secrets.createSecretVersion({ secretId, data }))).revision
}

/** Waits until a call is allowed, and gives its result. */
export async function allowed<Result>(stage: Stage, what: string, call: () => Promise<Result>): Promise<Result> {
  const result = await allowedWithin(stage, stage.waitMs, what, call)
  if (result === 'refused') throw new UnclearError(`${what} was still refused after ${stage.waitMs / 1000} s`)
  return result
}

/** Tries a call until it is allowed. A refusal counts once it has lasted (docs/scaleway.md#propagation). */
export async function isAllowed(stage: Stage, what: string, call: () => Promise<unknown>): Promise<boolean> {
  return (await allowedWithin(stage, stage.limits.refusalMs, what, call)) !== 'refused'
}

async function allowedWithin<Result>(stage: Stage, limitMs: number, what: string, call: () => Promise<Result>) {
  const attempt = async () => {
    try {
      return { result: await call() }
    } catch (error) {
      if (error instanceof ApiError && isRefusal(error)) return undefined
      throw error
    }
  }
  const allowed = await until(stage, { what, limitMs, everyMs: 3_000 }, attempt)
  return allowed === undefined ? 'refused' : allowed.result
}

/** 404 as well: reads may answer it just after a create (docs/scaleway.md#propagation). */
function isRefusal({ status, type }: ApiError): boolean {
  return type !== 'quotas_exceeded' && (status === 401 || status === 403 || status === 404)
}
