# The shape of what is made: who may do what, and what each function is given. Needs no server and no credentials, but
# both zips (`npm run build`): terraform test -test-directory=test/terraform

mock_provider "scaleway" {
  mock_resource "scaleway_iam_application" {
    defaults = {
      id              = "aaaaaaaa-0000-4000-8000-000000000001"
      organization_id = "aaaaaaaa-0000-4000-8000-000000000002"
    }
  }

  mock_resource "scaleway_iam_policy" {
    defaults = { id = "aaaaaaaa-0000-4000-8000-000000000003" }
  }

  mock_resource "scaleway_iam_api_key" {
    defaults = {
      access_key = "SCW00000000000000000"
      secret_key = "aaaaaaaa-0000-4000-8000-000000000004"
    }
  }

  mock_resource "scaleway_function_namespace" {
    defaults = {
      id         = "fr-par/aaaaaaaa-0000-4000-8000-000000000005"
      project_id = "aaaaaaaa-0000-4000-8000-000000000006"
      region     = "fr-par"
    }
  }

  mock_resource "scaleway_function" {
    defaults = {
      id          = "fr-par/aaaaaaaa-0000-4000-8000-000000000007"
      domain_name = "keys.functions.example"
    }
  }

  mock_resource "scaleway_function_cron" {
    defaults = { id = "fr-par/aaaaaaaa-0000-4000-8000-000000000008" }
  }

  mock_resource "scaleway_secret" {
    defaults = {
      id         = "fr-par/aaaaaaaa-0000-4000-8000-000000000009"
      project_id = "aaaaaaaa-0000-4000-8000-000000000006"
      region     = "fr-par"
      versions = [{
        revision    = "1", secret_id = "aaaaaaaa-0000-4000-8000-000000000009", status = "enabled", latest = true
        description = "", created_at = "2999-01-01T00:00:00Z", updated_at = "2999-01-01T00:00:00Z"
      }]
    }
  }

  mock_data "scaleway_secret" {
    defaults = {
      id   = "nl-ams/bbbbbbbb-0000-4000-8000-000000000009"
      type = "key_value"
      versions = [{
        revision    = "1", secret_id = "bbbbbbbb-0000-4000-8000-000000000009", status = "enabled", latest = true
        description = "", created_at = "2999-01-01T00:00:00Z", updated_at = "2999-01-01T00:00:00Z"
      }]
    }
  }
}

# --------------------------------------------------------------------------------------------------------------- who

run "the_rotator_manages_keys_and_one_secret_and_reads_no_key" {
  assert {
    condition = jsonencode(scaleway_iam_policy.rotator.rule[*].permission_set_names) == jsonencode([
      ["IAMApplicationManager"],
      ["SecretManagerReadOnly"],
      ["SecretManagerSecretCreate"],
      ["SecretManagerSecretDelete", "SecretManagerSecretWrite"],
    ])
    error_message = "The rotator's permission sets are not exactly those it needs."
  }

  assert {
    condition = (
      scaleway_iam_policy.rotator.rule[0].organization_id == "aaaaaaaa-0000-4000-8000-000000000002" &&
      length(coalesce(scaleway_iam_policy.rotator.rule[0].project_ids, [])) == 0
    )
    error_message = "IAMApplicationManager must be in a rule of the organization."
  }

  assert {
    condition = alltrue([
      for rule in slice(scaleway_iam_policy.rotator.rule, 1, 4) :
      tolist(rule.project_ids) == tolist(["aaaaaaaa-0000-4000-8000-000000000006"])
    ])
    error_message = "The rotator's rights on the secret must hold in the secret's project alone."
  }

  assert {
    condition = alltrue([
      for rule in slice(scaleway_iam_policy.rotator.rule, 1, 3) :
      rule.condition == "resource.id == \"aaaaaaaa-0000-4000-8000-000000000009\" || !has(resource.id)"
    ])
    error_message = "Reading and publishing must be bound to the secret, except where a call names none."
  }

  assert {
    condition     = scaleway_iam_policy.rotator.rule[3].condition == "resource.id == \"aaaaaaaa-0000-4000-8000-000000000009\""
    error_message = "Writing must be bound to the secret."
  }
}

run "the_reader_reads_one_secret_and_nothing_else" {
  assert {
    condition = (
      length(scaleway_iam_policy.reader.rule) == 1 &&
      tolist(scaleway_iam_policy.reader.rule[0].permission_set_names) == tolist(["SecretManagerSecretAccess"]) &&
      tolist(scaleway_iam_policy.reader.rule[0].project_ids) == tolist(["aaaaaaaa-0000-4000-8000-000000000006"]) &&
      scaleway_iam_policy.reader.rule[0].condition == "resource.id == \"aaaaaaaa-0000-4000-8000-000000000009\""
    )
    error_message = "The reader must hold SecretManagerSecretAccess on the one secret, and nothing else."
  }
}

run "without_bind_to_secrets_the_same_rights_hold_in_the_whole_project" {
  variables {
    bind_to_secrets = false
    api_key_quota   = 100
    keys            = { for number in range(40) : "key-${number}" => { consumers = [] } }
    prefix          = "keys"
  }

  assert {
    condition = jsonencode(scaleway_iam_policy.rotator.rule[*].permission_set_names) == jsonencode([
      ["IAMApplicationManager"],
      ["SecretManagerReadOnly"],
      ["SecretManagerSecretCreate"],
      ["SecretManagerSecretDelete", "SecretManagerSecretWrite"],
    ]) && length(scaleway_iam_policy.reader.rule) == 1
    error_message = "No right may be added, and none be there twice."
  }

  assert {
    condition = alltrue([
      for rule in concat(scaleway_iam_policy.rotator.rule, scaleway_iam_policy.reader.rule) : rule.condition == ""
    ])
    error_message = "No rule may have a condition."
  }

  assert {
    condition = alltrue([
      for rule in concat(slice(scaleway_iam_policy.rotator.rule, 1, 4), scaleway_iam_policy.reader.rule) :
      tolist(rule.project_ids) == tolist(["aaaaaaaa-0000-4000-8000-000000000006"])
    ])
    error_message = "The rights must hold in the secrets' project alone."
  }
}

