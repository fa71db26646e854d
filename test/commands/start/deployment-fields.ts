import * as v from 'valibot'

/** The fields of `npm start -- --json` that are text, in their order; `keys` is the last one. */
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
  'page_url',
] as const

/** Those that are one key's: they are left out with several. */
const ofOneKey = ['secret_id', 'application_id', 'consumer_secret_key'] as const

const keys = v.record(
  v.string(),
  v.strictObject({
    application_id: v.string(),
    secret_id: v.string(),
    consumer_secret_keys: v.record(v.string(), v.string()),
    retrieval_url: v.string(),
  }),
)
const form = v.strictObject({ ...v.entriesFromList(fieldNames, v.string()), keys })
const formOfSeveral = v.omit(form, ofOneKey)

/** Parses the output of `npm start -- --json`. */
export function readFields(stdout: string) {
  return v.parse(form, JSON.parse(stdout))
}

/** Parses it where `--keys` named several. */
export function readFieldsOfSeveral(stdout: string) {
  return v.parse(formOfSeveral, JSON.parse(stdout))
}
