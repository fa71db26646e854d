# Rotates one Scaleway IAM API key, and hands it out. Read it in this order:
#   who   the identities and what each may do
#   what  the secret that holds the key
#   code  two private functions
#   when  two CRON triggers, and what every plan warns of

locals {
  # Scopes and ids are taken from what was made, never from variables: they cannot name another project or organization
  # than the one deployed to. IAM knows bare UUIDs only, secrets and functions carry their region in front.
  project_id      = scaleway_function_namespace.this.project_id
  organization_id = scaleway_iam_application.rotator.organization_id

  application_id     = var.application_id == null ? one(scaleway_iam_application.bearer[*].id) : var.application_id
  default_project_id = var.default_project_id == null ? local.project_id : var.default_project_id

  secret_locator    = split("/", one(concat(scaleway_secret.rotated[*].id, data.scaleway_secret.existing[*].id))) # region/UUID
  secret_region     = local.secret_locator[0]
  secret_id         = local.secret_locator[1]
  secret_project_id = one(concat(scaleway_secret.rotated[*].project_id, data.scaleway_secret.existing[*].project_id))
  this_secret       = "resource.id == \"${local.secret_id}\""
}

# ---------------------------------------------------------------------------------------------------------------- who

# The bearer: your application in IAM. Its key is the one that is rotated; Terraform never makes or sees it.
resource "scaleway_iam_application" "bearer" {
  count = var.application_id == null ? 1 : 0

  name        = "${var.prefix}-bearer"
  description = "Bearer of the API key that ${var.prefix} rotates"
  tags        = var.tags
}

# What the key that is rotated may do: your choice, nothing of ours. A rule holds sets of one scope only.
resource "scaleway_iam_policy" "bearer" {
  count = var.application_id == null && length(setunion(var.permission_set_names, var.organization_permission_set_names)) > 0 ? 1 : 0

  name           = "${var.prefix}-bearer"
  description    = "What the API key that ${var.prefix} rotates may do"
  application_id = scaleway_iam_application.bearer[0].id
  tags           = var.tags

  dynamic "rule" {
    for_each = length(var.permission_set_names) > 0 ? [local.default_project_id] : []

    content {
      project_ids          = [rule.value]
      permission_set_names = var.permission_set_names
    }
  }

  dynamic "rule" {
    for_each = length(var.organization_permission_set_names) > 0 ? scaleway_iam_application.bearer[*].organization_id : []

    content {
      organization_id      = rule.value
      permission_set_names = var.organization_permission_set_names
    }
  }
}

# The rotator: the rotation function. It never reads a stored key: which key a version holds stands in its description.
resource "scaleway_iam_application" "rotator" {
  name        = "${var.prefix}-rotator"
  description = "The rotation function of ${var.prefix}"
  tags        = var.tags
}

resource "scaleway_iam_policy" "rotator" {
  name           = "${var.prefix}-rotator"
  description    = "What the rotation function of ${var.prefix} may do"
  application_id = scaleway_iam_application.rotator.id
  tags           = var.tags

  # Alone in its rule: sets of the organization and of projects do not mix. Not conditioned: the creation of a key carries
  # no resource.id, so a condition on the bearer refuses it. SECURITY.md says what this right is worth.
  rule {
    organization_id = local.organization_id
    permission_set_names = [
      "IAMApplicationManager", # list, create and delete keys of applications; Scaleway has no narrower set for it
    ]
  }

  rule {
    project_ids = [local.secret_project_id]
    permission_set_names = [
      "SecretManagerReadOnly", # list the versions and their descriptions, not what they hold
    ]
    # Listing names no single secret, and a bare resource.id refuses it.
    condition = "${local.this_secret} || !has(resource.id)"
  }

  rule {
    project_ids = [local.secret_project_id]
    permission_set_names = [
      "SecretManagerSecretCreate", # publish a key as a new version
      "SecretManagerSecretWrite",  # disable the version of a key that is superseded
      "SecretManagerSecretDelete", # delete old versions before the quota of 20 is full
    ]
    condition = local.this_secret
  }
}

resource "scaleway_iam_api_key" "rotator" {
  application_id = scaleway_iam_application.rotator.id
  description    = "The rotation function of ${var.prefix}"
  expires_at     = var.function_key_expires_at

  lifecycle {
    create_before_destroy = true # the function is given the new key before the old one is deleted
  }
}

# The reader: the retrieval function.
resource "scaleway_iam_application" "reader" {
  name        = "${var.prefix}-reader"
  description = "The retrieval function of ${var.prefix}"
  tags        = var.tags
}

