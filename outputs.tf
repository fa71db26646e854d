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

output "application_id" {
  description = "The application whose key is rotated: attach policies to it."
  value       = local.application_id
}

output "operator_secret_key" {
  description = "X-Auth-Token of the operator; null when operator_key_sha256 names your own."
  value       = one(scaleway_iam_api_key.operator[*].secret_key)
  sensitive   = true
}

output "consumer_secret_keys" {
  description = "X-Auth-Token of each consumer, by name."
  value       = { for name, key in scaleway_iam_api_key.consumer : name => key.secret_key }
  sensitive   = true
}

output "monitor_secret_keys" {
  description = "X-Auth-Token of each monitor, by name."
  value       = { for name, key in scaleway_iam_api_key.monitor : name => key.secret_key }
  sensitive   = true
}

output "rotate_command" {
  description = "Rotates now; paste it. It reads the token from `terraform output` (or from $TOKEN, with operators of your own) and never contains it."
  value       = "${local.operator_header} | curl -sS -X POST -H @- ${local.scheme}://${scaleway_function.rotation.domain_name}"
}

output "fetch_command" {
  description = "Fetches the key as the first consumer (as the operator, if there is none); paste it. It prints the key."
  value       = "${local.consumer_header} | curl -sS -H @- ${local.scheme}://${scaleway_function.retrieval.domain_name}"
}

locals {
  scheme = startswith(coalesce(var.scw_api_url, "https"), "http://") ? "http" : "https"

  # A header that curl reads from a pipe, because its arguments are visible to every process of the machine.
  operator_header = (
    length(var.operator_key_sha256) == 0
    ? "printf 'X-Auth-Token: %s' \"$(terraform output -raw operator_secret_key)\""
    : "printf 'X-Auth-Token: %s' \"$TOKEN\""
  )

  # `terraform output -raw` knows no maps; Node is there, it built the functions.
  consumer_header = (
    length(var.consumers) == 0
    ? local.operator_header
    : "terraform output -json consumer_secret_keys | node -p '\"X-Auth-Token: \" + JSON.parse(fs.readFileSync(0))[\"${try(sort(var.consumers)[0], "")}\"]'"
  )
}
