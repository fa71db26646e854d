import * as v from 'valibot'
import type { Stage } from './stage.ts'

const form = v.object({
  values: v.optional(
    v.object({
      root_module: v.object({
        resources: v.optional(
          v.array(v.object({ address: v.string(), type: v.string(), values: v.record(v.string(), v.unknown()) })),
          [],
        ),
      }),
    }),
  ),
})

/** Gives the resources in a stage's state, data sources included. */
export async function resourcesIn(stage: Pick<Stage, 'state'>) {
  return v.parse(form, JSON.parse(await stage.state())).values?.root_module.resources ?? []
}

/** Gives the secret key of every API key in the state by its name in main.tf, such as `rotator` or `consumer["app"]`. */
export async function secretKeysIn(stage: Pick<Stage, 'state'>): Promise<SecretKeys> {
  const keys = (await resourcesIn(stage))
    .filter(({ type }) => type === 'scaleway_iam_api_key')
    .map(({ address, values }) => [
      address.replace('scaleway_iam_api_key.', ''),
      v.parse(v.string(), values.secret_key),
    ])
  return v.parse(secretKeys, Object.fromEntries(keys))
}

const secretKeys = v.objectWithRest({ rotator: v.string(), reader: v.string() }, v.string())

/** Secret keys by the name of their resource; those of the functions always exist. */
type SecretKeys = v.InferOutput<typeof secretKeys>
