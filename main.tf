# Rotates Scaleway IAM API keys, and hands them out. Read it in this order:
#   keys  what each key is, and what a plan refuses of it
#   who   the identities and what each may do
#   what  the secrets that hold the keys
#   code  two private functions
#   when  the CRON triggers, and what every plan warns of

# --------------------------------------------------------------------------------------------------------------- keys

locals {
  # Each key by its name, with what it says itself, or else the variable of that name.
  keys = { for name, key in var.keys : name => {
    application                       = key.application == null && var.application_id != null ? { id = var.application_id } : key.application
    secret                            = key.secret == null && var.secret_id != null ? { id = var.secret_id, project_id = null } : key.secret
    permission_set_names              = key.permission_set_names == null ? var.permission_set_names : key.permission_set_names
    organization_permission_set_names = key.organization_permission_set_names == null ? var.organization_permission_set_names : key.organization_permission_set_names
    default_project_id                = key.default_project_id == null ? var.default_project_id : key.default_project_id
    secret_protected                  = key.secret_protected == null ? var.secret_protected : key.secret_protected
    consumers                         = key.consumers == null ? var.consumers : key.consumers
    cron_schedule                     = key.cron_schedule == null ? var.cron_schedule : key.cron_schedule
    overlap_hours                     = key.overlap_hours == null ? var.overlap_hours : key.overlap_hours
    max_key_age_days                  = key.max_key_age_days == null ? var.max_key_age_days : key.max_key_age_days
    key_lifetime_days                 = key.key_lifetime_days == null ? var.key_lifetime_days : key.key_lifetime_days
    keep_versions                     = key.keep_versions == null ? var.keep_versions : key.keep_versions
  } }

  # What is made for the key named default is called as before there were several.
  names     = { for name in keys(local.keys) : name => name == "default" ? var.prefix : "${var.prefix}-${name}" }
  consumers = toset(flatten([for key in local.keys : tolist(key.consumers)]))

  # The days of a month or of a week on which each key is rotated, where its schedule lists them; else it counts as daily.
  rotation_days = { for name, key in local.keys : name => try(
    { cycle_days = 28, days = sort(formatlist("%02d", [for day in split(",", regex("^\\S+ \\S+ ([0-9]+(?:,[0-9]+)*) \\S+ \\*$", key.cron_schedule)[0]) : tonumber(day)])) },
    { cycle_days = 7, days = sort(split(",", regex("^\\S+ \\S+ \\* \\S+ ([0-7](?:,[0-7])*)$", key.cron_schedule)[0])) },
    { cycle_days = 7, days = [regex("^\\S+ \\S+ \\* \\S+ [A-Za-z]+$", key.cron_schedule) == "" ? "" : "0"] },
    { cycle_days = 1, days = ["0"] },
  ) }

  # The fewest hours between two rotations; the most that a superseded key works (overlap, settle time, three hourly runs);
  # and how many keys work when the next one is made.
  hours_between = { for name, schedule in local.rotation_days : name => 24 * max(1, min(local.keys[name].max_key_age_days, [
    for index, day in schedule.days :
    tonumber(element(schedule.days, index + 1)) - tonumber(day) + (index + 1 < length(schedule.days) ? 0 : schedule.cycle_days)
  ]...)) }
  working_hours = { for name, key in local.keys : name => key.overlap_hours + 1 + 3 * (can(regex("^\\S+ \\* ", var.maintenance_schedule)) ? 1 : 24) }
  working_keys  = { for name in keys(local.keys) : name => ceil(local.working_hours[name] / local.hours_between[name]) }

  # What must be true of each key. What a rule's text names is what happens without it.
  key_rules = { for name, key in local.keys : name => {
    "its name must be 1 to 40 small letters, digits and hyphens, the first one no hyphen, and not constructor or prototype: with any other, both functions answer 500 misconfigured to everybody." = (
      can(regex("^[a-z0-9][a-z0-9-]{0,39}$", name)) && !contains(["constructor", "prototype"], name)
    )
    "its name must not be lifetime-days: the release before reads KEY_LIFETIME_DAYS as a number, and answers 500 misconfigured while an upgrade is applied." = (
      name != "lifetime-days"
    )
    "prefix and name must have at most 56 characters together: IAM takes no longer name for the application that is made here, and the apply stops half-way." = (
      key.application != null || length("${local.names[name]}-bearer") <= 64
    )
    "consumers must be stated with more than one key (none: []): the variable's consumers would be handed this key as well, also where the attribute is only misspelt." = (
      length(var.keys) == 1 || var.keys[name].consumers != null
    )
    "a consumer's name must be 1 to 32 letters, digits, dots, underscores or hyphens, and not __proto__, constructor or prototype: with any other, both functions answer 500 misconfigured to everybody." = alltrue([
      for consumer in key.consumers :
      can(regex("^[A-Za-z0-9_.-]{1,32}$", consumer)) && !contains(["__proto__", "constructor", "prototype"], consumer)
    ])
    "permission_set_names and organization_permission_set_names must be [] with an existing application: it is left as it is, so its key would lack these rights. Grant them by a policy of your own." = (
      key.application == null || length(setunion(key.permission_set_names, key.organization_permission_set_names)) == 0
    )
    "cron_schedule must have five fields (minute hour day month weekday, UTC) of which the first two are one number each: the platform has no other form, and rotating more often than daily fills the quota of 20 versions, which stops rotation." = can(
      regex("^[0-9]{1,2} [0-9]{1,2}( \\S{1,100}){3}$", key.cron_schedule)
    )
    "overlap_hours must be 0 to 144: a version that a person deletes manually is gone after 7 days, and a key that is still in use then would look like a leftover and be revoked." = (
      key.overlap_hours >= 0 && key.overlap_hours <= 144
    )
    "max_key_age_days must be at least two days longer than overlap_hours (and at most 3650): shorter, each key is superseded before the one before it has ended, until the quotas stop rotation." = (
      key.max_key_age_days <= 3650 && key.max_key_age_days * 24 >= key.overlap_hours + 48
    )
    "key_lifetime_days must be 0 (and at most 3650), or cover max_key_age_days, overlap_hours and a week more: otherwise one failed rotation is enough for the key in use to expire before a person can fix it." = (
      key.key_lifetime_days == 0 ||
      (key.key_lifetime_days <= 3650 && key.key_lifetime_days >= key.max_key_age_days + key.overlap_hours / 24 + 7)
    )
    "keep_versions must be a whole number from 0 to 14: Secret Manager holds 20 versions of a secret, and rotation needs the rest." = (
      key.keep_versions >= 0 && key.keep_versions <= 14 && floor(key.keep_versions) == key.keep_versions
    )
    # Keys that work when the next one is made: routine rotations stop at 4.
    "overlap_hours is too long for how often the key is rotated (cron_schedule, max_key_age_days; days of a month or of a week count as they are listed, a month as 28 days, anything else as daily): more than three keys would work when the next is made, and rotation stop. Shorten it (68 with a daily rotation), or rotate less often." = (
      local.working_keys[name] <= 3
    )
    # Versions listed when a rotation is due: those on record, and all made within overlap, settle time, three hourly runs
    # and the week for which a deleted version stays listed. Routine rotations stop at 17.
    "keep_versions is too many for overlap_hours and how often the key is rotated (cron_schedule, max_key_age_days; days of a month or of a week count as they are listed, a month as 28 days, anything else as daily): the quota of 20 versions would fill, and rotation stop. Keep fewer versions, or rotate less often." = key.keep_versions + ceil(
      (local.working_hours[name] + 168) / local.hours_between[name]
    ) <= 16
  } }

  # The same of ids, which may be known during the apply only.
  id_rules = { for name, key in local.keys : name => {
    "application_id or application.id must be the application's UUID: with anything else no key can be made for it." = (
      key.application == null ? true : can(regex(local.uuid, key.application.id))
    )
    "default_project_id must be a project's UUID: with anything else the rotation function answers 500 misconfigured." = (
      key.default_project_id == null ? true : can(regex(local.uuid, key.default_project_id))
    )
    "secret.project_id must be a project's UUID: with anything else IAM refuses the policies, and the apply stops half-way." = (
      try(key.secret.project_id, null) == null ? true : can(regex(local.uuid, key.secret.project_id))
    )
    "no other key may have its application: each would take the keys of the other for leftovers, and both functions answer 500 misconfigured." = (
      key.application == null ? true : length([for other in local.keys : 1 if other.application == null ? false : other.application.id == key.application.id]) == 1
    )
    "no other key may have its secret: each would supersede the key of the other, and both functions answer 500 misconfigured." = (
      key.secret == null ? true : length([for other in local.keys : 1 if other.secret == null ? false : basename(other.secret.id) == basename(key.secret.id)]) == 1
    )
  } }
  uuid = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

  broken_key_rules = flatten([for name, rules in local.key_rules : [for text, holds in rules : "keys.${name}: ${text}" if !holds]])
  broken_id_rules  = flatten([for name, rules in local.id_rules : [for text, holds in rules : "keys.${name}: ${text}" if !holds]])

  # Those that work and the next one for each key (two, if rotated monthly), one for rotator and reader, one of each generation
  # for each caller that is made here, and two to replace a key that leaks.
  api_keys_needed = sum(values(local.working_keys)) + length(local.keys) + 2 + length(var.consumer_key_generations) * (
    (length(var.operator_key_sha256) == 0 ? 1 : 0) + length(local.consumers) + length(var.monitors)
  ) + 2
}

