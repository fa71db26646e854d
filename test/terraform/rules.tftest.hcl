# What the variables refuse, and what they accept. Every value refused here would cost an outage (variables.tf says which).
# Needs no server and no credentials: terraform test -test-directory=test/terraform

mock_provider "scaleway" {
  # OpenTofu invents ids, which are not UUIDs, already in a plan.
  mock_resource "scaleway_iam_application" {
    defaults = {
      id              = "aaaaaaaa-0000-4000-8000-000000000001"
      organization_id = "aaaaaaaa-0000-4000-8000-000000000002"
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
    defaults = { id = "fr-par/aaaaaaaa-0000-4000-8000-000000000007" }
  }

  mock_data "scaleway_secret" {
    defaults = {
      id   = "fr-par/11111111-2222-3333-4444-555555555555"
      type = "key_value"
      versions = [{
        revision    = "1", secret_id = "11111111-2222-3333-4444-555555555555", status = "enabled", latest = true
        description = "", created_at = "2999-01-01T00:00:00Z", updated_at = "2999-01-01T00:00:00Z"
      }]
    }
  }
}

# An existing secret, because its versions are known in a plan: a check that waits for the apply fails a test.
variables {
  secret_id = "11111111-2222-3333-4444-555555555555"
}

# ------------------------------------------------------------------------------------------------------------ refused

run "refuses_an_api_url_with_a_slash_at_its_end" {
  command = plan

  variables {
    scw_api_url = "http://127.0.0.1:8080/"
  }

  expect_failures = [var.scw_api_url]
}

run "refuses_an_api_url_in_clear_text" {
  command = plan

  variables {
    scw_api_url = "http://api.scaleway.example"
  }

  expect_failures = [var.scw_api_url]
}

run "refuses_an_api_url_whose_loopback_is_a_user" {
  command = plan

  variables {
    scw_api_url = "http://127.0.0.1:80@api.scaleway.example"
  }

  expect_failures = [var.scw_api_url]
}

run "refuses_a_prefix_longer_than_a_domain_name_allows" {
  command = plan

  variables {
    prefix = "a-prefix-of-21-letters"
  }

  expect_failures = [var.prefix]
}

run "refuses_a_prefix_with_capitals" {
  command = plan

  variables {
    prefix = "Keys"
  }

  expect_failures = [var.prefix]
}

run "refuses_a_tag_with_a_colon" {
  command = plan

  variables {
    tags = ["team", "cost:42"]
  }

  expect_failures = [var.tags]
}

run "refuses_an_empty_tag" {
  command = plan

  variables {
    tags = [""]
  }

  expect_failures = [var.tags]
}

run "refuses_an_application_that_is_not_a_uuid" {
  command = plan

  variables {
    application_id = "my-app"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_permission_sets_for_an_existing_application" {
  command = plan

  variables {
    application_id       = "11111111-2222-3333-4444-555555555555"
    permission_set_names = ["ObjectStorageReadOnly"]
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_organization_sets_for_an_existing_application" {
  command = plan

  variables {
    application_id                    = "11111111-2222-3333-4444-555555555555"
    organization_permission_set_names = ["BillingReadOnly"]
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_default_project_that_is_not_a_uuid" {
  command = plan

  variables {
    default_project_id = "default"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_consumer_name_that_the_function_would_refuse" {
  command = plan

  variables {
    consumers = ["my app"]
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_consumer_named_proto" {
  command = plan

  variables {
    consumers = ["app", "__proto__"]
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_consumer_named_constructor" {
  command = plan

  variables {
    consumers = ["app", "constructor"]
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_consumer_named_prototype" {
  command = plan

  variables {
    consumers = ["app", "prototype"]
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_two_consumers_that_differ_in_capitals_alone" {
  command = plan

  variables {
    consumers = ["app", "App"]
  }

  expect_failures = [var.consumers]
}

run "refuses_two_consumers_that_differ_in_a_separator_alone" {
  command = plan

  variables {
    consumers = ["my.app", "my-app"]
  }

  expect_failures = [var.consumers]
}

run "refuses_two_consumers_that_differ_in_an_underscore_alone" {
  command = plan

  variables {
    consumers = ["my_app", "my-app"]
  }

  expect_failures = [var.consumers]
}

run "refuses_a_consumer_and_a_monitor_of_one_name" {
  command = plan

  variables {
    consumers = ["app"]
    monitors  = ["App"]
  }

  expect_failures = [var.consumers]
}

run "refuses_a_consumer_named_operator" {
  command = plan

  variables {
    consumers = ["Operator"]
  }

  expect_failures = [var.consumers]
}

run "refuses_a_monitor_named_operator" {
  command = plan

  variables {
    monitors = ["operator"]
  }

  expect_failures = [var.consumers]
}

run "refuses_a_consumer_named_as_an_operator_of_ones_own" {
  command = plan

  variables {
    consumers           = ["operator_1"]
    operator_key_sha256 = [sha256("a")]
  }

  expect_failures = [var.consumers]
}

run "refuses_more_callers_than_a_function_has_variables_for" {
  command = plan

  variables {
    consumers     = [for number in range(50) : "consumer-${number}"]
    monitors      = [for number in range(37) : "monitor-${number}"]
    api_key_quota = 100
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_malformed_range" {
  command = plan

  variables {
    consumer_cidrs = ["51.15.0.1"]
  }

  expect_failures = [var.consumer_cidrs]
}

run "refuses_a_private_range" {
  command = plan

  variables {
    consumer_cidrs = ["51.15.0.0/16", "172.20.0.0/16"]
  }

  expect_failures = [var.consumer_cidrs]
}

run "refuses_more_ranges_than_a_condition_holds" {
  command = plan

  variables {
    consumer_cidrs = [for number in range(60) : cidrsubnet("203.0.0.0/8", 16, number)]
  }

  expect_failures = [var.consumer_cidrs]
}

run "refuses_a_monitor_name_that_the_function_would_refuse" {
  command = plan

  variables {
    monitors = ["up/time"]
  }

  expect_failures = [var.monitors]
}

run "refuses_a_monitor_named_proto" {
  command = plan

  variables {
    monitors = ["uptime", "__proto__"]
  }

  expect_failures = [var.monitors]
}

run "refuses_a_monitor_named_constructor" {
  command = plan

  variables {
    monitors = ["uptime", "constructor"]
  }

  expect_failures = [var.monitors]
}

run "refuses_a_monitor_named_prototype" {
  command = plan

  variables {
    monitors = ["uptime", "prototype"]
  }

  expect_failures = [var.monitors]
}

run "refuses_an_operator_named_by_the_key_itself" {
  command = plan

  variables {
    operator_key_sha256 = ["11111111-2222-3333-4444-555555555555"]
  }

  expect_failures = [var.operator_key_sha256]
}

run "refuses_an_operator_named_twice" {
  command = plan

  variables {
    operator_key_sha256 = [sha256("a"), sha256("b"), sha256("a")]
  }

  expect_failures = [var.operator_key_sha256]
}

run "refuses_an_operators_hash_of_nothing" {
  command = plan

  variables {
    operator_key_sha256 = [sha256("")]
  }

  expect_failures = [var.operator_key_sha256]
}

run "refuses_an_operators_hash_in_capitals" {
  command = plan

  variables {
    operator_key_sha256 = [upper(sha256("a"))]
  }

  expect_failures = [var.operator_key_sha256]
}

run "refuses_an_expiry_that_is_not_a_time" {
  command = plan

  variables {
    function_key_expires_at = "next year"
  }

  expect_failures = [var.function_key_expires_at]
}

run "refuses_a_fraction_of_a_month" {
  command = plan

  variables {
    function_key_months = 1.5
  }

  expect_failures = [var.function_key_months]
}

run "refuses_a_period_longer_than_two_years" {
  command = plan

  variables {
    function_key_months = 25
  }

  expect_failures = [var.function_key_months]
}

run "refuses_less_than_no_month" {
  command = plan

  variables {
    function_key_months = -1
  }

  expect_failures = [var.function_key_months]
}

run "refuses_no_generation" {
  command = plan

  variables {
    consumer_key_generations = []
  }

  expect_failures = [var.consumer_key_generations]
}

run "refuses_three_generations" {
  command = plan

  variables {
    consumer_key_generations = [1, 2, 3]
  }

  expect_failures = [var.consumer_key_generations]
}

run "refuses_a_generation_named_twice" {
  command = plan

  variables {
    consumer_key_generations = [2, 2]
  }

  expect_failures = [var.consumer_key_generations]
}

run "refuses_a_generation_before_the_first" {
  command = plan

  variables {
    consumer_key_generations = [0, 1]
  }

  expect_failures = [var.consumer_key_generations]
}

run "refuses_a_fraction_of_a_generation" {
  command = plan

  variables {
    consumer_key_generations = [1, 1.5]
  }

  expect_failures = [var.consumer_key_generations]
}

run "refuses_the_end_of_something_that_is_no_generation" {
  command = plan

  variables {
    consumer_key_expires_at = { app = "2999-01-01T00:00:00Z" }
  }

  expect_failures = [var.consumer_key_expires_at]
}

run "refuses_the_end_of_a_generation_that_is_not_a_time" {
  command = plan

  variables {
    consumer_key_expires_at = { 2 = "next year" }
  }

  expect_failures = [var.consumer_key_expires_at]
}

run "refuses_a_fraction_of_a_day_of_age" {
  command = plan

  variables {
    credential_max_age_days = 0.5
  }

  expect_failures = [var.credential_max_age_days]
}

run "refuses_an_age_that_keys_reach_within_a_period" {
  command = plan

  variables {
    function_key_months = 13
  }

  expect_failures = [var.credential_max_age_days]
}

run "refuses_an_age_below_zero" {
  command = plan

  variables {
    credential_max_age_days = -1
  }

  expect_failures = [var.credential_max_age_days]
}

run "refuses_a_secret_named_by_its_name" {
  command = plan

  variables {
    secret_id = "my-secret"
  }

  expect_failures = [data.scaleway_secret.existing]
}

run "refuses_a_memory_size_that_the_platform_lacks" {
  command = plan

  variables {
    rotation_memory_limit = 300
  }

  expect_failures = [var.rotation_memory_limit]
}

run "refuses_a_rotation_timeout_that_cuts_rotations_off" {
  command = plan

  variables {
    rotation_timeout = 179
  }

  expect_failures = [var.rotation_timeout]
}

run "refuses_a_rotation_timeout_beyond_the_settle_time" {
  command = plan

  variables {
    rotation_timeout = 901
  }

  expect_failures = [var.rotation_timeout]
}

run "refuses_a_retrieval_memory_size_that_the_platform_lacks" {
  command = plan

  variables {
    retrieval_memory_limit = 64
  }

  expect_failures = [var.retrieval_memory_limit]
}

run "refuses_a_retrieval_timeout_that_the_platform_lacks" {
  command = plan

  variables {
    retrieval_timeout = 9
  }

  expect_failures = [var.retrieval_timeout]
}

run "refuses_a_cache_longer_than_a_minute" {
  command = plan

  variables {
    retrieval_cache_seconds = 61
  }

  expect_failures = [var.retrieval_cache_seconds]
}

run "refuses_a_stale_time_beyond_the_settle_time" {
  command = plan

  variables {
    retrieval_stale_seconds = 3001
  }

  expect_failures = [var.retrieval_stale_seconds]
}

run "refuses_a_schedule_with_six_fields" {
  command = plan

  variables {
    cron_schedule = "0 0 2 1 * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_schedule_that_is_not_five_fields" {
  command = plan

  variables {
    cron_schedule = "@monthly"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_rotation_every_six_hours" {
  command = plan

  variables {
    cron_schedule = "0 */6 * * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_rotation_every_five_minutes_of_an_hour" {
  command = plan

  variables {
    cron_schedule = "*/5 2 * * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_rotation_twice_a_day" {
  command = plan

  variables {
    cron_schedule = "0 2,14 * * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_rotation_in_each_hour_of_a_range" {
  command = plan

  variables {
    cron_schedule = "0 2-4 * * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_rotation_every_hour" {
  command = plan

  variables {
    cron_schedule = "0 * * * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_rotation_twice_an_hour" {
  command = plan

  variables {
    cron_schedule = "0,30 2 * * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_maintenance_schedule_of_weekdays_alone" {
  command = plan

  variables {
    maintenance_schedule = "17 * * * 1-5"
  }

  expect_failures = [var.maintenance_schedule]
}

run "refuses_a_maximum_age_within_the_overlap" {
  command = plan

  variables {
    max_key_age_days = 6
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_an_overlap_longer_than_a_deleted_version_is_kept" {
  command = plan

  variables {
    overlap_hours = 145
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_key_that_expires_before_a_failed_rotation_can_be_repaired" {
  command = plan

  variables {
    key_lifetime_days = 46
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_fraction_of_a_version" {
  command = plan

  variables {
    keep_versions = 1.5
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_less_than_no_version" {
  command = plan

  variables {
    keep_versions = -1
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_more_kept_versions_than_any_schedule_leaves_room_for" {
  command = plan

  variables {
    keep_versions = 15
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_seventh_kept_version_with_a_rotation_a_day" {
  command = plan

  variables {
    cron_schedule = "0 2 * * *"
    overlap_hours = 68
    keep_versions = 7
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_an_overlap_with_a_rotation_a_day_in_which_four_keys_would_work" {
  command = plan

  variables {
    cron_schedule = "0 2 * * *"
    overlap_hours = 69
    keep_versions = 0
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_the_same_on_two_days_that_follow_each_other" {
  command = plan

  variables {
    cron_schedule = "0 2 1,2 * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_the_same_where_the_last_day_of_a_month_is_followed_by_the_first" {
  command = plan

  variables {
    cron_schedule = "0 2 1,31 * *"
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_one_clean_up_a_day_with_a_rotation_a_day" {
  command = plan

  variables {
    cron_schedule        = "0 2 * * *"
    maintenance_schedule = "17 3 * * *"
    overlap_hours        = 0
    keep_versions        = 0
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_seventh_kept_version_with_a_rotation_each_weekday" {
  command = plan

  variables {
    cron_schedule = "0 2 * * 1-5"
    overlap_hours = 68
    keep_versions = 7
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_seventh_kept_version_with_a_rotation_on_a_day_or_a_weekday" {
  command = plan

  variables {
    cron_schedule = "0 2 1 * 1"
    overlap_hours = 68
    keep_versions = 7
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_what_the_maximum_age_alone_makes_too_many" {
  command = plan

  variables {
    max_key_age_days     = 8
    overlap_hours        = 144
    maintenance_schedule = "17 3 * * *"
    keep_versions        = 14
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_notifications_that_their_receiver_could_not_verify" {
  command = plan

  variables {
    notification_url = "https://hooks.example/x"
  }

  expect_failures = [var.notification_secret]
}

run "refuses_a_notification_secret_that_the_function_would_refuse" {
  command = plan

  variables {
    notification_url    = "https://hooks.example/x"
    notification_secret = "whsec_c2hvcnQ="
  }

  expect_failures = [var.notification_secret]
}

run "refuses_notifications_in_clear_text" {
  command = plan

  variables {
    notification_url    = "http://hooks.example/x"
    notification_secret = "whsec_bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2ggaGVyZQ=="
  }

  expect_failures = [var.notification_url]
}

run "refuses_an_empty_heartbeat_address" {
  command = plan

  variables {
    heartbeat_url = ""
  }

  expect_failures = [var.heartbeat_url]
}

run "refuses_a_heartbeat_address_with_a_password" {
  command = plan

  variables {
    heartbeat_url = "https://user:password@heartbeats.example/x"
  }

  expect_failures = [var.heartbeat_url]
}

run "refuses_a_heartbeat_address_longer_than_a_secret_setting" {
  command = plan

  variables {
    heartbeat_url = "https://heartbeats.example/${join("", [for number in range(1000) : "0123456789012345678901234567890123456789012345678901234567890123456789"])}"
  }

  expect_failures = [var.heartbeat_url]
}

# Of one key among several.

run "refuses_no_keys" {
  command = plan

  variables {
    keys = {}
  }

  expect_failures = [var.keys]
}

run "refuses_more_than_forty_keys" {
  command = plan

  variables {
    secret_id     = null
    keys          = { for number in range(41) : "key-${number}" => { consumers = [] } }
    api_key_quota = 200
  }

  expect_failures = [var.keys]
}

run "refuses_a_key_named_in_capitals" {
  command = plan

  variables {
    keys = { Billing = {} }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_key_whose_name_begins_with_a_hyphen" {
  command = plan

  variables {
    keys = { "-billing" = {} }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_key_of_a_name_of_41_characters" {
  command = plan

  variables {
    prefix = "key"
    keys   = { "a-name-of-forty-one-letters-and-hyphens-x" = {} }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_key_named_constructor" {
  command = plan

  variables {
    keys = { constructor = {} }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_key_that_the_release_before_takes_for_a_number" {
  command = plan

  variables {
    keys = { lifetime-days = {} }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_name_that_is_too_long_for_the_application_made_here" {
  command = plan

  variables {
    prefix = "a-prefix-of-20-chars"
    keys   = { "a-name-of-thirty-seven-letters-and-so" = {} }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_several_keys_of_which_one_states_no_consumers" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { secret = { id = "11111111-2222-3333-4444-888888888888" } }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_misspelt_attribute_that_would_entitle_the_default_consumers" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumer = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" } }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_consumer_of_one_key_that_the_function_would_refuse" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["my mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, overlap_hours = 48 }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_consumer_of_one_key_named_prototype" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["prototype"], secret = { id = "11111111-2222-3333-4444-888888888888" }, overlap_hours = 48 }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_consumers_of_two_keys_that_differ_in_capitals_alone" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["App"], secret = { id = "11111111-2222-3333-4444-888888888888" }, overlap_hours = 48 }
    }
  }

  expect_failures = [var.consumers]
}

run "refuses_application_id_with_several_keys" {
  command = plan

  variables {
    secret_id      = null
    application_id = "11111111-2222-3333-4444-555555555555"
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, overlap_hours = 48 }
    }
  }

  expect_failures = [var.application_id]
}

run "refuses_secret_id_with_several_keys" {
  command = plan

  variables {
    secret_id = "11111111-2222-3333-4444-555555555555"
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, overlap_hours = 48 }
    }
  }

  expect_failures = [var.secret_id]
}

run "refuses_two_keys_of_one_application" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" }, application = { id = "11111111-2222-3333-4444-555555555555" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, application = { id = "11111111-2222-3333-4444-555555555555" } }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_two_keys_of_one_secret_though_one_names_its_region" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "fr-par/11111111-2222-3333-4444-555555555555" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-555555555555" } }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_the_application_of_a_key_that_is_not_a_uuid" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, application = { id = "my-app" } }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_the_secret_of_a_key_named_by_its_name" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "my-secret" } }
    }
  }

  expect_failures = [data.scaleway_secret.existing]
}

run "refuses_the_project_of_a_secret_that_is_not_a_uuid" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-555555555555", project_id = "default" } }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_the_default_project_of_a_key_that_is_not_a_uuid" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, default_project_id = "default" }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_permission_sets_of_a_key_with_an_existing_application" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, application = { id = "11111111-2222-3333-4444-555555555555" }, permission_set_names = ["ObjectStorageReadOnly"] }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_permission_sets_that_a_key_with_an_existing_application_inherits" {
  command = plan

  variables {
    secret_id                         = null
    organization_permission_set_names = ["BillingReadOnly"]
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, application = { id = "11111111-2222-3333-4444-555555555555" } }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_key_that_rotates_twice_a_day" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, cron_schedule = "0 2,14 * * *" }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_an_overlap_of_a_key_longer_than_a_deleted_version_is_kept" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, overlap_hours = 145 }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_maximum_age_of_a_key_within_the_overlap_of_all" {
  command = plan

  variables {
    secret_id     = null
    overlap_hours = 144
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, max_key_age_days = 7 }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_lifetime_of_a_key_that_a_failed_rotation_outlasts" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, key_lifetime_days = 46 }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_fraction_of_a_version_of_a_key" {
  command = plan

  variables {
    secret_id = null
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, keep_versions = 1.5 }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_fourth_kept_version_of_a_key_that_rotates_daily" {
  command = plan

  variables {
    secret_id     = null
    keep_versions = 7
    keys = {
      billing = { consumers = ["app"], secret = { id = "11111111-2222-3333-4444-777777777777" } }
      mailer  = { consumers = ["mailer"], secret = { id = "11111111-2222-3333-4444-888888888888" }, cron_schedule = "0 2 * * *", overlap_hours = 68 }
    }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_sixteenth_key_with_a_consumer_each_for_which_the_quota_has_no_room" {
  command = plan

  variables {
    secret_id = null
    keys      = { for number in range(16) : "key-${number}" => { consumers = ["app-${number}"], secret = { id = format("22222222-0000-4000-8000-%012d", number) } } }
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_second_generation_for_which_the_quota_has_no_room" {
  command = plan

  variables {
    secret_id                = null
    keys                     = { for number in range(12) : "key-${number}" => { consumers = ["app-${number}"], secret = { id = format("22222222-0000-4000-8000-%012d", number) } } }
    consumer_key_generations = [1, 2]
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_more_keys_and_callers_than_a_function_has_variables_for" {
  command = plan

  variables {
    secret_id     = null
    keys          = { for number in range(40) : "key-${number}" => { consumers = [for consumer in range(2) : "app-${number}-${consumer}"], secret = { id = format("22222222-0000-4000-8000-%012d", number) } } }
    api_key_quota = 200
  }

  expect_failures = [scaleway_iam_application.rotator]
}

run "refuses_a_quota_that_is_not_a_number_of_keys" {
  command = plan

  variables {
    api_key_quota = 49.5
  }

  expect_failures = [var.api_key_quota]
}

run "refuses_more_warm_instances_than_there_are" {
  command = plan

  variables {
    retrieval_min_scale = 21
  }

  expect_failures = [var.retrieval_min_scale]
}

run "refuses_less_than_no_warm_instance" {
  command = plan

  variables {
    retrieval_min_scale = -1
  }

  expect_failures = [var.retrieval_min_scale]
}

run "refuses_an_extra_permission_set_that_the_rotator_has_no_use_for" {
  command = plan

  variables {
    rotator_extra_permission_sets = ["IAMReadOnly", "IAMManager"]
  }

  expect_failures = [var.rotator_extra_permission_sets]
}

# ------------------------------------------------------------------------------------------------------------ accepted

run "accepts_the_defaults" {
  command = plan
}

run "accepts_every_bound_itself" {
  command = plan

  variables {
    overlap_hours           = 144
    max_key_age_days        = 8
    key_lifetime_days       = 21
    keep_versions           = 13
    rotation_timeout        = 900
    retrieval_timeout       = 10
    retrieval_cache_seconds = 0
    retrieval_stale_seconds = 3000
    prefix                  = "a-prefix-of-20-chars"
    maintenance_schedule    = "17 6-20 * * *"
    credential_max_age_days = 0
  }
}

run "accepts_no_kept_version" {
  command = plan

  variables {
    keep_versions = 0
  }
}

run "accepts_the_most_kept_versions_with_a_rotation_a_month" {
  command = plan

  variables {
    keep_versions = 14
  }
}

run "accepts_six_kept_versions_with_a_rotation_a_day_and_the_longest_overlap" {
  command = plan

  variables {
    cron_schedule = "0 2 * * *"
    overlap_hours = 68
    keep_versions = 6
  }
}

run "accepts_the_most_kept_versions_with_a_rotation_every_two_weeks" {
  command = plan

  variables {
    cron_schedule = "0 2 15,1 * *"
    keep_versions = 14
  }
}

run "accepts_eleven_kept_versions_with_two_rotations_a_week" {
  command = plan

  variables {
    cron_schedule = "0 2 * * 1,4"
    keep_versions = 11
  }
}

run "accepts_one_clean_up_a_day" {
  command = plan

  variables {
    maintenance_schedule = "17 3 * * *"
  }
}

run "accepts_a_rotation_on_a_weekday_by_its_name_and_the_most_kept_versions_it_leaves_room_for" {
  command = plan

  variables {
    cron_schedule = "30 23 * * MON"
    keep_versions = 14
  }
}

run "accepts_as_many_callers_as_a_function_has_variables_for" {
  command = plan

  variables {
    consumers     = [for number in range(50) : "consumer-${number}"]
    monitors      = [for number in range(36) : "monitor-${number}"]
    api_key_quota = 100
  }
}

run "accepts_a_caller_named_as_an_operator_that_does_not_exist" {
  command = plan

  variables {
    consumers = ["operator-1"]
    monitors  = ["operator-a"]
  }
}

run "accepts_another_scaleway_over_https" {
  command = plan

  variables {
    scw_api_url = "https://api.scaleway.example:8443/below"
  }
}

run "accepts_every_character_that_a_tag_may_have" {
  command = plan

  variables {
    tags      = ["Team A", "cost=42/1.2_3-4+5@6"]
    consumers = ["proto", "Constructor"]
  }
}

run "accepts_a_local_scaleway" {
  command = plan

  variables {
    scw_api_url = "http://[::1]:8080"
  }
}

run "accepts_keys_that_never_expire" {
  command = plan

  variables {
    key_lifetime_days = 0
  }
}

run "accepts_each_row_of_the_table_of_schedules__two_weeks" {
  command = plan

  variables {
    cron_schedule    = "0 2 1,15 * *"
    max_key_age_days = 20
  }
}

run "accepts_each_row_of_the_table_of_schedules__week" {
  command = plan

  variables {
    cron_schedule    = "0 2 * * 1"
    max_key_age_days = 9
  }
}

run "accepts_each_row_of_the_table_of_schedules__two_months" {
  command = plan

  variables {
    cron_schedule     = "0 2 1 */2 *"
    max_key_age_days  = 66
    key_lifetime_days = 120
  }
}

run "accepts_each_row_of_the_table_of_schedules__quarter" {
  command = plan

  variables {
    cron_schedule     = "0 2 1 */3 *"
    max_key_age_days  = 96
    key_lifetime_days = 150
  }
}

run "accepts_each_row_of_the_table_of_schedules__day" {
  command = plan

  variables {
    cron_schedule    = "0 2 * * *"
    max_key_age_days = 3
    overlap_hours    = 24
  }
}

run "accepts_receivers_on_loopback_and_a_secret_of_bare_base64" {
  command = plan

  variables {
    notification_url    = "http://127.0.0.1:9000/hook?key=x"
    notification_secret = "bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2ggaGVyZQ=="
    heartbeat_url       = "http://[::1]:9000"
  }
}

run "accepts_fifteen_keys_with_a_consumer_each" {
  command = plan

  variables {
    secret_id = null
    keys = { for number in range(15) : "key-${number}" => {
      consumers = ["app-${number}"], secret = { id = format("22222222-0000-4000-8000-%012d", number) }
    } }
  }
}

run "accepts_eleven_keys_with_a_consumer_each_in_two_generations" {
  command = plan

  variables {
    secret_id                = null
    keys                     = { for number in range(11) : "key-${number}" => { consumers = ["app-${number}"], secret = { id = format("22222222-0000-4000-8000-%012d", number) } } }
    consumer_key_generations = [999999, 1]
  }
}

run "accepts_forty_keys_that_share_their_consumers" {
  command = plan

  variables {
    secret_id     = null
    api_key_quota = 100
    keys = { for number in range(40) : "key-${number}" => {
      consumers = ["app", "batch"], secret = { id = format("22222222-0000-4000-8000-%012d", number) }
    } }
  }
}

run "accepts_one_key_of_another_name_with_the_default_consumers" {
  command = plan

  variables {
    keys = { billing = {} }
  }
}

run "accepts_the_longest_name_and_a_schedule_of_its_own" {
  command = plan

  variables {
    secret_id = null
    prefix    = "key-rotation"
    keys = {
      "a-name-of-forty-letters-and-hyphens-only" = {
        consumers = [], cron_schedule = "0 3 * * MON", max_key_age_days = 9
        secret    = { id = "11111111-2222-3333-4444-555555555555", project_id = "aaaaaaaa-0000-4000-8000-000000000006" }
      }
    }
  }
}

run "accepts_more_consumers_of_one_key_than_fitted_into_1000_characters" {
  command = plan

  variables {
    api_key_quota = 200
    consumers     = [for number in range(80) : format("a-consumer-of-32-characters-%04d", number)]
  }
}

run "accepts_one_warm_instance_and_an_own_application_without_permission_sets" {
  command = plan

  variables {
    secret_id            = null
    retrieval_min_scale  = 1
    permission_set_names = ["ObjectStorageReadOnly"]
    keys = {
      billing = { consumers = [], secret = { id = "11111111-2222-3333-4444-555555555555" } }
      mailer = {
        consumers   = [], secret = { id = "11111111-2222-3333-4444-666666666666" }
        application = { id = "11111111-2222-3333-4444-555555555555" }, permission_set_names = []
      }
    }
  }
}
