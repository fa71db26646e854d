output "rotation_url" {
  description = "POST rotates, GET gives the status; with several keys at the key's name below it, or of all."
  value       = local.rotation_url
}

output "retrieval_url" {
  description = "GET gives a consumer the key; below it, at the key's name, that key."
  value       = local.retrieval_url
}

output "keys" {
  description = "Of each key, by name: application_id (attach policies to it), secret_id (bare UUID, to give back after a restore), region of the secret, consumers, rotation_schedule (null when rotation_enabled is false), retrieval_url, and two commands to paste, rotate_command and fetch_command."
  value       = local.key_outputs
}

output "secret_id" {
  description = "The secret that holds the key (bare UUID), to give back as secret_id after a restore. With several keys null, as all that is one key's: see keys."
  value       = one(local.only_key[*].secret_id)
}

output "region" {
  description = "Region of the secret, which every call to Secret Manager names; null with several keys."
  value       = one(local.only_key[*].region)
}

output "rotation_schedule" {
  description = "When the CRON rotates (five fields, UTC); null with several keys, and when rotation_enabled is false: nothing comes by itself then."
  value       = one(local.only_key[*].rotation_schedule)
}

output "application_id" {
  description = "The application whose key is rotated: attach policies to it. Null with several keys."
  value       = one(local.only_key[*].application_id)
}

output "operator_secret_key" {
  description = "Secret key that the operator calls with, of the highest of consumer_key_generations; null when operator_key_sha256 names your own."
  value       = one([for name, key in local.newest_keys : key if name == "operator"])
  sensitive   = true
}

output "consumer_secret_keys" {
  description = "Secret key that each consumer calls with, by name, of the highest of consumer_key_generations."
  value       = { for name in local.consumers : name => local.newest_keys["consumer-${name}"] }
  sensitive   = true
}

output "monitor_secret_keys" {
  description = "Secret key that each monitor calls with, by name, of the highest of consumer_key_generations."
  value       = { for name in var.monitors : name => local.newest_keys["monitor-${name}"] }
  sensitive   = true
}

output "policies" {
  description = "Who may do what, as this module grants it: organization_id, and of each application that is made here (bearers only with permission sets of their own) its id, the id of its policy, and that policy's rules. Smoke holds the live policies against it."
  value = {
    organization_id = local.organization_id
    applications = merge(
      { rotator = { application_id = scaleway_iam_application.rotator.id, policy_id = scaleway_iam_policy.rotator.id, rules = local.rotator_rules } },
      { reader = { application_id = scaleway_iam_application.reader.id, policy_id = scaleway_iam_policy.reader.id, rules = local.reader_rules } },
      { for name, rules in local.caller_rules : name => { application_id = local.made_callers[name].application_id, policy_id = scaleway_iam_policy.caller[name].id, rules = rules } },
      { for name, rules in local.bearer_rules : "bearer-${name}" => { application_id = local.application_ids[name], policy_id = scaleway_iam_policy.bearer[name].id, rules = rules } },
    )
  }
}

output "caller_headers" {
  description = "Headers to send the key in, all of them in each call (Authorization: Bearer KEY, the others: KEY). Smoke and status read this."
  value       = local.caller_headers
}

output "rotate_command" {
  description = "Rotates now, with force: without it, a request within ten minutes of another rotation answers `recent`. Paste it. It reads the token from `terraform output`, or `tofu output` where only that is installed (or from $TOKEN, with operators of your own) and never contains it. Null with several keys."
  value       = one(local.only_key[*].rotate_command)
}

output "fetch_command" {
  description = "Fetches the key as its first consumer (as the operator, if there is none); paste it. It prints the key. Null with several keys."
  value       = one(local.only_key[*].fetch_command)
}

locals {
  rotation_url  = "${local.scheme}://${scaleway_function.rotation.domain_name}"
  retrieval_url = "${local.scheme}://${scaleway_function.retrieval.domain_name}"

  # What is to be pasted names the key: with a second one the root address means another thing.
  key_outputs = { for name, key in local.keys : name => {
    application_id    = local.application_ids[name]
    secret_id         = local.secrets[name].id
    region            = local.secrets[name].region
    consumers         = sort(key.consumers)
    rotation_schedule = var.rotation_enabled ? key.cron_schedule : null
    retrieval_url     = "${local.retrieval_url}/${name}"
    rotate_command    = "${local.operator_key} | ${local.as_headers} | curl -sS -H @- -H 'Content-Type: application/json' -d '{\"action\": \"rotate\", \"force\": true}' ${local.rotation_url}/${name}"
    fetch_command     = "${local.consumer_keys[name]} | ${local.as_headers} | curl -sS -H @- ${local.retrieval_url}/${name}"
  } }
  only_key = [for key in local.key_outputs : key if length(local.keys) == 1]

  scheme = startswith(coalesce(var.scw_api_url, "https"), "http://") ? "http" : "https"

  caller_headers = concat(["X-Auth-Token", "Authorization"], var.send_caller_key ? ["X-Caller-Key"] : [])

  # A key becomes headers that curl reads from a pipe, because its arguments are visible to every process of the machine.
  as_headers = "awk '{ ${join("; ", local.header_lines)} }'"
  header_lines = [
    for name in local.caller_headers : "print \"${name}: ${name == "Authorization" ? "Bearer " : ""}\" $0"
  ]

  # Whichever of the two is installed.
  read_output = "\"$(command -v terraform || command -v tofu)\" output"

  operator_key = (
    length(var.operator_key_sha256) == 0
    ? "${local.read_output} -raw operator_secret_key"
    : "printf %s \"$TOKEN\""
  )

  # `terraform output -raw` knows no maps; Node is there, it built the functions.
  consumer_keys = { for name, key in local.keys : name => (
    length(key.consumers) == 0
    ? local.operator_key
    : "${local.read_output} -json consumer_secret_keys | node -p 'JSON.parse(fs.readFileSync(0))[\"${try(sort(key.consumers)[0], "")}\"]'"
  ) }
}
