import { type Env, jsonObject, readEach } from '../shared/env.ts'
import { list, textForm } from '../shared/form.ts'
import { accessKey, uuid } from '../shared/formats.ts'

/** An IAM application that the deployment made for itself, and the keys that it made for it. */
export interface Identity {
  readonly name: string
  readonly applicationId: string
  readonly accessKeys: readonly string[]
}

/** The form of a variable `IDENTITY_<NAME>`; docs/settings.md is generated from it. */
export const identityVariable = jsonObject({
  name: textForm(text => text, 'text'),
  application_id: uuid,
  access_keys: list(accessKey, 'a list of access keys'),
})

/**
 * Reads the deployment's own identities, one from each variable `IDENTITY_<NAME>`.
 * @throws {MisconfiguredError} naming the variable that is malformed
 */
export function readIdentities(env: Env): Identity[] {
  return [...readEach(env, 'IDENTITY_', identityVariable).values()].map(({ name, application_id, access_keys }) => ({
    name,
    applicationId: application_id,
    accessKeys: access_keys,
  }))
}