resource "scaleway_iam_policy" "reader" {
  name           = "${var.prefix}-reader"
  description    = "What the retrieval function of ${var.prefix} may do"
  application_id = scaleway_iam_application.reader.id
  tags           = var.tags

  rule {
    project_ids = [local.secret_project_id]
    permission_set_names = [
      "SecretManagerSecretAccess", # read what the newest enabled version holds
    ]
    condition = local.this_secret
  }
}

resource "scaleway_iam_api_key" "reader" {
  application_id = scaleway_iam_application.reader.id
  description    = "The retrieval function of ${var.prefix}"
  expires_at     = var.function_key_expires_at

  lifecycle {
    create_before_destroy = true
  }
}

# Consumers: each application that fetches the key has a credential of its own, which opens nothing but the functions.
# A process that starts after months off holds no rotated key that still works.
resource "scaleway_iam_application" "consumer" {
  for_each = var.consumers

  name        = "${var.prefix}-consumer-${each.key}"
  description = "Fetches the API key that ${var.prefix} rotates"
  tags        = var.tags
}

resource "scaleway_iam_api_key" "consumer" {
  for_each = var.consumers

  application_id = scaleway_iam_application.consumer[each.key].id
  description    = "Consumer ${each.key} of ${var.prefix}"
  expires_at     = var.function_key_expires_at

  lifecycle {
    create_before_destroy = true
  }
}

# Monitors read the status; retrieval refuses them.
resource "scaleway_iam_application" "monitor" {
  for_each = var.monitors

  name        = "${var.prefix}-monitor-${each.key}"
  description = "Reads the status of ${var.prefix}"
  tags        = var.tags
}

resource "scaleway_iam_api_key" "monitor" {
  for_each = var.monitors

  application_id = scaleway_iam_application.monitor[each.key].id
  description    = "Monitor ${each.key} of ${var.prefix}"
  expires_at     = var.function_key_expires_at

  lifecycle {
    create_before_destroy = true
  }
}

# The operator: a person or a pipeline. Made here unless you name your own by operator_key_sha256.
resource "scaleway_iam_application" "operator" {
  count = length(var.operator_key_sha256) == 0 ? 1 : 0

  name        = "${var.prefix}-operator"
  description = "Operates ${var.prefix}"
  tags        = var.tags
}

resource "scaleway_iam_api_key" "operator" {
  count = length(scaleway_iam_application.operator)

  application_id = scaleway_iam_application.operator[0].id
  description    = "Operator of ${var.prefix}"
  expires_at     = var.function_key_expires_at

  lifecycle {
    create_before_destroy = true
  }
}

# All of them hold the same permission, which is the project's: the functions check once more who calls, by the SHA-256
# of the key presented.
locals {
  callers = merge(
    { for name, key in scaleway_iam_api_key.consumer : name => { role = "consumer", sha256 = sha256(key.secret_key) } },
    { for name, key in scaleway_iam_api_key.monitor : name => { role = "monitor", sha256 = sha256(key.secret_key) } },
    { for key in scaleway_iam_api_key.operator : "operator" => { role = "operator", sha256 = sha256(key.secret_key) } },
    { for index, hash in var.operator_key_sha256 : "operator-${index + 1}" => { role = "operator", sha256 = hash } },
  )

  # The applications that are made here for the deployment itself, with their keys: any other key of theirs is an alarm.
  identities = merge(
    {
      rotator = { application_id = scaleway_iam_application.rotator.id, access_keys = [scaleway_iam_api_key.rotator.access_key] }
      reader  = { application_id = scaleway_iam_application.reader.id, access_keys = [scaleway_iam_api_key.reader.access_key] }
    },
    { for key in scaleway_iam_api_key.operator : "operator" => { application_id = key.application_id, access_keys = [key.access_key] } },
    { for name, key in scaleway_iam_api_key.consumer : "consumer-${name}" => { application_id = key.application_id, access_keys = [key.access_key] } },
    { for name, key in scaleway_iam_api_key.monitor : "monitor-${name}" => { application_id = key.application_id, access_keys = [key.access_key] } },
  )

  caller_application_ids = merge(
    { for name, application in scaleway_iam_application.consumer : "consumer-${name}" => application.id },
    { for name, application in scaleway_iam_application.monitor : "monitor-${name}" => application.id },
    { for application in scaleway_iam_application.operator : "operator" => application.id },
  )
  from_consumer_cidrs = join(" || ", [for cidr in var.consumer_cidrs : "inIpRange(request.ip, \"${cidr}\")"])
}

resource "scaleway_iam_policy" "caller" {
  for_each = local.caller_application_ids

  name           = "${var.prefix}-${each.key}"
  description    = "May call the private functions of ${var.prefix}"
  application_id = each.value
  tags           = var.tags

  rule {
    project_ids = [local.project_id]
    permission_set_names = [
      "FunctionsPrivateAccess", # past the platform's gate, which refuses every caller without it
    ]
    condition = startswith(each.key, "consumer-") ? local.from_consumer_cidrs : ""
  }
}

