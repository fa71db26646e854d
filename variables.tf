# Each validation stands where a wrong value would cost an outage, and says which. What must be true of each key stands in
# main.tf (key_rules), once for these variables and the attributes of keys.

# -------------------------------------------------------------------------------------------------------------- where

variable "scw_project_id" {
  type        = string
  description = "Project to deploy to, best one of its own: every holder of FunctionsPrivateAccess in a project may call every private function in it. Null: the provider's (SCW_DEFAULT_PROJECT_ID or scw's config file)."
  default     = null
}

variable "scw_api_url" {
  type        = string
  description = "Another Scaleway for provider and functions alike, such as the local one of `npm run scaleway`. Null: https://api.scaleway.com. (SCW_API_URL in the environment reaches the provider only, never the functions. The module tells the functions alone: give its provider the same api_url.)"
  default     = null

  validation {
    condition     = var.scw_api_url == null || can(regex("^(https://[^\\s/@?#]+|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?)(/[^\\s?#]*[^\\s/?#])?$", var.scw_api_url))
    error_message = "scw_api_url must be an https URL without user and password (http only to loopback) and without a slash at its end: with anything else both functions answer 500 misconfigured. Over http, each call would show a secret key to the network."
  }
}

variable "prefix" {
  type        = string
  description = "What every name begins with. Changing it replaces the namespace and both functions, so both URLs change and every consumer must be given the new one."
  default     = "key-rotation"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", var.prefix))
    error_message = "prefix must be 1 to 20 lower-case letters, digits and hyphens, beginning with a letter: it becomes part of the functions' domain names, which end at 63 characters."
  }
}

variable "tags" {
  type        = list(string)
  description = "Tags of everything but the functions (the provider never sends a change of a function's tags) and API keys (which have none)."
  default     = []

  validation {
    condition     = alltrue([for tag in var.tags : can(regex("^[a-zA-Z0-9._\\-/=+@ ]+$", tag))])
    error_message = "Each of tags must be letters, digits, spaces and . _ - / = + @ (no colon): IAM refuses any other with 400, and the apply stops half-way."
  }
}

# --------------------------------------------------------------------------------------------------------------- keys

variable "keys" {
  type = map(object({
    application                       = optional(object({ id = string }))
    secret                            = optional(object({ id = string, project_id = optional(string) }))
    permission_set_names              = optional(set(string))
    organization_permission_set_names = optional(set(string))
    default_project_id                = optional(string)
    secret_protected                  = optional(bool)
    consumers                         = optional(set(string))
    cron_schedule                     = optional(string)
    overlap_hours                     = optional(number)
    max_key_age_days                  = optional(number)
    key_lifetime_days                 = optional(number)
    keep_versions                     = optional(number)
  }))
  description = "The keys that are rotated, by name. Of each, what is left out is the variable of the same name: permission_set_names, organization_permission_set_names, default_project_id, secret_protected, consumers (to be stated with more than one key), cron_schedule, overlap_hours, max_key_age_days, key_lifetime_days, keep_versions. An existing application is given as application = { id = … }, an existing secret as secret = { id = … }, also by resources of the same apply; then a secret in another project than the one deployed to needs its project_id as well. One reader credential reads all keys of the deployment, and between consumers the retrieval function's own check is the wall: who needs a stronger one makes several deployments. A key that is removed dies at once: the functions let go of it, then the application and the secret that were made for it are deleted, and with the application every key of it. A key gets another name by moved blocks for scaleway_iam_application.bearer, scaleway_iam_policy.bearer and scaleway_secret.rotated, from [\"old\"] to [\"new\"]; without them it is removed and another one made. Its consumers fetch it by its new name then."
  default     = { default = {} }
  nullable    = false

  validation {
    condition     = length(var.keys) >= 1 && length(var.keys) <= 40
    error_message = "keys must name 1 to 40 keys: without one both functions answer 500 misconfigured, and with more an hourly run does not reach all of them. Make several deployments."
  }
}