run "extra_sets_are_in_the_rule_of_their_scope" {
  variables {
    rotator_extra_permission_sets = ["SecretManagerFullAccess", "IAMReadOnly", "IAMApplicationReadOnly"]
  }

  assert {
    condition = jsonencode(scaleway_iam_policy.rotator.rule[*].permission_set_names) == jsonencode([
      ["IAMApplicationManager", "IAMApplicationReadOnly", "IAMReadOnly"],
      ["SecretManagerReadOnly"],
      ["SecretManagerSecretCreate"],
      ["SecretManagerFullAccess", "SecretManagerSecretDelete", "SecretManagerSecretWrite"],
    ])
    error_message = "Sets of both scopes must not share a rule."
  }

  assert {
    condition     = scaleway_iam_policy.rotator.rule[3].condition == "resource.id == \"aaaaaaaa-0000-4000-8000-000000000009\""
    error_message = "SecretManagerFullAccess must be bound to the secret."
  }
}

run "an_output_says_who_may_do_what" {
  variables {
    consumers            = ["app"]
    consumer_cidrs       = ["51.15.0.0/16"]
    permission_set_names = ["ObjectStorageObjectsRead"]
  }

  assert {
    condition = (
      output.policies.organization_id == "aaaaaaaa-0000-4000-8000-000000000002" &&
      keys(output.policies.applications) == ["bearer-default", "consumer-app", "operator", "reader", "rotator"]
    )
    error_message = "Every application that is made here and has a policy must be in the output."
  }

  assert {
    condition = (
      length(output.policies.applications.rotator.rules) == length(scaleway_iam_policy.rotator.rule) &&
      [for rule in output.policies.applications.rotator.rules : sort(rule.permission_set_names)] == [for rule in scaleway_iam_policy.rotator.rule : tolist(rule.permission_set_names)] &&
      output.policies.applications["consumer-app"].rules[0].condition == "inIpRange(request.ip, \"51.15.0.0/16\")" &&
      output.policies.applications["bearer-default"].rules[0].permission_set_names == tolist(["ObjectStorageObjectsRead"])
    )
    error_message = "The rules of the output must be those of the policies."
  }
}

run "callers_may_call_functions_and_nothing_else" {
  variables {
    consumers = ["app", "worker"]
    monitors  = ["uptime"]
  }

  assert {
    condition     = toset(keys(scaleway_iam_policy.caller)) == toset(["consumer-app", "consumer-worker", "monitor-uptime", "operator"])
    error_message = "Each consumer, each monitor and the operator must have a policy."
  }

  assert {
    condition = alltrue([
      for policy in scaleway_iam_policy.caller : length(policy.rule) == 1 &&
      tolist(policy.rule[0].permission_set_names) == tolist(["FunctionsPrivateAccess"]) &&
      tolist(policy.rule[0].project_ids) == tolist(["aaaaaaaa-0000-4000-8000-000000000006"]) &&
      policy.rule[0].condition == ""
    ])
    error_message = "A caller must hold FunctionsPrivateAccess in the project deployed to, and nothing else."
  }

  assert {
    condition = (
      toset(keys(output.consumer_secret_keys)) == toset(["app", "worker"]) &&
      toset(keys(output.monitor_secret_keys)) == toset(["uptime"])
    )
    error_message = "Each consumer's and each monitor's key must be an output under its name."
  }
}

run "address_ranges_restrict_consumers_alone" {
  variables {
    consumer_cidrs = ["51.15.0.0/16", "2001:db8::/32"]
    monitors       = ["uptime"]
  }

  assert {
    condition     = scaleway_iam_policy.caller["consumer-app"].rule[0].condition == "inIpRange(request.ip, \"51.15.0.0/16\") || inIpRange(request.ip, \"2001:db8::/32\")"
    error_message = "A consumer must be accepted from each of consumer_cidrs, and from nowhere else."
  }

  assert {
    condition = (
      scaleway_iam_policy.caller["operator"].rule[0].condition == "" &&
      scaleway_iam_policy.caller["monitor-uptime"].rule[0].condition == ""
    )
    error_message = "Operator and monitors must not be bound to consumer_cidrs."
  }
}

run "the_bearer_has_no_policy_unless_permission_sets_are_given" {
  assert {
    condition     = length(scaleway_iam_application.bearer) == 1 && length(scaleway_iam_policy.bearer) == 0
    error_message = "Without permission sets the bearer must have no policy."
  }
}

run "the_bearers_sets_of_project_and_organization_are_in_separate_rules" {
  variables {
    default_project_id                = "cccccccc-0000-4000-8000-000000000006"
    permission_set_names              = ["ObjectStorageObjectsRead", "ObjectStorageObjectsWrite"]
    organization_permission_set_names = ["BillingReadOnly"]
  }

  assert {
    condition = jsonencode(scaleway_iam_policy.bearer["default"].rule[*].permission_set_names) == jsonencode([
      ["ObjectStorageObjectsRead", "ObjectStorageObjectsWrite"],
      ["BillingReadOnly"],
    ])
    error_message = "Sets of both scopes must not share a rule."
  }

  assert {
    condition = (
      tolist(scaleway_iam_policy.bearer["default"].rule[0].project_ids) == tolist(["cccccccc-0000-4000-8000-000000000006"]) &&
      scaleway_iam_policy.bearer["default"].rule[1].organization_id == "aaaaaaaa-0000-4000-8000-000000000002"
    )
    error_message = "The bearer's sets must hold in default_project_id and in the organization."
  }
}

run "an_existing_application_is_left_as_it_is" {
  variables {
    application_id = "bbbbbbbb-0000-4000-8000-000000000001"
  }

  assert {
    condition     = length(scaleway_iam_application.bearer) == 0 && length(scaleway_iam_policy.bearer) == 0
    error_message = "No application and no policy must be created."
  }

  assert {
    condition = (
      output.application_id == "bbbbbbbb-0000-4000-8000-000000000001" &&
      jsondecode(scaleway_function.rotation.environment_variables["KEY_DEFAULT"]).application_id == "bbbbbbbb-0000-4000-8000-000000000001"
    )
    error_message = "The existing application's key must be the one that is rotated."
  }
}

run "existing_operators_get_no_identity" {
  variables {
    operator_key_sha256 = [sha256("first"), sha256("second")]
  }

  assert {
    condition = (
      length(scaleway_iam_application.operator) == 0 && length(scaleway_iam_api_key.operator) == 0 &&
      keys(scaleway_iam_policy.caller) == ["consumer-app"] &&
      !contains(keys(scaleway_function.rotation.environment_variables), "IDENTITY_OPERATOR")
    )
    error_message = "No operator must be created, and none be listed among the deployment's own identities."
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] : (
        function.environment_variables["CALLER_OPERATOR_1"] == jsonencode({ name = "operator-1", role = "operator", sha256 = sha256("first") }) &&
        function.environment_variables["CALLER_OPERATOR_2"] == jsonencode({ name = "operator-2", role = "operator", sha256 = sha256("second") }) &&
        !contains(keys(function.environment_variables), "CALLER_OPERATOR")
      )
    ])
    error_message = "Both functions must know the operators given, in their order, and no other."
  }

  assert {
    condition     = output.operator_secret_key == null && strcontains(output.rotate_command, "$TOKEN")
    error_message = "There is no operator key among the outputs, so the command must read $TOKEN."
  }
}

