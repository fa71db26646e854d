# A deployment with every setting of the module, as a configuration of its own. Most need few of them: what is left out
# has the default that docs/settings.md names.

terraform {
  required_version = ">= 1.9"

  required_providers {
    scaleway = {
      source  = "scaleway/scaleway"
      version = "~> 2.81"
    }
  }
}

# Credentials and organization come from SCW_ACCESS_KEY, SCW_SECRET_KEY and SCW_DEFAULT_ORGANIZATION_ID, or from scw's
# config file.
provider "scaleway" {
  project_id = var.project_id
  region     = "fr-par"
}

# An application and a secret that are there already, or that this configuration makes, as here.
resource "scaleway_iam_application" "mailer" {
  name        = "mailer"
  description = "Sends our mail, with a key that is rotated"
}

resource "scaleway_secret" "mailer" {
  name        = "mailer-key"
  description = "The key of mailer: API_KEY and SECRET_KEY"
  project_id  = var.mail_project_id
  type        = "key_value"
}

module "key_rotation" {
  # In a configuration of your own, a release with its checksum from SHA256SUMS:
  # source = "https://github.com/OWNER/REPOSITORY/releases/download/v1.0.0/module.zip?checksum=sha256:…"
  source = "../.."

  # ---------------------------------------------------------------------------------------------- where, and with what

  scw_project_id = var.project_id             # of the functions; best one of its own
  scw_api_url    = "https://api.scaleway.com" # what the functions call
  prefix         = "prod-keys"                # of all names; changing it changes both URLs
  tags           = ["team=platform", "env=production"]

  # -------------------------------------------------------------------------------------------------------------- keys

  keys = {
    # All that a key may say for itself. What it leaves out is the setting of that name below.
    billing = {
      permission_set_names              = ["ObjectStorageObjectsRead", "ObjectStorageObjectsWrite"]
      organization_permission_set_names = ["BillingReadOnly"]
      default_project_id                = var.billing_project_id
      secret_protected                  = true
      consumers                         = ["billing-api", "billing-worker"]
      cron_schedule                     = "0 3 * * 1" # each Monday
      overlap_hours                     = 48
      max_key_age_days                  = 9
      key_lifetime_days                 = 30
      keep_versions                     = 4
    }

    # An application and a secret of your own; the secret is in another project. What the application may do, you say.
    mailer = {
      application          = { id = scaleway_iam_application.mailer.id }
      secret               = { id = scaleway_secret.mailer.id, project_id = var.mail_project_id }
      permission_set_names = []
      consumers            = ["mailer"]
    }

    # Everything as the settings below say.
    reports = {
      consumers = ["reports"]
    }
  }
  api_key_quota = 100 # what the organization's quota was raised to

  # --------------------------------------------------------------------------------------------------------------- who

  # With one key only; with several, each has its own application, and names its consumers.
  application_id = null
  consumers      = ["app"]

  # Of the applications that are made here, in the project that they work in.
  permission_set_names              = ["ObjectStorageObjectsRead"]
  organization_permission_set_names = []
  default_project_id                = var.reports_project_id

  consumer_cidrs      = ["51.15.0.0/16", "2001:bc8:1234::/48"] # public addresses that consumers call from
  monitors            = ["uptime"]                             # poll the status, and never get a key
  operator_key_sha256 = [var.operator_key_sha256]              # operators have keys of their own; none is made
  send_caller_key     = false                                  # true if `npm run smoke` sees no credential arrive

  # The functions' keys are replaced by an apply in each quarter, those of callers while two generations are accepted.
  # What neither of the two gives an end has function_key_expires_at.
  function_key_months      = 3
  function_key_expires_at  = "2030-12-31T00:00:00Z"
  consumer_key_generations = [1, 2]
  consumer_key_expires_at  = { "2" = "2031-12-31T00:00:00Z" }
  credential_max_age_days  = 180 # past it, an alarm of the status

  # For a platform that allows less than is documented; `npm run smoke` names the one that is needed.
  bind_to_secrets               = true # false: rotator and reader may reach every secret of the project
  rotator_extra_permission_sets = []   # for example ["IAMReadOnly"]

  # -------------------------------------------------------------------------------------------------------------- what

  secret_id        = null # with one key only; with several, each key's secret
  secret_protected = true # of the secrets that are made here; set false and apply before a destroy

  # -------------------------------------------------------------------------------------------------------------- code

  rotation_memory_limit   = 512
  rotation_timeout        = 600
  retrieval_memory_limit  = 256
  retrieval_timeout       = 30
  retrieval_min_scale     = 1  # one instance is kept warm
  retrieval_cache_seconds = 30 # how long a revoked key may still be handed out
  retrieval_stale_seconds = 600

  # ----------------------------------------------------------------------------------------------------- notifications

  notification_url    = var.notification_url
  notification_secret = var.notification_secret
  heartbeat_url       = var.heartbeat_url

  # -------------------------------------------------------------------------------------------------------------- when

  rotation_enabled     = true
  cron_schedule        = "0 2 1,15 * *" # every two weeks, UTC
  maintenance_schedule = "17 * * * *"   # clean-up and repair
  max_key_age_days     = 20
  overlap_hours        = 72 # consumers must fetch more often than that
  key_lifetime_days    = 60
  keep_versions        = 3
}

# ------------------------------------------------------------------------------------- what differs from place to place

variable "project_id" {
  type        = string
  description = "Project of the functions and of the secrets that are made."
}

variable "billing_project_id" {
  type        = string
  description = "Project that the billing application works in."
}

variable "mail_project_id" {
  type        = string
  description = "Project of the mailer's secret."
}

variable "reports_project_id" {
  type        = string
  description = "Project that the reports application works in."
}

variable "operator_key_sha256" {
  type        = string
  description = "SHA-256 (hex) of the operator's secret key."
}

# From the environment: TF_VAR_notification_url and its siblings. Such addresses often hold a token.
variable "notification_url" {
  type        = string
  description = "Where the rotation function reports what it did and what failed."
  sensitive   = true
}

variable "notification_secret" {
  type        = string
  description = "What signs the reports: whsec_ and the base64 of at least 24 bytes."
  sensitive   = true
}

variable "heartbeat_url" {
  type        = string
  description = "What is asked after each healthy hourly run."
  sensitive   = true
}

# `npm run smoke` and `npm run status` read the outputs of the folder that they are told.
output "rotation_url" {
  description = "POST rotates, GET gives the status."
  value       = module.key_rotation.rotation_url
}

output "retrieval_url" {
  description = "Below it, at a key's name, a consumer gets that key."
  value       = module.key_rotation.retrieval_url
}

output "keys" {
  description = "Of each key, by name: ids, consumers, schedule, address and commands."
  value       = module.key_rotation.keys
}

output "caller_headers" {
  description = "Headers that each caller sends its key in."
  value       = module.key_rotation.caller_headers
}

output "consumer_secret_keys" {
  description = "What each consumer calls with, by name."
  value       = module.key_rotation.consumer_secret_keys
  sensitive   = true
}

output "monitor_secret_keys" {
  description = "What each monitor calls with, by name."
  value       = module.key_rotation.monitor_secret_keys
  sensitive   = true
}

output "policies" {
  description = "What each application that is made here may do, for smoke to compare."
  value       = module.key_rotation.policies
}

output "operator_secret_key" {
  description = "Null: operators have keys of their own."
  value       = module.key_rotation.operator_secret_key
  sensitive   = true
}