locals {
  # Scopes and ids are taken from what was made, never from variables: they cannot name another project or organization
  # than the one deployed to. IAM knows bare UUIDs only, secrets and functions carry their region in front.
  project_id      = scaleway_function_namespace.this.project_id
  organization_id = scaleway_iam_application.rotator.organization_id

  application_ids     = { for name, key in local.keys : name => key.application == null ? scaleway_iam_application.bearer[name].id : key.application.id }
  default_project_ids = { for name, key in local.keys : name => key.default_project_id == null ? local.project_id : key.default_project_id }

  secrets = merge(
    { for name, secret in scaleway_secret.rotated : name => { region = split("/", secret.id)[0], id = split("/", secret.id)[1], project_id = secret.project_id } },
    # What is known of a secret that is made in the same apply is what the key says.
    { for name, secret in data.scaleway_secret.existing : name => {
      region     = split("/", secret.id)[0]
      id         = split("/", secret.id)[1]
      project_id = coalesce(local.keys[name].secret.project_id, secret.project_id, local.project_id)
    } },
  )
  secret_project_ids = sort(distinct([for secret in local.secrets : secret.project_id]))

  # Each fits into the 2048 characters that IAM takes. More keys become a second rule.
  these_secrets = var.bind_to_secrets ? [
    for ids in chunklist([for secret in local.secrets : secret.id], 35) : join(" || ", [for id in ids : "resource.id == \"${id}\""])
  ] : [""]
  # The same of calls that may name no secret.
  these_secrets_or_none = [for condition in local.these_secrets : var.bind_to_secrets ? "${condition} || !has(resource.id)" : ""]
}