run "keys_of_functions_end_by_the_calendar_and_those_of_callers_by_their_generation" {
  variables {
    function_key_months      = 6
    function_key_expires_at  = "2999-06-30T00:00:00Z"
    monitors                 = ["uptime"]
    consumer_key_generations = [2, 1]
    consumer_key_expires_at  = { 2 = "2999-12-31T00:00:00Z" }
  }

  override_data {
    target = data.scaleway_function.applied
    values = { description = "" }
  }

  assert {
    condition = (
      can(regex("^2[0-9]{3}-0[17]-01T00:00:00Z$", scaleway_iam_api_key.rotator.expires_at)) &&
      scaleway_iam_api_key.reader.expires_at == scaleway_iam_api_key.rotator.expires_at &&
      timecmp(scaleway_iam_api_key.rotator.expires_at, timeadd(timestamp(), "4320h")) > 0 &&
      timecmp(scaleway_iam_api_key.rotator.expires_at, timeadd(timestamp(), "8832h")) < 0
    )
    error_message = "The keys of rotator and reader must end with the half of a year after this one."
  }

  assert {
    condition = alltrue(concat(
      [for key in concat(values(scaleway_iam_api_key.consumer), values(scaleway_iam_api_key.monitor), scaleway_iam_api_key.operator) : key.expires_at == "2999-06-30T00:00:00Z"],
      [for key in scaleway_iam_api_key.caller : key.expires_at == "2999-12-31T00:00:00Z"],
    ))
    error_message = "Callers must keep the end of their generation, and have function_key_expires_at where it has none."
  }
}

run "two_generations_of_a_caller_are_both_accepted_and_the_outputs_give_the_newer" {
  variables {
    monitors                 = ["uptime"]
    consumer_key_generations = [1, 3]
  }

  override_resource {
    target = scaleway_iam_api_key.caller
    values = { access_key = "SCW33333333333333333", secret_key = "33333333-0000-4000-8000-000000000003" }
  }

  assert {
    condition = (
      keys(scaleway_iam_api_key.consumer) == ["app"] && keys(scaleway_iam_api_key.monitor) == ["uptime"] && length(scaleway_iam_api_key.operator) == 1 &&
      keys(scaleway_iam_api_key.caller) == ["consumer-app#3", "monitor-uptime#3", "operator#3"] &&
      keys(scaleway_iam_policy.caller) == ["consumer-app", "monitor-uptime", "operator"]
    )
    error_message = "Each caller must have a key for each generation, of one application, and those of the first stay where they are."
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] :
      { for name, value in function.environment_variables : name => value if startswith(name, "CALLER_") } == {
        for name, caller in {
          CALLER_APP      = { name = "app", role = "consumer" }
          CALLER_UPTIME   = { name = "uptime", role = "monitor" }
          CALLER_OPERATOR = { name = "operator", role = "operator" }
        } : name => jsonencode(merge(caller, { sha256 = [sha256("aaaaaaaa-0000-4000-8000-000000000004"), sha256("33333333-0000-4000-8000-000000000003")] }))
      }
    ])
    error_message = "Both functions must know the hashes of both keys of each caller."
  }

  assert {
    condition = alltrue([
      for name in ["IDENTITY_CONSUMER_APP", "IDENTITY_MONITOR_UPTIME", "IDENTITY_OPERATOR"] :
      jsondecode(scaleway_function.rotation.environment_variables[name]).access_keys == ["SCW00000000000000000", "SCW33333333333333333"]
    ])
    error_message = "Rotation must know both keys of each caller, or it takes one for a stranger's."
  }

  assert {
    condition = (
      output.consumer_secret_keys == { app = "33333333-0000-4000-8000-000000000003" } &&
      output.monitor_secret_keys == { uptime = "33333333-0000-4000-8000-000000000003" } &&
      output.operator_secret_key == "33333333-0000-4000-8000-000000000003"
    )
    error_message = "The outputs must give the newest key."
  }

  assert {
    condition     = jsondecode(scaleway_function.retrieval.environment_variables["CONSUMER_KEY_SHA256"]) == { app = sha256("aaaaaaaa-0000-4000-8000-000000000004") }
    error_message = "The release before knows one key of each consumer: that which it knows already."
  }
}

run "of_the_first_generation_nothing_stays_when_it_is_taken_out" {
  variables {
    monitors                 = ["uptime"]
    consumer_key_generations = [2]
  }

  assert {
    condition = (
      length(scaleway_iam_api_key.consumer) + length(scaleway_iam_api_key.monitor) + length(scaleway_iam_api_key.operator) == 0 &&
      length(scaleway_iam_application.consumer) == 1 && length(scaleway_iam_application.operator) == 1 &&
      keys(scaleway_iam_api_key.caller) == ["consumer-app#2", "monitor-uptime#2", "operator#2"] &&
      output.operator_secret_key == scaleway_iam_api_key.caller["operator#2"].secret_key
    )
    error_message = "Each caller must keep its application, and have the key of the second generation alone."
  }

  assert {
    condition     = jsondecode(scaleway_function.rotation.environment_variables["CALLER_APP"]).sha256 == sha256("aaaaaaaa-0000-4000-8000-000000000004")
    error_message = "With one generation the hash must be a text."
  }
}

run "existing_operators_have_no_generations" {
  variables {
    consumers                = []
    consumer_key_generations = [1, 2]
    operator_key_sha256      = [sha256("first")]
  }

  assert {
    condition     = length(scaleway_iam_api_key.caller) == 0 && output.operator_secret_key == null
    error_message = "Of an operator of your own no key must be made."
  }
}

# -------------------------------------------------------------------------------------------------------------- what

run "an_existing_secret_is_used_where_it_is" {
  variables {
    secret_id = "nl-ams/bbbbbbbb-0000-4000-8000-000000000009"
  }

  assert {
    condition     = length(scaleway_secret.rotated) == 0
    error_message = "No secret must be created."
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] :
      jsondecode(function.environment_variables["KEY_DEFAULT"]).secret_id == "bbbbbbbb-0000-4000-8000-000000000009" &&
      jsondecode(function.environment_variables["KEY_DEFAULT"]).region == "nl-ams"
    ]) && output.region == "nl-ams"
    error_message = "Both functions must be given the secret's bare UUID and its own region, and an output must name it."
  }

  assert {
    condition = alltrue([
      for rule in concat(slice(scaleway_iam_policy.rotator.rule, 1, 4), scaleway_iam_policy.reader.rule) :
      strcontains(rule.condition, "resource.id == \"bbbbbbbb-0000-4000-8000-000000000009\"")
    ])
    error_message = "The rights on the secret must be bound to its bare UUID."
  }
}