variable "api_key_quota" {
  type        = number
  description = "How many API keys the organization may have (Scaleway's default quota is 50). Each of keys needs two at a time, each identity of the deployment one. The plan refuses more keys than fit, and the status shows how many there are."
  default     = 50

  validation {
    condition     = var.api_key_quota >= 1 && var.api_key_quota <= 10000 && floor(var.api_key_quota) == var.api_key_quota
    error_message = "api_key_quota must be a whole number from 1 to 10000: with anything else the rotation function answers 500 misconfigured, and nothing rotates."
  }
}

# ----------------------------------------------------------------------------------------------------------------- who

variable "application_id" {
  type        = string
  description = "IAM application whose key is rotated. Null: one is made. An existing one is left as it is, and survives `terraform destroy`, with its last rotated key until that expires. Must be known before the apply: one of the same apply is given as keys = { default = { application = … } }."
  default     = null

  validation {
    condition     = var.application_id == null || length(var.keys) == 1
    error_message = "application_id is for one key: with several, each would take the keys of the others for leftovers, and both functions answer 500 misconfigured. Give it to one of keys, as application = { id = … }."
  }
}

variable "permission_set_names" {
  type        = set(string)
  description = "Project-scoped permission sets of the application that is made here, in default_project_id. Empty, together with organization_permission_set_names: no policy; attach your own to the output application_id (keys, with several)."
  default     = []
}

variable "organization_permission_set_names" {
  type        = set(string)
  description = "Organization-scoped permission sets of the application that is made here. A list of its own, because IAM refuses a rule that mixes sets of both scopes."
  default     = []
}

variable "default_project_id" {
  type        = string
  description = "Project that your application works in: the default project of the rotated key, and where permission_set_names hold. Null: the project deployed to."
  default     = null
}

variable "consumers" {
  type        = set(string)
  description = "Names of the applications that fetch the key; each gets a credential of its own (output consumer_secret_keys), one also for several keys. A name that is removed is refused at once."
  default     = ["app"]

  validation {
    condition = length(distinct([
      for name in concat(
        distinct(flatten([for key in var.keys : tolist(key.consumers == null ? var.consumers : key.consumers)])),
        tolist(var.monitors), ["operator"], [for index, hash in var.operator_key_sha256 : "operator-${index + 1}"],
      ) : upper(replace(name, "/[^A-Za-z0-9]/", "_"))
      ])) == (
      length(distinct(flatten([for key in var.keys : tolist(key.consumers == null ? var.consumers : key.consumers)]))) +
      length(var.monitors) + 1 + length(var.operator_key_sha256)
    )
    error_message = "No two of monitors and the consumers of all keys may have the same name, capitals and the characters . _ - aside, and none may be called operator: the functions tell callers apart by it, and would answer 500 misconfigured, or know only one of the two."
  }
}