# An upgrade of a deployment that had one key.
moved {
  from = scaleway_iam_application.bearer[0]
  to   = scaleway_iam_application.bearer["default"]
}

moved {
  from = scaleway_iam_policy.bearer[0]
  to   = scaleway_iam_policy.bearer["default"]
}

moved {
  from = scaleway_secret.rotated[0]
  to   = scaleway_secret.rotated["default"]
}

moved {
  from = scaleway_function_cron.rotate[0]
  to   = scaleway_function_cron.rotate["default"]
}

# ---------------------------------------------------------------------------------------------------------------- who

# How long the keys of the deployment itself work. Those of rotator and reader end by the calendar: a plan within a period is
# empty, and the first apply of the next one replaces both. They outlast that one, which is the time to apply in.
locals {
  this_month = 12 * tonumber(formatdate("YYYY", plantimestamp())) + tonumber(formatdate("M", plantimestamp())) - 1

  end_month = var.function_key_months == 0 ? null : (floor(local.this_month / var.function_key_months) + 2) * var.function_key_months
  function_keys_end = (
    local.end_month == null
    ? var.function_key_expires_at
    : format("%04d-%02d-01T00:00:00Z", floor(local.end_month / 12), local.end_month % 12 + 1)
  )

  caller_keys_end = { for generation in local.generations : generation => lookup(var.consumer_key_expires_at, generation, var.function_key_expires_at) }
  generations     = distinct([min(var.consumer_key_generations...), max(var.consumer_key_generations...)])
}

# The bearers: your applications in IAM. Their keys are those that are rotated; Terraform never makes or sees one.
resource "scaleway_iam_application" "bearer" {
  for_each = { for name, key in local.keys : name => key if key.application == null }

  name        = "${local.names[each.key]}-bearer"
  description = "Bearer of the API key that ${var.prefix} rotates"
  tags        = var.tags

  lifecycle {
    create_before_destroy = true # the functions let go of a key that is removed before its application is deleted
  }
}

# What a key that is rotated may do: your choice, nothing of ours. A rule holds sets of one scope only.
locals {
  bearer_rules = { for name, key in local.keys : name => concat(
    [for id in [local.default_project_ids[name]] : {
      organization_id      = null
      project_ids          = [id]
      permission_set_names = sort(key.permission_set_names)
      condition            = ""
    } if length(key.permission_set_names) > 0],
    [for id in [scaleway_iam_application.bearer[name].organization_id] : {
      organization_id      = id
      project_ids          = null
      permission_set_names = sort(key.organization_permission_set_names)
      condition            = ""
    } if length(key.organization_permission_set_names) > 0],
  ) if key.application == null && length(setunion(key.permission_set_names, key.organization_permission_set_names)) > 0 }
}