# -------------------------------------------------------------------------------------------------------------- code

run "receivers_reach_the_rotation_function_alone_and_as_secrets" {
  variables {
    notification_url    = "https://hooks.example/x"
    notification_secret = "whsec_bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2ggaGVyZQ=="
    heartbeat_url       = "https://heartbeats.example/x"
  }

  assert {
    condition = nonsensitive(scaleway_function.rotation.secret_environment_variables) == tomap({
      HEARTBEAT_URL       = "https://heartbeats.example/x"
      NOTIFICATION_SECRET = "whsec_bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2ggaGVyZQ=="
      NOTIFICATION_URL    = "https://hooks.example/x"
      ROTATOR_SECRET_KEY  = "aaaaaaaa-0000-4000-8000-000000000004"
    })
    error_message = "The rotation function's secret settings are not exactly those it reads."
  }

  assert {
    condition     = nonsensitive(keys(scaleway_function.retrieval.secret_environment_variables)) == tolist(["READER_SECRET_KEY"])
    error_message = "Retrieval must not know the receivers."
  }
}

run "each_function_is_private_and_given_what_it_needs_and_nothing_else" {
  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] :
      function.privacy == "private" && function.http_option == "redirected" && function.sandbox == "v2" &&
      function.runtime == "node24" && function.handler == "handler.handle" && function.deploy && function.min_scale == 0
    ])
    error_message = "Both functions must be private, answer https alone, and run node24 in sandbox v2."
  }

  assert {
    condition     = scaleway_function.rotation.max_scale == 1
    error_message = "Rotations must not run side by side."
  }

  assert {
    condition = keys(scaleway_function.rotation.environment_variables) == tolist([
      "API_KEY_QUOTA", "API_URL", "APPLICATION_ID", "CALLER_APP", "CALLER_OPERATOR", "CONSUMER_KEY_SHA256",
      "CREDENTIAL_MAX_AGE_DAYS", "DEFAULT_PROJECT_ID", "IDENTITY_CONSUMER_APP", "IDENTITY_OPERATOR", "IDENTITY_READER", "IDENTITY_ROTATOR",
      "KEEP_VERSIONS", "KEY_DEFAULT", "MAX_KEY_AGE_DAYS", "MONITOR_KEY_SHA256", "OPERATOR_KEY_SHA256", "OVERLAP_HOURS", "REGION",
      "REQUIRE_CALLER_CHECK", "ROTATION_SCHEDULE", "ROTATOR_ACCESS_KEY", "SECRET_ID", "TIMEOUT_SECONDS",
    ])
    error_message = "The rotation function's plain settings are not exactly those that it and the release before read."
  }

  assert {
    condition = keys(scaleway_function.retrieval.environment_variables) == tolist([
      "API_URL", "CACHE_SECONDS", "CALLER_APP", "CALLER_OPERATOR", "CONSUMER_KEY_SHA256", "KEY_DEFAULT",
      "MONITOR_KEY_SHA256", "OPERATOR_KEY_SHA256", "REGION", "REQUIRE_CALLER_CHECK", "SECRET_ID", "STALE_SECONDS", "TIMEOUT_SECONDS",
    ])
    error_message = "The retrieval function's plain settings are not exactly those that it and the release before read."
  }

  assert {
    condition = (
      nonsensitive(keys(scaleway_function.rotation.secret_environment_variables)) == tolist(["ROTATOR_SECRET_KEY"]) &&
      nonsensitive(keys(scaleway_function.retrieval.secret_environment_variables)) == tolist(["READER_SECRET_KEY"])
    )
    error_message = "Each function must hold its own secret key and no other."
  }

  assert {
    condition = !anytrue([
      for value in concat(
        values(scaleway_function.rotation.environment_variables),
        values(scaleway_function.retrieval.environment_variables),
      ) : value == "" || strcontains(value, "aaaaaaaa-0000-4000-8000-000000000004")
    ])
    error_message = "A plain setting must be neither empty nor a secret key."
  }

  assert {
    condition = (
      length(coalesce(scaleway_function_namespace.this.environment_variables, {})) == 0 &&
      length(coalesce(nonsensitive(scaleway_function_namespace.this.secret_environment_variables), {})) == 0
    )
    error_message = "A variable of the namespace would reach both functions, so there must be none."
  }

  assert {
    condition     = jsondecode(scaleway_function.rotation.environment_variables["KEY_DEFAULT"]).default_project_id == "aaaaaaaa-0000-4000-8000-000000000006"
    error_message = "The rotated key's default project must be the one deployed to."
  }
}

run "both_functions_know_every_caller_by_name_role_and_hash" {
  variables {
    consumers = ["my-app", "Batch.2"]
    monitors  = ["up_time"]
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] :
      { for name, value in function.environment_variables : name => value if startswith(name, "CALLER_") } == {
        for name, caller in {
          CALLER_MY_APP   = { name = "my-app", role = "consumer" }
          CALLER_BATCH_2  = { name = "Batch.2", role = "consumer" }
          CALLER_UP_TIME  = { name = "up_time", role = "monitor" }
          CALLER_OPERATOR = { name = "operator", role = "operator" }
        } : name => jsonencode(merge(caller, { sha256 = sha256("aaaaaaaa-0000-4000-8000-000000000004") }))
      }
    ])
    error_message = "Each caller must be a variable CALLER_<NAME> of both functions, with its name, its role and the SHA-256 hash of its secret key."
  }
}

run "rotation_alone_knows_the_identities_that_are_made_here" {
  variables {
    consumers = ["my-app", "Batch.2"]
    monitors  = ["up_time"]
  }

  assert {
    condition = (
      { for name, value in scaleway_function.rotation.environment_variables : name => value if startswith(name, "IDENTITY_") } == {
        for name, identity in {
          IDENTITY_ROTATOR          = "rotator"
          IDENTITY_READER           = "reader"
          IDENTITY_OPERATOR         = "operator"
          IDENTITY_CONSUMER_MY_APP  = "consumer-my-app"
          IDENTITY_CONSUMER_BATCH_2 = "consumer-Batch.2"
          IDENTITY_MONITOR_UP_TIME  = "monitor-up_time"
          } : name => jsonencode({
            name           = identity
            application_id = "aaaaaaaa-0000-4000-8000-000000000001"
            access_keys    = ["SCW00000000000000000"]
        })
      }
    )
    error_message = "Each identity must be a variable IDENTITY_<NAME> of rotation, with its application and the keys made for it."
  }

  assert {
    condition     = !anytrue([for name in keys(scaleway_function.retrieval.environment_variables) : startswith(name, "IDENTITY_")])
    error_message = "Retrieval has no use for the identities."
  }
}

