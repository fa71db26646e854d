import type { Arguments } from '../http/arguments.ts'
import { invalidArgument, notModelled } from '../http/errors.ts'
import type { Target } from '../iam/authorization.ts'
import { SECRET_TYPES, type SecretRecord, type SecretType } from '../records.ts'
import type { Call } from '../router.ts'
import { getSecret } from './lookup.ts'

/** The path of the Secret Manager API (docs/scaleway.md#secrets). */
export const SECRET_MANAGER = '/secret-manager/v1beta1/regions/:region'

const REGIONS = ['fr-par', 'nl-ams', 'pl-waw']

/** The region of the path. */
export function regionOf(call: Call): string {
  const region = call.param('region')
  if (!REGIONS.includes(region)) throw invalidArgument('region', 'constraint', 'unknown region')
  return region
}

/** The secret that the path names; 404 comes before any check of rights. */
export function namedSecret(call: Call): SecretRecord {
  return getSecret(call.state, call.param('secretId'), regionOf(call))
}

/** What policies and conditions see of a secret: its name includes its path (docs/scaleway.md#conditions). */
export function targetOf({ id, projectId, path, name, region }: SecretRecord): Target {
  return { id, projectId, name: path === '/' ? `/${name}` : `${path}/${name}`, locality: region }
}

/**
 * What policies see of a list, which names no single secret, and therefore no `resource.id`
 * (docs/scaleway.md#conditions).
 */
export function listTarget({ projectId }: { projectId: string | undefined }): Target {
  return projectId === undefined ? {} : { projectId }
}

/** The type; opaque when left out or `unknown_type`, which SDKs send for it (docs/scaleway.md#provider-conventions). */
export function readType(text: string | undefined): SecretType {
  if (text === undefined || text === '' || text === 'unknown_type') return 'opaque'
  const type = SECRET_TYPES.find(candidate => candidate === text)
  if (type === undefined) throw invalidArgument('type', 'format')
  return type
}

/** Refuses with 501 what would otherwise have no effect here. */
export function refuseUnmodelled(body: Arguments): void {
  for (const field of ['ephemeral_policy', 'ephemeral_properties', 'key_id']) {
    if (body.has(field)) throw notModelled(`secrets with ${field}`)
  }
}