variable "consumer_cidrs" {
  type        = list(string)
  description = "Public address ranges that consumers call from; empty: from anywhere. Operator and monitors are not bound to them."
  default     = []

  validation {
    condition     = alltrue([for cidr in var.consumer_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Each of consumer_cidrs must be a range such as 51.15.0.0/16 or 2001:db8::/32: IAM takes any text and matches no address, so every consumer would be refused."
  }

  validation {
    condition = !anytrue([
      for cidr in var.consumer_cidrs : can(regex("^(10\\.|192\\.168\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|[fF][cdCD])", cidr))
    ])
    error_message = "consumer_cidrs must be public: IAM sees the address that a call arrives from, never a private one, so every consumer would be refused. Name the address of your NAT gateway."
  }

  validation {
    condition     = length(join(" || ", [for cidr in var.consumer_cidrs : "inIpRange(request.ip, \"${cidr}\")"])) <= 2048
    error_message = "consumer_cidrs must fit into one condition of 2048 characters (about 45 ranges): IAM refuses a longer one, and the apply stops half-way. Join ranges."
  }
}

variable "monitors" {
  type        = set(string)
  description = "Names of monitors that poll the status; each gets a credential of its own (output monitor_secret_keys), which retrieval refuses."
  default     = []

  validation {
    condition     = alltrue([for name in var.monitors : can(regex("^[A-Za-z0-9_.-]{1,32}$", name))])
    error_message = "A monitor's name must be 1 to 32 letters, digits, dots, underscores or hyphens: with any other, both functions answer 500 misconfigured to everybody."
  }

  validation {
    condition     = length(setintersection(var.monitors, ["__proto__", "constructor", "prototype"])) == 0
    error_message = "A monitor cannot be named __proto__, constructor or prototype: JavaScript reserves these names, and both functions would answer 500 misconfigured."
  }
}

variable "operator_key_sha256" {
  type        = list(string)
  description = "SHA-256 (hex) of each operator's IAM secret key: `printf %s \"$SECRET_KEY\" | sha256sum`. Their bearers need FunctionsPrivateAccess in the project. Empty: one operator identity is made, with a key (output operator_secret_key)."
  default     = []

  validation {
    condition     = alltrue([for hash in var.operator_key_sha256 : can(regex("^[0-9a-f]{64}$", hash))])
    error_message = "Each of operator_key_sha256 must be 64 lower-case hex digits, the SHA-256 hash of a secret key and never the key itself: with anything else both functions answer 500 misconfigured."
  }

  validation {
    condition     = !contains(var.operator_key_sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    error_message = "operator_key_sha256 holds the hash of an empty text: $SECRET_KEY was not set where sha256sum ran, and no operator would be recognised."
  }

  validation {
    condition     = length(distinct(var.operator_key_sha256)) == length(var.operator_key_sha256)
    error_message = "operator_key_sha256 must name each operator once: with a hash given twice both functions answer 500 misconfigured."
  }
}

variable "send_caller_key" {
  type        = bool
  description = "Whether callers also send their key as X-Caller-Key, for a platform that keeps both X-Auth-Token and Authorization to itself: then no credential arrives inside the functions, and they answer 403 no-credential (`npm run smoke` says so). It changes the outputs rotate_command, fetch_command and caller_headers alone; to the examples the same is the environment variable SEND_CALLER_KEY=true."
  default     = false
  nullable    = false
}

variable "bind_to_secrets" {
  type        = bool
  description = "Whether the rights of rotator and reader on Secret Manager hold for the secrets of the keys alone, by conditions on resource.id. False, for a platform that does not name the secret in the calls it is asked to allow (`npm run smoke` says so, where reading or publishing is refused with 403): they hold for every secret of the project, so deploy to a project that has no others."
  default     = true
  nullable    = false
}

variable "rotator_extra_permission_sets" {
  type        = set(string)
  description = "Permission sets that the rotator has besides its own, for a platform that asks for more than is documented: SecretManagerFullAccess where disabling a version is refused with 403 (on the secrets of the keys; with it, a thief of the rotator's key can read them), IAMApplicationReadOnly or IAMReadOnly where listing keys is."
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.rotator_extra_permission_sets, ["SecretManagerFullAccess", "IAMApplicationReadOnly", "IAMReadOnly"])) == 0
    error_message = "Each of rotator_extra_permission_sets must be SecretManagerFullAccess, IAMApplicationReadOnly or IAMReadOnly: the rotator has no use for another, and a thief of its key would have it too."
  }
}

variable "function_key_months" {
  type        = number
  description = "How many months make a period in which somebody applies: rotator and reader get keys that end at the end of the next one, by the calendar (UTC; periods of 3 begin in January, April, July and October). A plan within a period changes nothing, the first apply of the next one replaces both keys, and no call is refused. 0: never; they end at function_key_expires_at, if that is set."
  default     = 0

  validation {
    condition     = var.function_key_months >= 0 && var.function_key_months <= 24 && floor(var.function_key_months) == var.function_key_months
    error_message = "function_key_months must be a whole number from 0 to 24: with a fraction no end can be computed, and with more a leaked key would work for over four years."
  }
}