run "the_release_before_is_given_what_it_reads" {
  variables {
    consumers = ["app", "batch"]
    monitors  = ["uptime"]
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] : (
        function.environment_variables["OPERATOR_KEY_SHA256"] == jsonencode([sha256("aaaaaaaa-0000-4000-8000-000000000004")]) &&
        function.environment_variables["CONSUMER_KEY_SHA256"] == jsonencode({
          app = sha256("aaaaaaaa-0000-4000-8000-000000000004"), batch = sha256("aaaaaaaa-0000-4000-8000-000000000004")
        }) &&
        function.environment_variables["MONITOR_KEY_SHA256"] == jsonencode({ uptime = sha256("aaaaaaaa-0000-4000-8000-000000000004") }) &&
        function.environment_variables["REQUIRE_CALLER_CHECK"] == "true"
      )
    ])
    error_message = "While its code still runs, the release before must know the same callers, and check them."
  }
}

# 13 consumers and monitors of 6 characters are 989 characters, of 7 characters 1002; 15 operators would be 1006.
run "what_the_release_before_reads_stays_below_a_thousand_characters" {
  variables {
    consumers           = [for number in range(13) : format("app-%03d", number)]
    monitors            = [for number in range(13) : format("mon-%02d", number)]
    operator_key_sha256 = [for number in range(15) : sha256("operator ${number}")]
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] : (
        !contains(keys(function.environment_variables), "CONSUMER_KEY_SHA256") &&
        length(jsondecode(function.environment_variables["MONITOR_KEY_SHA256"])) == 13 &&
        jsondecode(function.environment_variables["OPERATOR_KEY_SHA256"]) == [for number in range(14) : sha256("operator ${number}")]
      )
    ])
    error_message = "A list of callers that is too long for the release before must be left out, and of operators the first 14 be given."
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] :
      length([for name in keys(function.environment_variables) : name if startswith(name, "CALLER_")]) == 41
    ])
    error_message = "The functions of this release must know all callers."
  }

  assert {
    condition = alltrue([
      for value in concat(
        values(scaleway_function.rotation.environment_variables),
        values(scaleway_function.retrieval.environment_variables),
      ) : length(value) > 0 && length(value) <= 1000
    ])
    error_message = "A plain setting must have 1 to 1000 characters."
  }
}

run "as_many_keys_and_callers_as_may_be_named_leave_room_for_all_variables" {
  variables {
    keys = { for number in range(39) : "a-key-of-a-very-long-name-${number}" => {
      consumers = [for consumer in range(number < 37 ? 1 : 0) : "consumer-of-a-very-long-name-${number}"]
    } }
    prefix              = "keys"
    monitors            = [for number in range(30) : "monitor-of-a-very-long-name-${number}"]
    api_key_quota       = 200
    notification_url    = "https://hooks.example/x"
    notification_secret = "whsec_bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2ggaGVyZQ=="
    heartbeat_url       = "https://heartbeats.example/x"
  }

  assert {
    condition = (
      length(scaleway_function.rotation.environment_variables) +
      length(nonsensitive(scaleway_function.rotation.secret_environment_variables)) <= 199
    )
    error_message = "The platform gives a function 200 variables, of which LOG_LEVEL may be set by hand."
  }
}

run "both_functions_call_the_scaleway_of_the_provider" {
  variables {
    scw_api_url = "http://127.0.0.1:8080"
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] :
      function.environment_variables["API_URL"] == "http://127.0.0.1:8080"
    ])
    error_message = "Both functions must call the Scaleway that the provider calls."
  }

  assert {
    condition     = output.rotation_url == "http://keys.functions.example" && output.retrieval_url == "http://keys.functions.example"
    error_message = "Without TLS there, the URLs must be http."
  }
}

# -------------------------------------------------------------------------------------------------------------- when

run "two_triggers_call_the_rotation_function" {
  assert {
    condition = (
      nonsensitive(jsondecode(scaleway_function_cron.rotate["default"].args)) == {
        action = "rotate", keys = ["default"], source = "cron", token = sha256("cron:aaaaaaaa-0000-4000-8000-000000000004")
      } &&
      nonsensitive(jsondecode(scaleway_function_cron.tend[0].args)) == {
        action = "tend", source = "maintenance", token = sha256("cron:aaaaaaaa-0000-4000-8000-000000000004")
      } &&
      scaleway_function_cron.rotate["default"].function_id == "fr-par/aaaaaaaa-0000-4000-8000-000000000007" &&
      scaleway_function_cron.tend[0].function_id == "fr-par/aaaaaaaa-0000-4000-8000-000000000007"
    )
    error_message = "The monthly trigger must rotate and the hourly one tend, and each prove itself by a hash of the rotator's key."
  }

  assert {
    condition     = issensitive(scaleway_function_cron.rotate["default"].args) && issensitive(scaleway_function_cron.tend[0].args)
    error_message = "A trigger's token must be shown in no plan."
  }
}

run "the_function_and_an_output_name_the_schedule_of_the_trigger_that_rotates" {
  variables {
    cron_schedule = "30 4 * * 1"
  }

  assert {
    condition = (
      scaleway_function_cron.rotate["default"].schedule == "30 4 * * 1" &&
      jsondecode(scaleway_function.rotation.environment_variables["KEY_DEFAULT"]).rotation_schedule == "30 4 * * 1" &&
      output.rotation_schedule == "30 4 * * 1"
    )
    error_message = "The status must name the next firing of the very schedule that fires."
  }
}

run "without_rotation_there_is_no_trigger" {
  variables {
    rotation_enabled = false
  }

  assert {
    condition     = length(scaleway_function_cron.rotate) == 0 && length(scaleway_function_cron.tend) == 0
    error_message = "rotation_enabled = false must remove both triggers."
  }

  assert {
    condition = (
      !contains(keys(jsondecode(scaleway_function.rotation.environment_variables["KEY_DEFAULT"])), "rotation_schedule") &&
      !contains(keys(scaleway_function.rotation.environment_variables), "ROTATION_SCHEDULE") &&
      output.rotation_schedule == null && output.keys["default"].rotation_schedule == null
    )
    error_message = "Without a trigger neither the function nor an output may name a schedule."
  }
}