# --------------------------------------------------------------------------------------------------------------- what

# The secret, without its versions: those are the rotation function's.
resource "scaleway_secret" "rotated" {
  count = var.secret_id == null ? 1 : 0

  name        = "${var.prefix}-key"
  description = "The API key that ${var.prefix} rotates: {\"API_KEY\", \"SECRET_KEY\"}"
  type        = "key_value"
  protected   = var.secret_protected
  project_id  = var.scw_project_id
  tags        = var.tags
}

# An existing secret is looked up, not managed: it survives `terraform destroy`.
data "scaleway_secret" "existing" {
  count = var.secret_id == null ? 0 : 1

  secret_id = var.secret_id

  lifecycle {
    postcondition {
      condition     = self.type == null ? false : contains(["key_value", "opaque"], self.type) # null: there is no such secret
      error_message = "The secret of secret_id must exist in that region, and be of type key_value or opaque: into any other no key could be published."
    }

    postcondition {
      condition     = self.ephemeral_policy == null ? true : length(self.ephemeral_policy) == 0
      error_message = "The secret of secret_id must have no ephemeral policy: its versions would vanish by themselves, and consumers could fetch no key."
    }
  }
}

# --------------------------------------------------------------------------------------------------------------- code

# No environment here: each function gets its own credential and never sees the other's.
resource "scaleway_function_namespace" "this" {
  name        = var.prefix
  description = "Rotates an API key and hands it out"
  project_id  = var.scw_project_id # set here too, because SCW_DEFAULT_PROJECT_ID wins over the provider block
  tags        = var.tags
}

# Nothing empty is sent to either: the provider and the platform do not agree on what that means.
locals {
  environment = merge(
    {
      API_URL   = coalesce(var.scw_api_url, "https://api.scaleway.com")
      REGION    = local.secret_region
      SECRET_ID = local.secret_id
    },
    { for name, caller in local.callers : "CALLER_${upper(replace(name, "/[^A-Za-z0-9]/", "_"))}" => jsonencode(merge({ name = name }, caller)) },
    local.old_environment,
  )

  # What the code of the release before reads: the provider sets the variables minutes before it deploys new code. Left
  # out, or cut off after 14 operators, where it is longer than the 1000 characters that release allowed. To be removed in
  # the next release.
  old_environment = merge(
    {
      OPERATOR_KEY_SHA256 = jsonencode(
        length(var.operator_key_sha256) == 0
        ? [for key in scaleway_iam_api_key.operator : sha256(key.secret_key)]
        : slice(var.operator_key_sha256, 0, min(14, length(var.operator_key_sha256)))
      )
      REQUIRE_CALLER_CHECK = "true"
    },
    { for name, role in { CONSUMER_KEY_SHA256 = "consumer", MONITOR_KEY_SHA256 = "monitor" } : name => jsonencode({
      for caller, known in local.callers : caller => known.sha256 if known.role == role
    }) if sum(concat([1], [for caller in { consumer = var.consumers, monitor = var.monitors }[role] : length(caller) + 70])) <= 1000 },
  )
}

# No tags on functions: the provider never sends a change of tags alone, and every plan would show it again.
resource "scaleway_function" "rotation" {
  namespace_id = scaleway_function_namespace.this.id
  name         = "${var.prefix}-rotation"
  description  = "Rotates the API key; GET gives the status"

  runtime      = "node24"
  handler      = "handler.handle"
  memory_limit = var.rotation_memory_limit
  timeout      = var.rotation_timeout
  min_scale    = 0
  max_scale    = 1 # not a lock, but what keeps parallel calls from making a key each

  privacy     = "private"
  http_option = "redirected"
  sandbox     = "v2"

  environment_variables = merge(
    local.environment,
    { for name, identity in local.identities : "IDENTITY_${upper(replace(name, "/[^A-Za-z0-9]/", "_"))}" => jsonencode(merge({ name = name }, identity)) },
    {
      ROTATOR_ACCESS_KEY = scaleway_iam_api_key.rotator.access_key
      APPLICATION_ID     = local.application_id
      DEFAULT_PROJECT_ID = local.default_project_id
      OVERLAP_HOURS      = tostring(var.overlap_hours)
      KEY_LIFETIME_DAYS  = tostring(var.key_lifetime_days)
      MAX_KEY_AGE_DAYS   = tostring(var.max_key_age_days)
      KEEP_VERSIONS      = tostring(var.keep_versions)
      TIMEOUT_SECONDS    = tostring(var.rotation_timeout)
    },
    var.rotation_enabled ? { ROTATION_SCHEDULE = var.cron_schedule } : {}, # without it the status says that nothing comes
  )

  secret_environment_variables = merge(
    { ROTATOR_SECRET_KEY = scaleway_iam_api_key.rotator.secret_key },
    var.notification_url == null ? {} : { NOTIFICATION_URL = var.notification_url, NOTIFICATION_SECRET = var.notification_secret },
    var.heartbeat_url == null ? {} : { HEARTBEAT_URL = var.heartbeat_url },
  )

  zip_file = "${path.module}/dist/rotation.zip"
  zip_hash = try(filesha256("${path.module}/dist/rotation.zip"), null) # validate and destroy need no build
  deploy   = true

  lifecycle {
    precondition {
      condition     = fileexists("${path.module}/dist/rotation.zip")
      error_message = "dist/rotation.zip is missing: run `npm run build` first."
    }
  }
}

