import { invalidArgument, notFound } from '../http/errors.ts'
import type { Permission } from '../iam/permissions.ts'
import type { SecretRecord, VersionRecord } from '../records.ts'
import type { Call, Route } from '../router.ts'
import { listTarget, namedSecret, refuseUnmodelled, regionOf, SECRET_MANAGER, targetOf } from './arguments.ts'
import { liveSecrets } from './lookup.ts'
import { readPayload } from './payload.ts'
import { normalPath } from './secrets.ts'
import {
  accessVersion,
  addVersion,
  describeVersion,
  getVersion,
  listVersions,
  readVersion,
  restoreVersion,
  scheduleVersion,
  setEnabled,
  versionWire,
} from './versions.ts'

const VERSIONS = `${SECRET_MANAGER}/secrets/:secretId/versions`
const VERSION = `${VERSIONS}/:revision`
const BY_PATH = `${SECRET_MANAGER}/secrets-by-path/versions/:revision/access`

/** Versions of Secret Manager v1beta1 (docs/scaleway.md#version-calls). */
export const versionRoutes: readonly Route[] = [
  { operation: 'secrets.listVersions', method: 'GET', path: VERSIONS, handle: list },
  { operation: 'secrets.createVersion', method: 'POST', path: VERSIONS, handle: create },
  { operation: 'secrets.getVersion', method: 'GET', path: VERSION, handle: get },
  { operation: 'secrets.updateVersion', method: 'PATCH', path: VERSION, handle: update },
  { operation: 'secrets.deleteVersion', method: 'DELETE', path: VERSION, handle: remove },
  { operation: 'secrets.accessVersion', method: 'GET', path: `${VERSION}/access`, handle: access },
  { operation: 'secrets.accessVersionByPath', method: 'GET', path: BY_PATH, handle: accessByPath },
  { operation: 'secrets.enableVersion', method: 'POST', path: `${VERSION}/enable`, handle: enable },
  { operation: 'secrets.disableVersion', method: 'POST', path: `${VERSION}/disable`, handle: disable },
  { operation: 'secrets.restoreVersion', method: 'POST', path: `${VERSION}/restore`, handle: restore },
]

/**
 * A list: a condition sees no `resource.id` here, although the path names a secret (the harder reading,
 * docs/scaleway.md#conditions).
 */
function list(call: Call): object {
  const secret = namedSecret(call)
  call.require('list secret', listTarget(secret))
  const statuses = call.query.texts('status')?.filter(status => status !== 'unknown_status')
  const then = listVersions(call.state, secret.id, call.listedAtMilliseconds)
  const latest = then[0]?.revision ?? 0
  const wanted = then.filter(({ status }) => !statuses?.length || statuses.includes(status))
  const all = call.listed(wanted, ({ revision }) => `${secret.id}/${revision}`)
  return {
    versions: call.query.page(all).map(version => versionWire(version, secret.region, latest)),
    total_count: all.length,
  }
}

/**
 * `disable_previous` edits an older version, so it needs that right as well (the harder reading,
 * docs/scaleway.md#permission-sets).
 */
function create(call: Call): object {
  const secret = namedSecret(call)
  const { body } = call
  const disablePrevious = body.flag('disable_previous') ?? false
  const { resourceId } = call.state.readings
  call.require(
    'create secret_version',
    resourceId === 'absent-on-version-create' ? listTarget(secret) : targetOf(secret),
  )
  if (disablePrevious) call.require(switching(call), targetOf(secret))
  const payload = readPayload(secret.type, body.requiredText('data'), body.uint32('data_crc32'))
  const description = body.text('description')
  return wire(call, secret, addVersion(call.state, secret.id, { payload, description, disablePrevious }))
}

function get(call: Call): object {
  const secret = allowedSecret(call, 'read secret')
  return wire(call, secret, readVersion(call.state, secret.id, call.param('revision')))
}

function update(call: Call): object {
  const secret = allowedSecret(call, 'write secret_version')
  refuseUnmodelled(call.body)
  const version = getVersion(call.state, secret.id, call.param('revision'))
  const description = call.body.text('description') ?? version.description
  return wire(call, secret, describeVersion(call.state, secret.id, version.revision, description))
}

function remove(call: Call): undefined {
  const secret = allowedSecret(call, 'delete secret_version')
  scheduleVersion(call.state, secret.id, call.param('revision'))
}

function access(call: Call): object {
  return accessWire(call, mayAccess(call, namedSecret(call)))
}

function accessByPath(call: Call): object {
  const name = call.query.text('secret_name')
  if (name === undefined) throw invalidArgument('secret_name', 'required')
  const path = normalPath(call.query.text('secret_path') ?? '/')
  const projectId = call.query.text('project_id') ?? call.state.projectId
  const region = regionOf(call)
  const secret = liveSecrets(call.state).findLast(
    candidate =>
      candidate.name === name &&
      candidate.path === path &&
      candidate.projectId === projectId &&
      candidate.region === region,
  )
  if (secret === undefined) throw notFound('secret', name)
  return accessWire(call, mayAccess(call, secret))
}

function enable(call: Call): object {
  const secret = allowedSecret(call, switching(call))
  return wire(call, secret, setEnabled(call.state, secret.id, call.param('revision'), true))
}

function disable(call: Call): object {
  const secret = allowedSecret(call, switching(call))
  return wire(call, secret, setEnabled(call.state, secret.id, call.param('revision'), false))
}

function restore(call: Call): object {
  const secret = allowedSecret(call, 'restore secret_version')
  return wire(call, secret, restoreVersion(call.state, secret.id, call.param('revision')))
}

function switching({ state }: Call): Permission {
  return state.readings.disableVersion === 'full-access' ? 'switch secret_version' : 'write secret_version'
}

function mayAccess(call: Call, secret: SecretRecord): SecretRecord {
  const { resourceId } = call.state.readings
  call.require('access secret_version', resourceId === 'absent-on-access' ? listTarget(secret) : targetOf(secret))
  return secret
}

function allowedSecret(call: Call, permission: Permission): SecretRecord {
  const secret = namedSecret(call)
  call.require(permission, targetOf(secret))
  return secret
}

function wire({ state }: Call, { id, region }: SecretRecord, version: VersionRecord): object {
  return versionWire(version, region, listVersions(state, id)[0]?.revision ?? version.revision)
}

/** The checksum comes back only if the writer gave one (docs/scaleway.md#payloads). */
function accessWire(call: Call, secret: SecretRecord): object {
  const { version, payload } = accessVersion(call.state, secret.id, call.param('revision'))
  return {
    secret_id: secret.id,
    revision: version.revision,
    data: payload.base64,
    data_crc32: payload.crc32 ?? null,
    type: secret.type,
  }
}