run "a_secret_without_a_key_is_an_alarm" {
  command = plan

  variables {
    secret_id = "bbbbbbbb-0000-4000-8000-000000000009"
  }

  override_data {
    target = data.scaleway_secret.existing
    values = { id = "fr-par/bbbbbbbb-0000-4000-8000-000000000009", type = "key_value", versions = [] }
  }

  expect_failures = [check.key_is_fresh]
}

run "a_key_older_than_the_maximum_age_is_an_alarm" {
  command = plan

  variables {
    secret_id = "bbbbbbbb-0000-4000-8000-000000000009"
  }

  override_data {
    target = data.scaleway_secret.existing
    values = {
      id   = "fr-par/bbbbbbbb-0000-4000-8000-000000000009"
      type = "key_value"
      versions = [{
        revision    = "1", secret_id = "bbbbbbbb-0000-4000-8000-000000000009", status = "enabled", latest = true
        description = "", created_at = "2020-01-01T00:00:00Z", updated_at = "2020-01-01T00:00:00Z"
      }]
    }
  }

  expect_failures = [check.key_is_fresh]
}

run "keys_that_expire_within_a_month_are_an_alarm" {
  variables {
    function_key_expires_at = "2020-01-01T00:00:00Z"
  }

  expect_failures = [check.function_keys_last, check.caller_keys_last]
}

run "a_generation_that_ends_within_a_month_is_an_alarm_and_the_functions_keys_are_none" {
  variables {
    consumer_key_generations = [1, 2]
    consumer_key_expires_at  = { 1 = "2020-01-01T00:00:00Z", 2 = "2999-01-01T00:00:00Z" }
  }

  expect_failures = [check.caller_keys_last]
}

run "an_end_that_no_key_has_is_no_alarm" {
  variables {
    function_key_months      = 6
    function_key_expires_at  = "2020-01-01T00:00:00Z"
    consumer_key_generations = [2]
    consumer_key_expires_at  = { 1 = "2020-01-01T00:00:00Z", 2 = "2999-01-01T00:00:00Z" }
  }

  override_data {
    target = data.scaleway_function.applied
    values = { description = "From before function_key_months" }
  }
}

run "keys_of_a_period_long_past_are_an_alarm" {
  variables {
    function_key_months = 3
  }

  override_data {
    target = data.scaleway_function.applied
    values = { description = "Rotates the API key; GET gives the status. Its own key and the reader's end 2020-01-01T00:00:00Z" }
  }

  expect_failures = [check.function_keys_follow_the_calendar]
}

run "a_secret_that_cannot_hold_a_key_is_refused" {
  command = plan

  variables {
    secret_id = "bbbbbbbb-0000-4000-8000-000000000009"
  }

  override_data {
    target = data.scaleway_secret.existing
    values = { id = "fr-par/bbbbbbbb-0000-4000-8000-000000000009", type = "certificate" }
  }

  expect_failures = [data.scaleway_secret.existing]
}

run "a_secret_whose_versions_expire_is_refused" {
  command = plan

  variables {
    secret_id = "bbbbbbbb-0000-4000-8000-000000000009"
  }

  override_data {
    target = data.scaleway_secret.existing
    values = {
      id               = "fr-par/bbbbbbbb-0000-4000-8000-000000000009"
      type             = "key_value"
      ephemeral_policy = [{ action = "delete", expires_once_accessed = true, ttl = "" }]
    }
  }

  expect_failures = [data.scaleway_secret.existing]
}

# ------------------------------------------------------------------------------------------------------- several keys