resource "scaleway_function" "retrieval" {
  namespace_id = scaleway_function_namespace.this.id
  name         = "${var.prefix}-retrieval"
  description  = "Hands the API key to its consumers"

  runtime      = "node24"
  handler      = "handler.handle"
  memory_limit = var.retrieval_memory_limit
  timeout      = var.retrieval_timeout
  min_scale    = 0
  max_scale    = 20

  privacy     = "private"
  http_option = "redirected"
  sandbox     = "v2"

  environment_variables = merge(local.environment, {
    CACHE_SECONDS   = tostring(var.retrieval_cache_seconds)
    STALE_SECONDS   = tostring(var.retrieval_stale_seconds)
    TIMEOUT_SECONDS = tostring(var.retrieval_timeout)
  })

  secret_environment_variables = {
    READER_SECRET_KEY = scaleway_iam_api_key.reader.secret_key
  }

  zip_file = "${path.module}/dist/retrieval.zip"
  zip_hash = try(filesha256("${path.module}/dist/retrieval.zip"), null)
  deploy   = true

  lifecycle {
    precondition {
      condition     = fileexists("${path.module}/dist/retrieval.zip")
      error_message = "dist/retrieval.zip is missing: run `npm run build` first."
    }
  }
}

# --------------------------------------------------------------------------------------------------------------- when

# A trigger proves itself by a hash of the rotator's key: how the platform authenticates its triggers is documented nowhere.
locals {
  cron_token = sha256("cron:${scaleway_iam_api_key.rotator.secret_key}")
}

resource "scaleway_function_cron" "rotate" {
  count = var.rotation_enabled ? 1 : 0

  name        = "${var.prefix}-rotate"
  function_id = scaleway_function.rotation.id
  schedule    = var.cron_schedule
  args        = jsonencode({ action = "rotate", source = "cron", token = local.cron_token })

  lifecycle {
    replace_triggered_by = [scaleway_function.rotation.id] # the provider never sends a changed function_id
  }
}

# The same loop every hour, which issues only when it must: makes the first key, cleans up, repairs a rotation that failed.
resource "scaleway_function_cron" "tend" {
  count = var.rotation_enabled ? 1 : 0

  name        = "${var.prefix}-tend"
  function_id = scaleway_function.rotation.id
  schedule    = var.maintenance_schedule
  args        = jsonencode({ action = "tend", source = "maintenance", token = local.cron_token })

  lifecycle {
    replace_triggered_by = [scaleway_function.rotation.id]
  }
}

locals {
  versions = one(concat(scaleway_secret.rotated[*].versions, data.scaleway_secret.existing[*].versions))
  has_key  = anytrue([for version in local.versions : version.status == "enabled"])
  has_fresh_key = anytrue([
    for version in local.versions :
    timecmp(timeadd(version.created_at, "${var.max_key_age_days * 24}h"), plantimestamp()) > 0
  ])
}

# Every plan is an alarm: a nightly `terraform plan` warns when rotation has stopped.
# Versions are looked at here and nowhere else: an output made of them would change with every rotation.
check "key_is_fresh" {
  assert {
    condition = local.has_key && local.has_fresh_key
    error_message = (
      local.has_key
      ? "The newest key is older than max_key_age_days (${var.max_key_age_days}): rotation has stopped. The status says why: GET the rotation function."
      : "There is no key to fetch yet. `npm run smoke` makes the first one, and so does the hourly run if rotation_enabled."
    )
  }
}

check "function_keys_last" {
  assert {
    condition     = var.function_key_expires_at == null ? true : timecmp(timeadd(var.function_key_expires_at, "-720h"), plantimestamp()) > 0
    error_message = "function_key_expires_at is less than 30 days away. From then on nothing rotates, and no consumer can fetch the key. Set a later date and apply: all these keys are replaced, and consumers need their new ones."
  }
}
