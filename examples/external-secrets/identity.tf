# tflint-ignore-file: terraform_required_version, terraform_required_providers # versions.tf beside main.tf says both
# Copy this beside main.tf: an identity for External Secrets that reads the secrets of the keys that are named here.
locals {
  external_secrets_keys = ["default"]

  external_secrets          = [for name in local.external_secrets_keys : local.secrets[name]]
  external_secrets_projects = distinct([for secret in local.external_secrets : secret.project_id])
  external_secrets_only     = join(" || ", [for secret in local.external_secrets : "resource.id == \"${secret.id}\""])
}

resource "scaleway_iam_application" "external_secrets" {
  name        = "${var.prefix}-external-secrets"
  description = "External Secrets, which reads API keys that ${var.prefix} rotates"
  tags        = var.tags
}

resource "scaleway_iam_policy" "external_secrets" {
  name           = "${var.prefix}-external-secrets"
  description    = "What External Secrets may do"
  application_id = scaleway_iam_application.external_secrets.id
  tags           = var.tags

  rule {
    project_ids = local.external_secrets_projects
    permission_set_names = [
      "SecretManagerReadOnly", # ask which version is the newest enabled one; list secrets, as a check of the store
    ]
    # Listing names no single secret, and a bare resource.id refuses it.
    condition = "${local.external_secrets_only} || !has(resource.id)"
  }

  rule {
    project_ids = local.external_secrets_projects
    permission_set_names = [
      "SecretManagerSecretAccess", # read what that version holds
    ]
    condition = local.external_secrets_only
  }
}

resource "scaleway_iam_api_key" "external_secrets" {
  application_id = scaleway_iam_application.external_secrets.id
  description    = "External Secrets, for ${var.prefix}"
  expires_at     = var.function_key_expires_at

  lifecycle {
    create_before_destroy = true
  }
}

output "external_secrets_access_key" {
  description = "For the Kubernetes secret rotated-key-reader."
  value       = scaleway_iam_api_key.external_secrets.access_key
}

output "external_secrets_secret_key" {
  description = "For the Kubernetes secret rotated-key-reader."
  value       = scaleway_iam_api_key.external_secrets.secret_key
  sensitive   = true
}