run "three_keys_have_what_is_theirs_and_share_rotator_and_reader" {
  variables {
    monitors         = ["uptime"]
    keep_versions    = 2
    overlap_hours    = 100
    secret_protected = true
    keys = {
      default = { consumers = ["app"] }
      billing = {
        consumers            = ["billing-api", "app"], cron_schedule = "0 3 1 * *", keep_versions = 4
        permission_set_names = ["ObjectStorageFullAccess"], secret_protected = false
      }
      mail-er = {
        application        = { id = "cccccccc-0000-4000-8000-000000000001" }
        secret             = { id = "nl-ams/bbbbbbbb-0000-4000-8000-000000000009", project_id = "bbbbbbbb-0000-4000-8000-000000000006" }
        default_project_id = "cccccccc-0000-4000-8000-000000000006", consumers = [], overlap_hours = 48
        max_key_age_days   = 40, key_lifetime_days = 0
      }
    }
  }

  assert {
    condition = (
      { for key, application in scaleway_iam_application.bearer : key => application.name } == { default = "key-rotation-bearer", billing = "key-rotation-billing-bearer" } &&
      { for key, policy in scaleway_iam_policy.bearer : key => policy.name } == { billing = "key-rotation-billing-bearer" } &&
      { for key, secret in scaleway_secret.rotated : key => secret.name } == { default = "key-rotation-key", billing = "key-rotation-billing-key" } &&
      { for key, secret in scaleway_secret.rotated : key => secret.protected } == { default = true, billing = false }
    )
    error_message = "The key default must keep the names of a single one, others carry theirs, and an existing application or secret be left alone."
  }

  assert {
    condition = (
      tolist(scaleway_iam_policy.bearer["billing"].rule[0].permission_set_names) == tolist(["ObjectStorageFullAccess"]) &&
      scaleway_iam_policy.bearer["billing"].application_id == "aaaaaaaa-0000-4000-8000-000000000001"
    )
    error_message = "A key's permission sets must be granted to its own bearer."
  }

  assert {
    condition = alltrue([
      for rule in concat(slice(scaleway_iam_policy.rotator.rule, 1, 4), scaleway_iam_policy.reader.rule) :
      startswith(rule.condition, join(" || ", [
        "resource.id == \"aaaaaaaa-0000-4000-8000-000000000009\"", "resource.id == \"aaaaaaaa-0000-4000-8000-000000000009\"",
        "resource.id == \"bbbbbbbb-0000-4000-8000-000000000009\"",
      ])) && tolist(rule.project_ids) == tolist(["aaaaaaaa-0000-4000-8000-000000000006", "bbbbbbbb-0000-4000-8000-000000000006"])
    ]) && length(scaleway_iam_policy.rotator.rule) == 4 && length(scaleway_iam_policy.reader.rule) == 1
    error_message = "Rotator and reader must be bound to the secrets of all keys, in the projects of these, each once."
  }

  assert {
    condition = (
      { for name, value in scaleway_function.rotation.environment_variables : name => value if startswith(name, "KEY_") } == {
        KEY_DEFAULT = jsonencode({
          name               = "default", application_id = "aaaaaaaa-0000-4000-8000-000000000001"
          default_project_id = "aaaaaaaa-0000-4000-8000-000000000006", region = "fr-par"
          secret_id          = "aaaaaaaa-0000-4000-8000-000000000009"
          overlap_hours      = 100, key_lifetime_days = 90, max_key_age_days = 35, keep_versions = 2
          rotation_schedule  = "0 2 1 * *"
        })
        KEY_BILLING = jsonencode({
          name               = "billing", application_id = "aaaaaaaa-0000-4000-8000-000000000001"
          default_project_id = "aaaaaaaa-0000-4000-8000-000000000006", region = "fr-par"
          secret_id          = "aaaaaaaa-0000-4000-8000-000000000009"
          overlap_hours      = 100, key_lifetime_days = 90, max_key_age_days = 35, keep_versions = 4
          rotation_schedule  = "0 3 1 * *"
        })
        KEY_MAIL_ER = jsonencode({
          name               = "mail-er", application_id = "cccccccc-0000-4000-8000-000000000001"
          default_project_id = "cccccccc-0000-4000-8000-000000000006", region = "nl-ams"
          secret_id          = "bbbbbbbb-0000-4000-8000-000000000009"
          overlap_hours      = 48, key_lifetime_days = 0, max_key_age_days = 40, keep_versions = 2
          rotation_schedule  = "0 2 1 * *"
        })
      }
    )
    error_message = "Rotation must be given one variable for each key, with its own settings or else the defaults."
  }

  assert {
    condition = (
      { for name, value in scaleway_function.retrieval.environment_variables : name => value if startswith(name, "KEY_") } == {
        KEY_DEFAULT = jsonencode({ name = "default", region = "fr-par", secret_id = "aaaaaaaa-0000-4000-8000-000000000009", consumers = ["app"] })
        KEY_BILLING = jsonencode({ name = "billing", region = "fr-par", secret_id = "aaaaaaaa-0000-4000-8000-000000000009", consumers = ["app", "billing-api"] })
        KEY_MAIL_ER = jsonencode({ name = "mail-er", region = "nl-ams", secret_id = "bbbbbbbb-0000-4000-8000-000000000009", consumers = [] })
      }
    )
    error_message = "Retrieval must be given one variable for each key, with those who may fetch it."
  }

  assert {
    condition = (
      keys(scaleway_iam_api_key.consumer) == ["app", "billing-api"] &&
      keys(output.consumer_secret_keys) == ["app", "billing-api"] &&
      keys(scaleway_iam_policy.caller) == ["consumer-app", "consumer-billing-api", "monitor-uptime", "operator"]
    )
    error_message = "A consumer of two keys must have one credential."
  }

  assert {
    condition = alltrue([
      for function in [scaleway_function.rotation, scaleway_function.retrieval] :
      function.environment_variables["SECRET_ID"] == "aaaaaaaa-0000-4000-8000-000000000009" &&
      function.environment_variables["REGION"] == "fr-par"
      ]) && {
      for name, value in scaleway_function.rotation.environment_variables : name => value
      if contains(["APPLICATION_ID", "DEFAULT_PROJECT_ID", "OVERLAP_HOURS", "MAX_KEY_AGE_DAYS", "KEEP_VERSIONS", "ROTATION_SCHEDULE"], name)
      } == {
      APPLICATION_ID    = "aaaaaaaa-0000-4000-8000-000000000001", DEFAULT_PROJECT_ID = "aaaaaaaa-0000-4000-8000-000000000006"
      OVERLAP_HOURS     = "100", MAX_KEY_AGE_DAYS = "35", KEEP_VERSIONS = "2"
      ROTATION_SCHEDULE = "0 2 1 * *"
    }
    error_message = "While its code still runs, the release before must know the key default."
  }

  assert {
    condition = (
      { for key, cron in scaleway_function_cron.rotate : key => "${cron.name} at ${cron.schedule}" } == {
        default     = "key-rotation-rotate at 0 2 1 * *"
        "0 3 1 * *" = "key-rotation-rotate-billing at 0 3 1 * *"
      } &&
      nonsensitive(jsondecode(scaleway_function_cron.rotate["default"].args)).keys == ["default", "mail-er"] &&
      nonsensitive(jsondecode(scaleway_function_cron.rotate["0 3 1 * *"].args)).keys == ["billing"] &&
      !contains(keys(nonsensitive(jsondecode(scaleway_function_cron.tend[0].args))), "keys")
    )
    error_message = "There must be one trigger for each schedule, which names its keys, and one hourly for all."
  }

  assert {
    condition = (
      output.keys["billing"].application_id == "aaaaaaaa-0000-4000-8000-000000000001" &&
      output.keys["billing"].secret_id == "aaaaaaaa-0000-4000-8000-000000000009" &&
      output.keys["mail-er"].region == "nl-ams" && output.keys["billing"].rotation_schedule == "0 3 1 * *" &&
      output.keys["billing"].consumers == tolist(["app", "billing-api"]) &&
      output.keys["billing"].retrieval_url == "https://keys.functions.example/billing" &&
      endswith(output.keys["billing"].rotate_command, " https://keys.functions.example/billing") &&
      endswith(output.keys["billing"].fetch_command, " https://keys.functions.example/billing") &&
      strcontains(output.keys["billing"].fetch_command, "[\"app\"]") &&
      strcontains(output.keys["mail-er"].fetch_command, "operator_secret_key")
    )
    error_message = "What the outputs say of a key must be its own, and what is to be pasted name it."
  }

  assert {
    condition = (
      output.secret_id == null && output.application_id == null && output.region == null &&
      output.rotation_schedule == null && output.rotate_command == null && output.fetch_command == null &&
      output.retrieval_url == "https://keys.functions.example"
    )
    error_message = "With several keys, outputs that are one key's must be null."
  }
}

run "without_a_key_default_the_release_before_knows_the_first_by_name" {
  variables {
    cron_schedule = "0 4 1 * *"
    keys = {
      mailer  = { consumers = ["mailer"], keep_versions = 5 }
      billing = { consumers = ["app"], keep_versions = 1, cron_schedule = "0 3 1 * *" }
    }
  }

  assert {
    condition = (
      scaleway_function.rotation.environment_variables["KEEP_VERSIONS"] == "1" &&
      scaleway_function.rotation.environment_variables["ROTATION_SCHEDULE"] == "0 3 1 * *"
    )
    error_message = "The release before must be given the first key."
  }

  assert {
    condition = (
      { for key, cron in scaleway_function_cron.rotate : key => "${cron.name} at ${cron.schedule}" } == {
        default     = "key-rotation-rotate at 0 4 1 * *"
        "0 3 1 * *" = "key-rotation-rotate-billing at 0 3 1 * *"
      }
    )
    error_message = "The trigger of the default's schedule must be called as before there were several."
  }
}