resource "scaleway_iam_policy" "bearer" {
  for_each = local.bearer_rules

  name           = "${local.names[each.key]}-bearer"
  description    = "What the API key that ${var.prefix} rotates may do"
  application_id = scaleway_iam_application.bearer[each.key].id
  tags           = var.tags

  dynamic "rule" {
    for_each = each.value

    content {
      organization_id      = rule.value.organization_id
      project_ids          = rule.value.project_ids
      permission_set_names = rule.value.permission_set_names
      condition            = rule.value.condition
    }
  }
}

# The rotator: the rotation function. It never reads a stored key: which key a version holds stands in its description.
resource "scaleway_iam_application" "rotator" {
  name        = "${var.prefix}-rotator"
  description = "The rotation function of ${var.prefix}"
  tags        = var.tags

  # Here, because nothing is made before it.
  lifecycle {
    precondition {
      condition     = length(local.broken_key_rules) == 0
      error_message = join("\n", local.broken_key_rules)
    }

    precondition {
      condition     = length(local.broken_id_rules) == 0
      error_message = join("\n", local.broken_id_rules)
    }

    precondition {
      condition     = length(local.keys) + 2 * (length(local.consumers) + length(var.monitors)) + max(2, length(var.operator_key_sha256)) <= 175
      error_message = "There are too many callers: keys and operators, and twice the consumers and monitors, may be 175 together. The platform gives a function 200 variables, and the apply stops half-way. Let several processes of one application share a name."
    }

    precondition {
      condition     = local.api_keys_needed <= var.api_key_quota
      error_message = "There are too many keys for the organization: each of keys needs two API keys at a time (more where it is rotated often), rotator and reader one, our operator, each consumer and each monitor one of each generation, and two are for replacing a key that leaks. That is more than api_key_quota: rotations would be blocked, and so would the revocation of a leaked key. Ask Scaleway for a higher quota and set it, or let consumers share a name."
    }
  }
}

locals {
  rotator_rules = concat(
    # Alone in its rule: sets of the organization and of projects do not mix. Not conditioned: the creation of a key carries
    # no resource.id, so a condition on the bearer refuses it. SECURITY.md says what this right is worth.
    [{
      organization_id = local.organization_id
      project_ids     = null
      permission_set_names = concat(
        ["IAMApplicationManager"], # list, create and delete keys of applications; Scaleway has no narrower set for it
        [for set in var.rotator_extra_permission_sets : set if startswith(set, "IAM")],
      )
      condition = ""
    }],
    [for condition in local.these_secrets_or_none : {
      organization_id = null
      project_ids     = local.secret_project_ids
      permission_set_names = [
        "SecretManagerReadOnly", # list the versions and their descriptions, not what they hold
      ]
      # Listing names no single secret, and a bare resource.id refuses it.
      condition = condition
    }],
    [for condition in local.these_secrets_or_none : {
      organization_id = null
      project_ids     = local.secret_project_ids
      permission_set_names = [
        "SecretManagerSecretCreate", # publish a key as a new version
      ]
      # Whether the creation of a version names its secret is documented nowhere. If it does not, a bare resource.id lets
      # nothing be published. The price: a stolen key of the rotator can make secrets in the project.
      condition = condition
    }],
    [for condition in local.these_secrets : {
      organization_id = null
      project_ids     = local.secret_project_ids
      permission_set_names = concat(
        [
          "SecretManagerSecretWrite",  # disable the version of a key that is superseded
          "SecretManagerSecretDelete", # delete old versions before the quota of 20 is full
        ],
        [for set in var.rotator_extra_permission_sets : set if startswith(set, "SecretManager")],
      )
      condition = condition
    }],
  )
}

resource "scaleway_iam_policy" "rotator" {
  name           = "${var.prefix}-rotator"
  description    = "What the rotation function of ${var.prefix} may do"
  application_id = scaleway_iam_application.rotator.id
  tags           = var.tags

  dynamic "rule" {
    for_each = local.rotator_rules

    content {
      organization_id      = rule.value.organization_id
      project_ids          = rule.value.project_ids
      permission_set_names = rule.value.permission_set_names
      condition            = rule.value.condition
    }
  }
}