variable "function_key_expires_at" {
  type        = string
  description = "When the keys of functions, consumers, monitors and operator expire (RFC 3339), but for those that function_key_months or consumer_key_expires_at give an end. A new date replaces all of these at once, so each consumer is refused until it has its new one. Null: never; an organization that enforces a maximum lifetime refuses that."
  default     = null

  validation {
    condition     = var.function_key_expires_at == null || can(timeadd(var.function_key_expires_at, "0s"))
    error_message = "function_key_expires_at must be a moment such as 2027-06-30T00:00:00Z."
  }
}

variable "consumer_key_generations" {
  type        = list(number)
  description = "Each consumer, monitor and our operator has one credential for each number, and all are accepted; the outputs give that of the highest. To replace them without refusing anybody: add the next number and apply ([1, 2]), hand out the new ones, take the old number out and apply ([2])."
  default     = [1]
  nullable    = false

  validation {
    condition     = length(var.consumer_key_generations) >= 1 && length(var.consumer_key_generations) <= 2
    error_message = "consumer_key_generations must be one number or two: without one no caller is known, and of more nobody could say which credential is still used."
  }

  validation {
    condition     = length(distinct(var.consumer_key_generations)) == length(var.consumer_key_generations)
    error_message = "consumer_key_generations must name each number once."
  }

  validation {
    condition     = alltrue([for number in var.consumer_key_generations : number >= 1 && number <= 999999 && floor(number) == number])
    error_message = "Each of consumer_key_generations must be a whole number from 1 to 999999: it becomes part of addresses in the state."
  }
}

variable "consumer_key_expires_at" {
  type        = map(string)
  description = "When the credentials of a generation of consumer_key_generations expire (RFC 3339), by its number, so that a new generation can end later than the one before: { 2 = \"2028-06-30T00:00:00Z\" }. One that is not in it has function_key_expires_at. Another moment for a generation that exists replaces its credentials at once, so each caller is refused until it has its new one."
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for number in keys(var.consumer_key_expires_at) : can(regex("^[1-9][0-9]{0,5}$", number))])
    error_message = "Each name in consumer_key_expires_at must be the number of a generation, such as 2: with any other, that generation ends at function_key_expires_at instead."
  }

  validation {
    condition     = alltrue([for moment in values(var.consumer_key_expires_at) : can(timeadd(moment, "0s"))])
    error_message = "Each value of consumer_key_expires_at must be a moment such as 2027-06-30T00:00:00Z."
  }
}

variable "credential_max_age_days" {
  type        = number
  description = "Past this age a credential of the deployment (rotator, reader, operator, consumers, monitors) is an alarm of the status, which says how to replace it. 0: never."
  default     = 365

  validation {
    condition     = var.credential_max_age_days >= 0 && var.credential_max_age_days <= 3650 && floor(var.credential_max_age_days) == var.credential_max_age_days
    error_message = "credential_max_age_days must be a whole number from 0 to 3650: with anything else the rotation function answers 500 misconfigured, and nothing rotates."
  }

  validation {
    condition     = var.credential_max_age_days == 0 || var.credential_max_age_days >= 30 * var.function_key_months
    error_message = "credential_max_age_days must be 0, or at least 30 for each of function_key_months: with fewer, rotator and reader are an alarm before an apply replaces them, and that hides every other."
  }
}

# ---------------------------------------------------------------------------------------------------------------- what

variable "secret_id" {
  type        = string
  description = "Secret that holds the key, as a UUID or region/UUID. Null: one is made. An existing one survives `terraform destroy`; it must be of type key_value or opaque. Must be known before the apply: one of the same apply is given as keys = { default = { secret = … } }."
  default     = null

  validation {
    condition     = var.secret_id == null || length(var.keys) == 1
    error_message = "secret_id is for one key: with several, each would supersede the key of the others, and both functions answer 500 misconfigured. Give it to one of keys, as secret = { id = … }."
  }
}

