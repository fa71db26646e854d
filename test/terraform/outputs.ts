import * as v from 'valibot'

const text = v.object({ value: v.string() })
// Terraform leaves out what is null: with several keys all that is one key's.
const oneKeys = v.optional(text)
const keys = v.optional(v.object({ value: v.record(v.string(), v.string()) }), { value: {} })
const keyForm = {
  application_id: v.string(),
  secret_id: v.string(),
  region: v.string(),
  consumers: v.array(v.string()),
  rotation_schedule: v.nullable(v.string()),
  retrieval_url: v.string(),
  rotate_command: v.string(),
  fetch_command: v.string(),
}
const form = v.object({
  rotation_url: text,
  retrieval_url: text,
  secret_id: oneKeys,
  application_id: oneKeys,
  rotate_command: oneKeys,
  fetch_command: oneKeys,
  // A deployment of 0.1 has neither.
  keys: v.optional(v.object({ value: v.record(v.string(), v.object(keyForm)) }), { value: {} }),
  caller_headers: v.optional(v.object({ value: v.array(v.string()) }), { value: [] }),
  operator_secret_key: v.optional(v.object({ value: v.nullable(v.string()) }), { value: null }),
  consumer_secret_keys: keys,
  monitor_secret_keys: keys,
})

/** Reads `terraform output -json` of an applied deployment: each output's value, an absent one as null or empty. */
export function readOutputs(json: string) {
  const all = v.parse(form, JSON.parse(json))
  return {
    rotationUrl: all.rotation_url.value,
    retrievalUrl: all.retrieval_url.value,
    keys: all.keys.value,
    // Empty with several keys.
    secretId: all.secret_id?.value ?? '',
    applicationId: all.application_id?.value ?? '',
    rotateCommand: all.rotate_command?.value ?? '',
    fetchCommand: all.fetch_command?.value ?? '',
    callerHeaders: all.caller_headers.value,
    operatorKey: all.operator_secret_key.value,
    consumerKeys: all.consumer_secret_keys.value,
    monitorKeys: all.monitor_secret_keys.value,
  }
}

/** The outputs of an applied deployment. */
export type Outputs = ReturnType<typeof readOutputs>