resource "scaleway_iam_api_key" "rotator" {
  application_id = scaleway_iam_application.rotator.id
  description    = "The rotation function of ${var.prefix}"
  expires_at     = local.function_keys_end

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

locals {
  reader_rules = [for condition in local.these_secrets : {
    organization_id = null
    project_ids     = local.secret_project_ids
    permission_set_names = [
      "SecretManagerSecretAccess", # read what the newest enabled version holds
    ]
    condition = condition
  }]
}

resource "scaleway_iam_policy" "reader" {
  name           = "${var.prefix}-reader"
  description    = "What the retrieval function of ${var.prefix} may do"
  application_id = scaleway_iam_application.reader.id
  tags           = var.tags

  dynamic "rule" {
    for_each = local.reader_rules

    content {
      organization_id      = rule.value.organization_id
      project_ids          = rule.value.project_ids
      permission_set_names = rule.value.permission_set_names
      condition            = rule.value.condition
    }
  }
}

resource "scaleway_iam_api_key" "reader" {
  application_id = scaleway_iam_application.reader.id
  description    = "The retrieval function of ${var.prefix}"
  expires_at     = local.function_keys_end

  lifecycle {
    create_before_destroy = true
  }
}

# Consumers: each application that fetches keys has a credential of its own, whichever and however many of them it may
# fetch. It opens nothing but the functions. A process that starts after months off holds no rotated key that still works.
resource "scaleway_iam_application" "consumer" {
  for_each = local.consumers

  name        = "${var.prefix}-consumer-${each.key}"
  description = "Fetches the API key that ${var.prefix} rotates"
  tags        = var.tags
}

resource "scaleway_iam_api_key" "consumer" {
  for_each = contains(var.consumer_key_generations, 1) ? local.consumers : []

  application_id = scaleway_iam_application.consumer[each.key].id
  description    = "Consumer ${each.key} of ${var.prefix}"
  expires_at     = local.caller_keys_end[1]

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
  for_each = contains(var.consumer_key_generations, 1) ? var.monitors : []

  application_id = scaleway_iam_application.monitor[each.key].id
  description    = "Monitor ${each.key} of ${var.prefix}"
  expires_at     = local.caller_keys_end[1]

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
  count = contains(var.consumer_key_generations, 1) ? length(scaleway_iam_application.operator) : 0

  application_id = scaleway_iam_application.operator[0].id
  description    = "Operator of ${var.prefix}"
  expires_at     = local.caller_keys_end[1]

  lifecycle {
    create_before_destroy = true
  }
}

# Each caller's keys of later generations. Apart, so that those of the first keep their place in the state.
resource "scaleway_iam_api_key" "caller" {
  for_each = merge([
    for generation in var.consumer_key_generations :
    { for name in keys(local.made_callers) : "${name}#${generation}" => { name = name, generation = generation } } if generation != 1
  ]...)

  application_id = local.made_callers[each.value.name].application_id
  description    = "Generation ${each.value.generation} of ${each.value.name} of ${var.prefix}"
  expires_at     = local.caller_keys_end[each.value.generation]

  lifecycle {
    create_before_destroy = true
  }
}

# All of them hold the same permission, which is the project's: the functions check once more who calls, by the SHA-256
# of the key presented.
locals {
  made_callers = merge(
    { for name, application in scaleway_iam_application.consumer : "consumer-${name}" => { name = name, role = "consumer", application_id = application.id } },
    { for name, application in scaleway_iam_application.monitor : "monitor-${name}" => { name = name, role = "monitor", application_id = application.id } },
    { for application in scaleway_iam_application.operator : "operator" => { name = "operator", role = "operator", application_id = application.id } },
  )

  # Each caller's keys, the newest generation last.
  generation_keys = merge(
    { for name, key in scaleway_iam_api_key.consumer : "consumer-${name}#1" => key },
    { for name, key in scaleway_iam_api_key.monitor : "monitor-${name}#1" => key },
    { for key in scaleway_iam_api_key.operator : "operator#1" => key },
    scaleway_iam_api_key.caller,
  )
  caller_keys = { for name in keys(local.made_callers) : name => [for generation in local.generations : local.generation_keys["${name}#${generation}"]] }
  newest_keys = { for name, keys in local.caller_keys : name => keys[length(keys) - 1].secret_key }

  callers = merge(
    { for name, caller in local.made_callers : caller.name => { role = caller.role, sha256 = [for key in local.caller_keys[name] : sha256(key.secret_key)] } },
    { for index, hash in var.operator_key_sha256 : "operator-${index + 1}" => { role = "operator", sha256 = [hash] } },
  )

  # The applications that are made here for the deployment itself, with their keys: any other key of theirs is an alarm.
  identities = merge(
    {
      rotator = { application_id = scaleway_iam_application.rotator.id, access_keys = [scaleway_iam_api_key.rotator.access_key] }
      reader  = { application_id = scaleway_iam_application.reader.id, access_keys = [scaleway_iam_api_key.reader.access_key] }
    },
    { for name, caller in local.made_callers : name => { application_id = caller.application_id, access_keys = local.caller_keys[name][*].access_key } },
  )

  from_consumer_cidrs = join(" || ", [for cidr in var.consumer_cidrs : "inIpRange(request.ip, \"${cidr}\")"])
  caller_rules = { for name, caller in local.made_callers : name => [{
    organization_id = null
    project_ids     = [local.project_id]
    permission_set_names = [
      "FunctionsPrivateAccess", # past the platform's gate, which refuses every caller without it
    ]
    condition = caller.role == "consumer" ? local.from_consumer_cidrs : ""
  }] }
}

resource "scaleway_iam_policy" "caller" {
  for_each = local.made_callers

  name           = "${var.prefix}-${each.key}"
  description    = "May call the private functions of ${var.prefix}"
  application_id = each.value.application_id
  tags           = var.tags

  dynamic "rule" {
    for_each = local.caller_rules[each.key]

    content {
      organization_id      = rule.value.organization_id
      project_ids          = rule.value.project_ids
      permission_set_names = rule.value.permission_set_names
      condition            = rule.value.condition
    }
  }
}

# --------------------------------------------------------------------------------------------------------------- what

# The secrets, without their versions: those are the rotation function's.
resource "scaleway_secret" "rotated" {
  for_each = { for name, key in local.keys : name => key if key.secret == null }

  name        = "${local.names[each.key]}-key"
  description = "The API key that ${var.prefix} rotates: {\"API_KEY\", \"SECRET_KEY\"}"
  type        = "key_value"
  protected   = each.value.secret_protected
  project_id  = var.scw_project_id
  tags        = var.tags

  # Deleted first: a secret that refuses it because it is protected keeps its application, whose key would die with it.
  depends_on = [scaleway_iam_application.bearer, scaleway_iam_policy.bearer]

  lifecycle {
    create_before_destroy = true # the functions let go of a key that is removed before its secret is deleted
  }
}

# An existing secret is looked up, not managed: it survives `terraform destroy`.
data "scaleway_secret" "existing" {
  for_each = { for name, key in local.keys : name => key.secret if key.secret != null }

  secret_id = each.value.id
  region    = length(split("/", each.value.id)) == 2 ? split("/", each.value.id)[0] : null # the provider passes over that of the id

  lifecycle {
    precondition {
      condition     = can(regex("^([a-z]{2}-[a-z]{3}/)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", each.value.id))
      error_message = "keys.${each.key}: secret_id or secret.id must be a UUID or region/UUID such as fr-par/11111111-2222-3333-4444-555555555555: with anything else both functions answer 500 misconfigured."
    }

    postcondition {
      condition     = self.type == null ? false : contains(["key_value", "opaque"], self.type) # null: there is no such secret
      error_message = "keys.${each.key}: its secret must exist in that region, and be of type key_value or opaque: into any other no key could be published."
    }

    postcondition {
      condition     = self.ephemeral_policy == null ? true : length(self.ephemeral_policy) == 0
      error_message = "keys.${each.key}: its secret must have no ephemeral policy: its versions would vanish by themselves, and consumers could fetch no key."
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
    { API_URL = coalesce(var.scw_api_url, "https://api.scaleway.com") },
    { for name, caller in local.callers : "CALLER_${upper(replace(name, "/[^A-Za-z0-9]/", "_"))}" => (
      length(caller.sha256) == 1 # a list is what the release before cannot read
      ? jsonencode({ name = name, role = caller.role, sha256 = caller.sha256[0] })
      : jsonencode(merge({ name = name }, caller))
    ) },
    local.old_environment,
  )

  # What the code of the release before reads, of the one key it knows: the provider sets the variables minutes before it
  # deploys new code. Left out, or cut off after 14 operators, where it is longer than the 1000 characters that release
  # allowed. KEY_LIFETIME_DAYS is left out as well, because the code of today would take it for a key: a key that is made
  # in those minutes lives 90 days. To be removed in the next release.
  old_key = contains(keys(local.keys), "default") ? "default" : keys(local.keys)[0]
  old_environment = merge(
    {
      REGION    = local.secrets[local.old_key].region
      SECRET_ID = local.secrets[local.old_key].id
      OPERATOR_KEY_SHA256 = jsonencode(
        length(var.operator_key_sha256) == 0
        ? local.callers["operator"].sha256
        : slice(var.operator_key_sha256, 0, min(14, length(var.operator_key_sha256)))
      )
      REQUIRE_CALLER_CHECK = "true"
    },
    { for name, role in { CONSUMER_KEY_SHA256 = "consumer", MONITOR_KEY_SHA256 = "monitor" } : name => jsonencode({
      for caller, known in local.callers : caller => known.sha256[0] if known.role == role
    }) if sum(concat([1], [for caller in { consumer = local.consumers, monitor = var.monitors }[role] : length(caller) + 70])) <= 1000 },
  )
  old_rotation_environment = merge(
    {
      APPLICATION_ID     = local.application_ids[local.old_key]
      DEFAULT_PROJECT_ID = local.default_project_ids[local.old_key]
      OVERLAP_HOURS      = tostring(local.keys[local.old_key].overlap_hours)
      MAX_KEY_AGE_DAYS   = tostring(local.keys[local.old_key].max_key_age_days)
      KEEP_VERSIONS      = tostring(local.keys[local.old_key].keep_versions)
    },
    var.rotation_enabled ? { ROTATION_SCHEDULE = local.keys[local.old_key].cron_schedule } : {},
  )

  # What rotation is told of each key. Without a schedule the status says that nothing comes.
  rotated_keys = { for name, key in local.keys : name => merge(
    {
      name               = name
      application_id     = local.application_ids[name]
      default_project_id = local.default_project_ids[name]
      region             = local.secrets[name].region
      secret_id          = local.secrets[name].id
      overlap_hours      = key.overlap_hours
      key_lifetime_days  = key.key_lifetime_days
      max_key_age_days   = key.max_key_age_days
      keep_versions      = key.keep_versions
    },
    var.rotation_enabled ? { rotation_schedule = key.cron_schedule } : {},
  ) }

  # What retrieval is told of each key: where it is, and who may fetch it.
  retrieved_keys = { for name, key in local.keys : name => {
    name      = name
    region    = local.secrets[name].region
    secret_id = local.secrets[name].id
    consumers = key.consumers
  } }
}

# No tags on functions: the provider never sends a change of tags alone, and every plan would show it again.
resource "scaleway_function" "rotation" {
  namespace_id = scaleway_function_namespace.this.id
  name         = "${var.prefix}-rotation"
  description  = "Rotates the API key; GET gives the status${local.end_month == null ? "" : ". Its own key and the reader's end ${local.function_keys_end}"}"

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
    { for name, key in local.rotated_keys : "KEY_${upper(replace(name, "-", "_"))}" => jsonencode(key) },
    {
      ROTATOR_ACCESS_KEY      = scaleway_iam_api_key.rotator.access_key
      API_KEY_QUOTA           = tostring(var.api_key_quota)
      CREDENTIAL_MAX_AGE_DAYS = tostring(var.credential_max_age_days)
      TIMEOUT_SECONDS         = tostring(var.rotation_timeout)
    },
    local.old_rotation_environment,
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
  min_scale    = var.retrieval_min_scale
  max_scale    = 20

  privacy     = "private"
  http_option = "redirected"
  sandbox     = "v2"

  environment_variables = merge(
    local.environment,
    { for name, key in local.retrieved_keys : "KEY_${upper(replace(name, "-", "_"))}" => jsonencode(key) },
    {
      CACHE_SECONDS   = tostring(var.retrieval_cache_seconds)
      STALE_SECONDS   = tostring(var.retrieval_stale_seconds)
      TIMEOUT_SECONDS = tostring(var.retrieval_timeout)
    },
  )

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

locals {
  # A trigger proves itself by a hash of the rotator's key: how the platform authenticates its triggers is documented nowhere.
  cron_token = sha256("cron:${scaleway_iam_api_key.rotator.secret_key}")

  # The keys of each schedule. That of the key default is called so, whatever it is.
  default_schedule = try(local.keys["default"].cron_schedule, var.cron_schedule)
  rotations = { for schedule, names in { for name, key in local.keys : key.cron_schedule => name... } :
    schedule == local.default_schedule ? "default" : schedule => { schedule = schedule, keys = names }
  }
}

# One for all keys of a schedule.
resource "scaleway_function_cron" "rotate" {
  for_each = var.rotation_enabled ? local.rotations : {}

  name        = each.key == "default" ? "${var.prefix}-rotate" : "${var.prefix}-rotate-${each.value.keys[0]}"
  function_id = scaleway_function.rotation.id
  schedule    = each.value.schedule
  args        = jsonencode({ action = "rotate", keys = each.value.keys, source = "cron", token = local.cron_token })

  lifecycle {
    replace_triggered_by = [scaleway_function.rotation.id] # the provider never sends a changed function_id
  }
}

# The same loop every hour over all keys, which issues only when it must: makes the first key, cleans up, repairs a rotation that failed.
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
  versions = merge(
    { for name, secret in scaleway_secret.rotated : name => secret.versions },
    { for name, secret in data.scaleway_secret.existing : name => secret.versions },
  )
  keys_never_made = [
    for name, versions in local.versions : name if !anytrue([for version in versions : version.status == "enabled"])
  ]
  keys_too_old = [
    for name, versions in local.versions : name if !contains(local.keys_never_made, name) && !anytrue([
      for version in versions :
      timecmp(timeadd(version.created_at, "${local.keys[name].max_key_age_days * 24}h"), plantimestamp()) > 0
    ])
  ]
}

# Every plan is an alarm: a nightly `terraform plan` warns when rotation has stopped.
# Versions are looked at here and nowhere else: an output made of them would change with every rotation.
check "key_is_fresh" {
  assert {
    condition = length(local.keys_never_made) == 0
    error_message = join("\n", [
      for name in local.keys_never_made :
      "keys.${name}: there is no key to fetch yet. `npm run smoke` makes the first one, and so does the hourly run if rotation_enabled."
    ])
  }

  assert {
    condition = length(local.keys_too_old) == 0
    error_message = join("\n", [
      for name in local.keys_too_old :
      "keys.${name}: the newest key is older than max_key_age_days (${local.keys[name].max_key_age_days}): rotation has stopped. The status says why: GET /${name} at the rotation function."
    ])
  }
}

# What the last apply made of the functions' keys: of a key that is to be replaced, a plan knows only what it would make.
# The id comes by a local, because a data source that names a resource is read after that has changed.
data "scaleway_function" "applied" {
  count = var.function_key_months == 0 ? 0 : 1

  namespace_id = scaleway_function_namespace.this.id
  function_id  = local.rotation_id
}

locals {
  rotation_id = scaleway_function.rotation.id

  # As an apply would make it, where the last one did not go by the calendar.
  applied_end       = try(regex("end (\\S+)$", data.scaleway_function.applied[0].description)[0], local.function_keys_end)
  applied_end_month = try(12 * tonumber(formatdate("YYYY", local.applied_end)) + tonumber(formatdate("M", local.applied_end)) - 1, local.end_month)
  is_behind         = var.function_key_months == 0 ? false : local.applied_end_month < local.end_month
  is_in_last_month  = local.is_behind ? local.applied_end_month - local.this_month <= 1 : false

  ending_generations = [
    for generation in local.generations : generation
    if try(timecmp(timeadd(local.caller_keys_end[generation], "-720h"), plantimestamp()) <= 0, false) && length(local.made_callers) > 0
  ]
}

# At the end of an apply these are still about what was before it.
check "function_keys_follow_the_calendar" {
  assert {
    condition     = !local.is_behind || local.is_in_last_month
    error_message = "A new period of function_key_months has begun: an apply replaces the keys of rotator and reader, which end at ${coalesce(local.applied_end, "-")}, and refuses nobody. (That apply says this once more.)"
  }

  assert {
    condition     = !local.is_in_last_month
    error_message = "Apply now: the keys of rotator and reader are in their last month, or have ended. After ${coalesce(local.applied_end, "-")} nothing rotates, and no consumer can fetch a key. (That apply says this once more.)"
  }
}

check "function_keys_last" {
  assert {
    condition     = var.function_key_months > 0 || var.function_key_expires_at == null ? true : timecmp(timeadd(var.function_key_expires_at, "-720h"), plantimestamp()) > 0
    error_message = "function_key_expires_at is less than 30 days away. From then on nothing rotates, and no consumer can fetch a key. Set function_key_months, which replaces the keys of rotator and reader alone, or a later date, which replaces those of all callers too, so that they need their new ones."
  }
}

check "caller_keys_last" {
  assert {
    condition = length(local.ending_generations) == 0
    error_message = join("\n", [
      for generation in local.ending_generations :
      "The credentials of generation ${generation} of consumers, monitors and our operator end at ${coalesce(local.caller_keys_end[generation], "-")}, and are refused from then on. ${
        generation == max(local.generations...)
        ? "Add ${generation + 1} to consumer_key_generations, with a later end in consumer_key_expires_at, apply, and hand the new ones out."
        : "When every caller has its newer one, take ${generation} out of consumer_key_generations, and apply."
      }"
    ])
  }
}
