//! The endpoint table of icims-api 16: each row of priority must or should has a test named after it, written as a client would be
//! that knows nothing but the document.

mod events;
mod reading;
mod searching;
mod writing;

/// Endpoint, priority, test.
const ROWS: &[(&str, &str, &str)] = &[
    ("POST login.icims.com/oauth/token", "must", "post_oauth_token_client_credentials_token"),
    ("GET /customers/{cid}", "should", "get_customers_tenant_info_credential_check"),
    ("GET /customers/{cid}/people/{id}", "must", "get_customers_people_id_candidate_data_with_fields"),
    ("POST /customers/{cid}/people", "should", "post_customers_people_create_person_candidate"),
    ("PATCH /customers/{cid}/people/{id}", "should", "patch_customers_people_id_update_person_folder_custom_fields"),
    ("GET /customers/{cid}/jobs/{id}", "must", "get_customers_jobs_id_job_assessmenttype_location_managers"),
    ("GET /customers/{cid}/companies/{id}", "should", "get_customers_companies_id_location_profile"),
    (
        "GET /customers/{cid}/companies/{id}/fields/addresses/{entry}",
        "should",
        "get_customers_companies_id_fields_addresses_entry_address_behind_joblocation",
    ),
    ("POST /customers/{cid}/applicantworkflows", "should", "post_customers_applicantworkflows_create_application"),
    (
        "GET /customers/{cid}/applicantworkflows/{id}",
        "must",
        "get_customers_applicantworkflows_id_application_with_status_and_links",
    ),
    (
        "PATCH /customers/{cid}/applicantworkflows/{id}",
        "must",
        "patch_customers_applicantworkflows_id_change_status_also_results_array",
    ),
    (
        "POST .../applicantworkflows/{id}/fields/assessmentresults",
        "must",
        "post_applicantworkflows_id_fields_assessmentresults_new_result_entry",
    ),
    ("PATCH .../fields/assessmentresults/{entry}", "must", "patch_fields_assessmentresults_entry_update_result_entry"),
    ("GET .../fields/assessmentresults/{entry}", "should", "get_fields_assessmentresults_entry_read_one_entry"),
    (
        "POST/GET/PATCH/DELETE .../{type}/{id}/fields/{collection}[/{entry}]",
        "should",
        "post_get_patch_delete_type_id_fields_collection_entry_generic_collections",
    ),
    ("GET .../fields/{field}/binary", "should", "get_fields_field_binary_download_resume"),
    ("PATCH .../fields/{field}/binary", "should", "patch_fields_field_binary_upload_file"),
    ("POST /customers/{cid}/search/applicantworkflows", "must", "post_customers_search_applicantworkflows_find_applications"),
    (
        "GET /customers/{cid}/search/applicantworkflows?searchJson=",
        "must",
        "get_customers_search_applicantworkflows_searchjson_same_get_form",
    ),
    ("POST or GET /customers/{cid}/search/people", "must", "post_or_get_customers_search_people_find_people"),
    ("POST or GET /customers/{cid}/search/jobs", "should", "post_or_get_customers_search_jobs_find_jobs"),
    ("GET /customers/{cid}/v2/lists", "should", "get_customers_v2_lists_list_names"),
    ("GET /customers/{cid}/v2/lists/{listId}", "should", "get_customers_v2_lists_listid_nodes"),
    (
        "GET /customers/{cid}/v2/lists/lists.customfields_lists[/node/{id}]",
        "should",
        "get_customers_v2_lists_customfields_lists_node_id_assessment_type_and_name_nodes",
    ),
    ("outbound ApplicationCompletedEvent", "must", "outbound_application_completed_event_inline_assessment_trigger"),
    ("outbound WorkFlowStatusChangeEvent", "must", "outbound_workflow_status_change_event_recruiter_initiated_trigger"),
];

const SOURCES: [&str; 4] =
    [include_str!("events.rs"), include_str!("reading.rs"), include_str!("searching.rs"), include_str!("writing.rs")];

#[test]
fn every_row_has_its_test_and_every_test_its_row() {
    let mut tests: Vec<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split("#[tokio::test]\nasync fn ").skip(1))
        .filter_map(|rest| rest.split('(').next())
        .collect();
    let mut named: Vec<&str> = ROWS.iter().map(|(_, _, test)| *test).collect();
    tests.sort_unstable();
    named.sort_unstable();
    assert_eq!(tests, named);
}

#[test]
fn the_table_is_the_one_of_the_document() {
    let count = |wanted: &str| ROWS.iter().filter(|(_, priority, _)| *priority == wanted).count();
    assert_eq!((count("must"), count("should"), ROWS.len()), (12, 14, 26), "rows of icims-api 16 that are not nice-to-have");
}
