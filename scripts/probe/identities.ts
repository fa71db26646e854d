import type { Iamv1alpha1 } from '@scaleway/sdk'
import { calling } from '../../functions/rotation/scaleway/api-error.ts'
import { Secret } from '../../functions/shared/secret.ts'
import { onceThere } from './allowed.ts'
import type { Login } from './login.ts'
import { connect, type Scaleway } from './scaleway.ts'
import { description, type Stage, UnclearError } from './stage.ts'

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
    onceThere(stage, 'the new application', () =>
      calling('create policy', () =>
        owner.iam.createPolicy({ name, description, applicationId, rules: rules.map(withCondition) }),
      ),
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
