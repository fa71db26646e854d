output "rotation_url" {
  description = "POST rotates, GET gives the status."
  value       = "${local.scheme}://${scaleway_function.rotation.domain_name}"
}

output "retrieval_url" {
  description = "GET gives a consumer the key."
  value       = "${local.scheme}://${scaleway_function.retrieval.domain_name}"
}

output "secret_id" {
  description = "The secret that holds the key (bare UUID), to give back as secret_id after a restore."
  value       = local.secret_id
}

output "region" {
  description = "Region of the secret, which every call to Secret Manager names."
  value       = local.secret_region
}

output "rotation_schedule" {
  description = "When the CRON rotates (five fields, UTC); null when rotation_enabled is false: nothing comes by itself then."
  value       = var.rotation_enabled ? var.cron_schedule : null
}

output "application_id" {
  description = "The application whose key is rotated: attach policies to it."
  value       = local.application_id
}

output "operator_secret_key" {
  description = "Secret key that the operator calls with; null when operator_key_sha256 names your own."
  value       = one(scaleway_iam_api_key.operator[*].secret_key)
  sensitive   = true
}

output "consumer_secret_keys" {
  description = "Secret key that each consumer calls with, by name."
  value       = { for name, key in scaleway_iam_api_key.consumer : name => key.secret_key }
  sensitive   = true
}

output "monitor_secret_keys" {
  description = "Secret key that each monitor calls with, by name."
  value       = { for name, key in scaleway_iam_api_key.monitor : name => key.secret_key }
  sensitive   = true
}

output "caller_headers" {
  description = "Headers to send the key in, all of them in each call (Authorization: Bearer KEY, the others: KEY). Smoke and status read this."
  value       = local.caller_headers
}

output "rotate_command" {
  description = "Rotates now, with force: without it, a request within ten minutes of another rotation answers `recent`. Paste it. It reads the token from `terraform output`, or `tofu output` where only that is installed (or from $TOKEN, with operators of your own) and never contains it."
  value       = "${local.operator_key} | ${local.as_headers} | curl -sS -H @- -H 'Content-Type: application/json' -d '{\"action\": \"rotate\", \"force\": true}' ${local.scheme}://${scaleway_function.rotation.domain_name}"
}

output "fetch_command" {
  description = "Fetches the key as the first consumer (as the operator, if there is none); paste it. It prints the key."
  value       = "${local.consumer_key} | ${local.as_headers} | curl -sS -H @- ${local.scheme}://${scaleway_function.retrieval.domain_name}"
}

locals {
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
  consumer_key = (
    length(var.consumers) == 0
    ? local.operator_key
    : "${local.read_output} -json consumer_secret_keys | node -p 'JSON.parse(fs.readFileSync(0))[\"${try(sort(var.consumers)[0], "")}\"]'"
  )
}