variable "secret_protected" {
  type        = bool
  description = "Whether the secret that is made here refuses deletion. To destroy it, set false and apply first. If a destroy has failed because of it, set false, run `terraform apply -target='scaleway_secret.rotated[\"default\"]'` and destroy again: an apply of everything would recreate everything."
  default     = false
}

# ---------------------------------------------------------------------------------------------------------------- code

variable "rotation_memory_limit" {
  type        = number
  description = "Memory of the rotation function in MB. It decides the CPU as well."
  default     = 256

  validation {
    condition     = contains([128, 256, 512, 1024, 2048, 3072, 4096], var.rotation_memory_limit)
    error_message = "rotation_memory_limit must be 128, 256, 512, 1024, 2048, 3072 or 4096: the platform has no other, and the apply stops half-way."
  }
}

variable "rotation_timeout" {
  type        = number
  description = "How long a rotation may take, in seconds. A run ends by itself before it."
  default     = 300

  validation {
    condition     = var.rotation_timeout >= 180 && var.rotation_timeout <= 900
    error_message = "rotation_timeout must be 180 to 900 seconds: a shorter one cuts a rotation off half-way every time, and a run of more than 15 minutes could take what another has just made for a leftover, and delete a key in use."
  }
}

variable "retrieval_memory_limit" {
  type        = number
  description = "Memory of the retrieval function in MB. It decides the CPU as well."
  default     = 128

  validation {
    condition     = contains([128, 256, 512, 1024, 2048, 3072, 4096], var.retrieval_memory_limit)
    error_message = "retrieval_memory_limit must be 128, 256, 512, 1024, 2048, 3072 or 4096: the platform has no other, and the apply stops half-way."
  }
}

variable "retrieval_timeout" {
  type        = number
  description = "How long a retrieval may take, in seconds, a cold start included."
  default     = 60

  validation {
    condition     = var.retrieval_timeout >= 10 && var.retrieval_timeout <= 900
    error_message = "retrieval_timeout must be 10 to 900 seconds: the platform has no shorter one, and an answer that is later may hold a key that has been revoked meanwhile."
  }
}

variable "retrieval_min_scale" {
  type        = number
  description = "How many instances of the retrieval function are kept warm. 0: none, so a call after a quiet time waits for a cold start. 1: about 330,000 GB-s a month at 128 MB, inside Scaleway's free 400,000 if nothing else uses them."
  default     = 0

  validation {
    condition     = var.retrieval_min_scale >= 0 && var.retrieval_min_scale <= 20 && floor(var.retrieval_min_scale) == var.retrieval_min_scale
    error_message = "retrieval_min_scale must be a whole number from 0 to 20, the most instances there are: with a negative one no plan is ever empty, and with more the apply stops half-way."
  }
}

variable "retrieval_cache_seconds" {
  type        = number
  description = "How long an instance of the retrieval function answers from memory, in seconds. 0: never."
  default     = 60

  validation {
    condition     = var.retrieval_cache_seconds >= 0 && var.retrieval_cache_seconds <= 60
    error_message = "retrieval_cache_seconds must be 0 to 60: a longer memory hands out a key for minutes after it was revoked because it leaked."
  }
}

variable "retrieval_stale_seconds" {
  type        = number
  description = "How much longer memory answers while Secret Manager is unreachable (time-outs, broken connections, 429, 5xx), in seconds."
  default     = 300

  validation {
    condition     = var.retrieval_stale_seconds >= 0 && var.retrieval_stale_seconds <= 3000
    error_message = "retrieval_stale_seconds must be 0 to 3000: with the cache it must stay below the hour after which a superseded key may be deleted, or consumers are given a deleted one."
  }
}

# ---------------------------------------------------------------------------------------------------------- notifications

