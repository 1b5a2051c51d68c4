//! How well it is known who may call the API, how often and from where; and how onboarding workflows come about and are used.

use crate::reference::{Row, assumed, documented, observed};

/// What every call passes before it reaches an operation.
pub(in crate::icims) fn access_rows() -> Vec<Row> {
    let rows = [
        ("Basic", documented("icims-api 2.1", "wrong_credentials_are_401_with_code_6_and_two_challenges")),
        ("passwords in UTF-8 and in Latin-1", assumed("icims-api 2.1", "a_password_may_be_in_utf_8_or_in_latin_1")),
        (
            "a login that may not use web services is told so",
            assumed("icims-api 2.1", "a_login_without_web_services_is_told_so_after_it_has_proved_who_it_is"),
        ),
        ("two challenges on 401", assumed("icims-api 2.2", "wrong_credentials_are_401_with_code_6_and_two_challenges")),
        ("Bearer tokens live 24 hours", observed("icims-api 2.3", "a_token_opens_the_api_for_a_day")),
        ("audience of the United States", observed("icims-api 2.3", "a_token_opens_the_api_for_a_day")),
        (
            "audiences of other regions",
            assumed("icims-api 2.3", "a_customer_in_another_region_needs_the_audience_of_that_region"),
        ),
        ("refusals of the token endpoint", assumed("icims-api 2.3", "token_errors_follow_the_table")),
        ("500 tokens in ten minutes for each client", observed("icims-api 2.3, 4", "each_client_has_a_token_rate_of_its_own")),
        (
            "a changed client secret ends its tokens",
            assumed("icims-api 2.3", "a_removed_user_is_nobody_and_a_changed_secret_ends_its_tokens"),
        ),
        (
            "a signed request, in both ways of writing it",
            observed("icims-api 2.4", "a_signed_request_gets_in_however_its_header_is_written"),
        ),
        (
            "a signed hash is that of the uncompressed body",
            documented("icims-api 2.4", "a_signed_body_may_be_packed_and_its_hash_is_that_of_the_text"),
        ),
        ("signatures are good for 15 minutes", assumed("icims-api 2.4", "the_date_is_compared_with_the_virtual_clock")),
        (
            "a field without the right is silently absent",
            documented("icims-api 5.3", "hidden_fields_of_one_user_are_seen_by_the_other"),
        ),
        (
            "a field without the right is ignored in writes, with a warning",
            assumed("icims-api 5.3", "hidden_fields_of_one_user_are_seen_by_the_other"),
        ),
        (
            "a filter without the right is like an unknown one",
            documented("icims-api 10.7", "hidden_fields_of_one_user_are_seen_by_the_other"),
        ),
        (
            "a profile type without the right is code 3 as 404",
            documented("icims-api 2.5", "profiles_of_a_hidden_type_are_code_3_as_404"),
        ),
        ("a user who may only read", assumed("icims-api 2.5", "a_user_who_may_only_read_searches_and_reads_and_writes_nothing")),
        ("another customer's id is 403", assumed("icims-api 2.5", "a_token_is_good_for_its_own_customer_alone")),
        (
            "a byte order mark in front of a JSON body is passed over",
            assumed("icims-api 1.4", "a_byte_order_mark_in_front_of_json_is_passed_over"),
        ),
        ("bodies are taken plain or as gzip, other encodings are 415", assumed("icims-api 1.4", "token_requests_may_be_packed")),
        (
            "answers are packed with gzip for clients that ask for it",
            assumed("icims-api 1.4", "answers_are_packed_for_clients_that_ask_for_it"),
        ),
        ("an allowlist of addresses", documented("icims-api 1.4", "only_addresses_on_the_allowlist_get_in")),
        ("an address that is not on the list is 403, code 7", assumed("icims-api 1.4", "only_addresses_on_the_allowlist_get_in")),
        ("three headers count down to midnight UTC", observed("icims-api 4", "every_answer_carries_the_documented_headers")),
        ("429 with Retry-After over the daily limit", assumed("icims-api 4", "over_the_daily_limit_is_429_until_midnight")),
    ];
    rows.into_iter().map(|(what, fidelity)| Row::new(what, fidelity)).collect()
}

/// What is known of onboarding workflows.
pub(in crate::icims) fn onboarding_rows() -> Vec<Row> {
    let made = "whoever_is_moved_to_hired_gets_an_onboarding_workflow";
    let changed = "job_and_status_of_an_onboarding_workflow_are_changed_and_its_ends_are_not";
    let refused = "onboarding_workflows_are_neither_made_nor_searched_nor_listed_nor_deleted";
    let rows = [
        ("GET, PATCH as for other workflows", documented("icims-api 7.1", changed)),
        ("the base profile is a new hire category, the associated one a person", documented("icims-api 7.2", made)),
        ("a PATCH of job takes a bare id", observed("icims-api 7.2", changed)),
        ("a move to Hired begins the onboarding, once for each application", assumed("icims-api 7.2", made)),
        ("one new hire category, which cannot be changed", assumed("icims-api 7.2", changed)),
        ("status: In Progress, Complete", assumed("icims-api 7.1, 7.2", changed)),
        ("POST and search are not simulated: 501", assumed("icims-api 7.1, 10.1", refused)),
        (
            "it goes with its person and outlives its job",
            assumed("icims-api 5.2", "an_onboarding_goes_with_its_person_and_outlives_its_job"),
        ),
    ];
    rows.into_iter().map(|(what, fidelity)| Row::new(what, fidelity)).collect()
}
