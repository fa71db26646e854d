import * as v from 'valibot'

/** The fields of `npm start -- --json`, in their order. */
export const fieldNames = [
  'scaleway_url',
  'access_key',
  'secret_key',
  'organization_id',
  'project_id',
  'region',
  'secret_id',
  'application_id',
  'rotation_url',
  'retrieval_url',
  'operator_secret_key',
  'consumer_secret_key',
  'monitor_secret_key',
] as const

const form = v.strictObject(v.entriesFromList(fieldNames, v.string()))

/** Parses the output of `npm start -- --json`. */
export function readFields(stdout: string) {
  return v.parse(form, JSON.parse(stdout))
}