variable "notification_url" {
  type        = string
  description = "Where the rotation function POSTs what it did and what failed (Standard Webhooks, signed with notification_secret). A problem that persists is reported by the hourly run between 08:00 and 08:59 UTC alone, so maintenance_schedule must have one there. Null: nowhere."
  default     = null
  sensitive   = true # such addresses often hold a token

  validation {
    condition     = var.notification_url == null || can(regex("^(https://[^\\s/@?#]+|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?)([/?]\\S*)?$", var.notification_url))
    error_message = "notification_url must be an https URL without user and password (http only to loopback): with anything else the rotation function answers 500 misconfigured, and nothing rotates."
  }

  validation {
    condition     = length(coalesce(var.notification_url, "-")) <= 65536
    error_message = "notification_url must have at most 65536 characters: the platform takes no longer secret, and no function could be deployed."
  }
}

variable "notification_secret" {
  type        = string
  description = "What signs notifications: whsec_ and the base64 of at least 24 bytes, for example `echo whsec_$(openssl rand -base64 32)`. Required with notification_url."
  default     = null
  sensitive   = true

  validation {
    condition     = var.notification_url == null || var.notification_secret != null
    error_message = "notification_secret must be given with notification_url: without it the rotation function answers 500 misconfigured, and nothing rotates."
  }

  validation {
    condition     = var.notification_secret == null || can(regex("^(whsec_)?([A-Za-z0-9+/]{4}){8,240}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", var.notification_secret))
    error_message = "notification_secret must be whsec_ and the base64 of at least 24 bytes (and 960 characters at most): with anything else the rotation function answers 500 misconfigured, and nothing rotates."
  }
}

variable "heartbeat_url" {
  type        = string
  description = "What the rotation function GETs after each hourly run that ended healthy, for a monitor that alarms when nothing comes. Null: nothing."
  default     = null
  sensitive   = true

  validation {
    condition     = var.heartbeat_url == null || can(regex("^(https://[^\\s/@?#]+|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?)([/?]\\S*)?$", var.heartbeat_url))
    error_message = "heartbeat_url must be an https URL without user and password (http only to loopback): with anything else the rotation function answers 500 misconfigured, and nothing rotates."
  }

  validation {
    condition     = length(coalesce(var.heartbeat_url, "-")) <= 65536
    error_message = "heartbeat_url must have at most 65536 characters: the platform takes no longer secret, and no function could be deployed."
  }
}

# ---------------------------------------------------------------------------------------------------------------- when

variable "rotation_enabled" {
  type        = bool
  description = "Whether the CRON triggers exist. False: nothing happens by itself, neither rotation nor the deletion of old keys, and the current key expires after key_lifetime_days."
  default     = true
}

variable "cron_schedule" {
  type        = string
  description = "When the key is rotated (CRON, UTC), at most once a day. If it is rarer than max_key_age_days, the hourly run rotates first."
  default     = "0 2 1 * *"
}

variable "maintenance_schedule" {
  type        = string
  description = "When leftovers are cleaned up, and a rotation that failed is made up for (CRON, UTC). Keys are revoked only at these times."
  default     = "17 * * * *"

  validation {
    condition     = can(regex("^\\S+ \\S+ \\* \\* \\*$", var.maintenance_schedule))
    error_message = "maintenance_schedule must be at least daily: five fields of which the last three are *. Days without an hourly run leave a failed rotation unrepaired, keep old keys valid past overlap_hours, and let versions pile up to the quota, which stops rotation."
  }
}

variable "max_key_age_days" {
  type        = number
  description = "Past this age of the newest key the hourly run rotates by itself, the status is overdue, and `terraform plan` warns. See the table in terraform.tfvars.example for what fits cron_schedule."
  default     = 35
}

variable "overlap_hours" {
  type        = number
  description = "How long the previous key keeps working after a rotation: consumers must fetch at least this often. It is really deleted one hour (settle time) and up to two runs of maintenance_schedule later."
  default     = 120
}

variable "key_lifetime_days" {
  type        = number
  description = "expires_at of every rotated key: a rotator that stopped cannot leave keys behind that never expire. 0: never expires, which an organization that enforces a maximum refuses."
  default     = 90
}

variable "keep_versions" {
  type        = number
  description = "How many disabled versions stay on record. Their keys no longer exist."
  default     = 3
}