run "more_secrets_than_a_condition_holds_are_in_a_second_rule" {
  variables {
    prefix        = "keys"
    api_key_quota = 100
    keys          = { for number in range(40) : "key-${number}" => { consumers = [] } }
  }

  assert {
    condition = (
      length(scaleway_iam_policy.rotator.rule) == 7 && length(scaleway_iam_policy.reader.rule) == 2 &&
      alltrue([
        for rule in concat(slice(scaleway_iam_policy.rotator.rule, 1, 7), scaleway_iam_policy.reader.rule) : length(rule.condition) <= 2048
      ]) &&
      sum([for rule in scaleway_iam_policy.reader.rule : length(split(" || ", rule.condition))]) == 40
    )
    error_message = "A condition may have 2048 characters, and each secret must be in one."
  }

  assert {
    condition = alltrue([
      for value in concat(
        values(scaleway_function.rotation.environment_variables),
        values(scaleway_function.retrieval.environment_variables),
      ) : length(value) <= 1000
    ])
    error_message = "A plain setting must have at most 1000 characters."
  }
}

run "the_longest_settings_of_a_key_stay_below_a_thousand_characters" {
  variables {
    prefix        = "keys"
    api_key_quota = 100
    overlap_hours = 60
    consumers     = [for number in range(24) : format("a-consumer-of-32-characters-%04d", number)]
    keys = { "a-name-of-forty-letters-and-hyphens-only" = {
      cron_schedule = "0 2 ${join(",", range(1, 32))} 1,2,3,4,5,6,7,8,9,10,11,12 MON,TUE,WED,THU,FRI,SAT,SUN"
    } }
  }

  assert {
    condition = alltrue([
      for value in concat(
        values(scaleway_function.rotation.environment_variables),
        values(scaleway_function.retrieval.environment_variables),
      ) : length(value) <= 1000
    ])
    error_message = "A plain setting must have at most 1000 characters."
  }
}

run "every_key_that_is_not_fresh_is_named" {
  command = plan

  variables {
    keys = {
      billing = { consumers = [], secret = { id = "bbbbbbbb-0000-4000-8000-000000000001" } }
      mailer  = { consumers = [], secret = { id = "bbbbbbbb-0000-4000-8000-000000000002" }, max_key_age_days = 60 }
    }
  }

  override_data {
    target = data.scaleway_secret.existing
    values = {
      id   = "fr-par/bbbbbbbb-0000-4000-8000-000000000001"
      type = "key_value"
      versions = [{
        revision    = "1", secret_id = "bbbbbbbb-0000-4000-8000-000000000001", status = "enabled", latest = true
        description = "", created_at = "2020-01-01T00:00:00Z", updated_at = "2020-01-01T00:00:00Z"
      }]
    }
  }

  expect_failures = [check.key_is_fresh]

  assert {
    condition     = length(local.keys_never_made) == 0 && join(" ", local.keys_too_old) == "billing mailer"
    error_message = "The warning must name each key whose newest version is too old."
  }
}

run "retrieval_is_kept_warm_when_asked" {
  variables {
    retrieval_min_scale = 1
  }

  assert {
    condition     = scaleway_function.retrieval.min_scale == 1 && scaleway_function.rotation.min_scale == 0
    error_message = "retrieval_min_scale must set retrieval's instances, and no other's."
  }
}

# ------------------------------------------------------------------------------------------------- what the outputs give

run "without_consumers_the_operator_fetches" {
  variables {
    consumers = []
  }

  assert {
    condition     = strcontains(output.fetch_command, "operator_secret_key") && strcontains(output.fetch_command, output.retrieval_url)
    error_message = "fetch_command must work without a consumer."
  }
}

run "the_first_consumer_fetches" {
  variables {
    consumers = ["worker", "app"]
  }

  assert {
    condition     = strcontains(output.fetch_command, "consumer_secret_keys") && strcontains(output.fetch_command, "[\"app\"]")
    error_message = "fetch_command must read the token of a consumer that exists."
  }
}

run "commands_send_the_key_in_both_headers" {
  assert {
    condition     = jsonencode(output.caller_headers) == jsonencode(["X-Auth-Token", "Authorization"])
    error_message = "Callers must send both headers, whichever the platform lets through."
  }

  assert {
    condition = alltrue([
      for command in [output.rotate_command, output.fetch_command] :
      strcontains(command, "awk '{ print \"X-Auth-Token: \" $0; print \"Authorization: Bearer \" $0 }' | curl")
    ])
    error_message = "Each command must send exactly both headers."
  }
}

run "with_send_caller_key_commands_send_a_third_header" {
  variables {
    send_caller_key     = true
    operator_key_sha256 = ["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
    consumers           = []
  }

  assert {
    condition     = jsonencode(output.caller_headers) == jsonencode(["X-Auth-Token", "Authorization", "X-Caller-Key"])
    error_message = "X-Caller-Key must be among the headers to send."
  }

  assert {
    condition = alltrue([
      for command in [output.rotate_command, output.fetch_command] :
      strcontains(command, "printf %s \"$TOKEN\" | awk '{ print \"X-Auth-Token: \" $0; print \"Authorization: Bearer \" $0; print \"X-Caller-Key: \" $0 }' | curl")
    ])
    error_message = "Each command must send X-Caller-Key as well, also as an operator of your own."
  }
}

run "without_a_value_of_send_caller_key_there_is_no_third_header" {
  variables {
    send_caller_key = null
  }

  assert {
    condition     = length(output.caller_headers) == 2
    error_message = "Null must mean the default."
  }
}

run "commands_hold_no_key" {
  assert {
    condition = !anytrue([
      for command in [output.rotate_command, output.fetch_command] :
      strcontains(command, "aaaaaaaa-0000-4000-8000-000000000004")
    ])
    error_message = "A command to paste must read the token, never contain it."
  }

  assert {
    condition     = issensitive(output.operator_secret_key) && issensitive(output.consumer_secret_keys) && issensitive(output.monitor_secret_keys)
    error_message = "Keys must be sensitive outputs alone."
  }

  assert {
    condition     = output.secret_id == "aaaaaaaa-0000-4000-8000-000000000009"
    error_message = "secret_id must be a bare UUID."
  }
}
