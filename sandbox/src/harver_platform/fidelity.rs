//! The fidelity table of the platform. The match has an arm for every event: a new one does not compile without its mark.

use super::model::Event;
use super::openapi;
use crate::reference::{Fidelity, Row, Section, assumed, documented, observed, operations};

fn webhook(event: Event) -> Fidelity {
    match event {
        Event::ApplicationStarted => documented("harver-platform 9.4", "start_and_completion_are_told_with_the_documented_body"),
        Event::CandidateStatusNew => documented("harver-platform 9.4", "start_and_completion_are_told_with_the_documented_body"),
    }
}

/// Operations, answers and webhooks with their marks.
#[must_use]
pub fn fidelity() -> Vec<Section> {
    let webhooks = [Event::ApplicationStarted, Event::CandidateStatusNew];
    let answers = [
        ("two shapes of errors", documented("harver-platform 9", "bad_credentials_are_answered_400_in_the_oauth_shape")),
        (
            "scores, brackets and the spelling `treshold`",
            observed("harver-platform 9.3", "a_finished_application_is_read_with_all_its_quirks"),
        ),
        (
            "rate limit per minute and its headers",
            documented("harver-platform 9", "the_rate_limit_counts_per_minute_of_the_virtual_clock"),
        ),
        ("another account's things are not found", assumed("harver-platform 9", "one_account_never_sees_another")),
    ];
    let screens = [
        (
            "Vacancy Overview: search and filter",
            documented("harver-platform 7", "vacancies_are_listed_and_found_by_title_id_and_status"),
        ),
        (
            "draft, open and closed vacancies",
            documented("harver-platform 2", "a_vacancy_is_created_as_a_draft_opened_closed_and_opened_again"),
        ),
        ("labels and thresholds", documented("harver-platform 2", "labels_and_thresholds_decide_what_the_next_result_is_called")),
        (
            "the flow is fixed once a vacancy was opened",
            assumed("harver-platform 6", "the_flow_of_a_draft_is_what_its_candidates_take_and_then_stays"),
        ),
        (
            "End Page: the address of the application before that of the vacancy",
            assumed("harver-platform 6", "the_end_page_leads_to_the_vacancys_own_address_unless_the_application_names_one"),
        ),
        ("reapply settings", documented("harver-platform 5", "whether_candidates_may_start_again_is_set_on_the_screen")),
        (
            "the Harver Admin is the one user of an account",
            assumed("harver-platform 2", "whoever_is_not_signed_in_gets_the_form_and_then_what_was_asked_for"),
        ),
        (
            "Candidate Detail Page",
            documented("harver-platform 10", "the_candidate_detail_page_asks_for_an_account_and_does_not_expire"),
        ),
        (
            "all reports of a vacancy on the Reports Hub",
            documented("harver-platform 10", "the_reports_hub_has_every_report_of_the_vacancy_on_one_page"),
        ),
        (
            "life of links to reports",
            documented("harver-platform 10", "every_report_is_opened_from_there_and_its_link_lives_as_long_as_it_says"),
        ),
        (
            "life of links to development reports",
            assumed("harver-platform 10", "every_report_is_opened_from_there_and_its_link_lives_as_long_as_it_says"),
        ),
        (
            "reports as pages with a document to download",
            assumed("harver-platform 10", "a_report_is_downloaded_as_a_real_document"),
        ),
    ];
    let mails = [
        (
            "confirmation code for an expired link",
            documented("harver-platform 4", "an_expired_link_leads_to_a_code_by_mail_and_back_to_where_the_candidate_was"),
        ),
        ("life and tries of a code", assumed("harver-platform 4", "wrong_codes_are_counted_and_the_fifth_ends_the_code")),
        (
            "no mail with ATS Only",
            documented("harver-platform 4", "links_that_come_from_the_ats_alone_offer_no_code_and_no_mail"),
        ),
        (
            "completion",
            documented("harver-platform 8", "a_mail_thanks_for_finishing_in_the_candidates_language_and_the_screen_shows_it"),
        ),
        (
            "reminders after 48 hours and 7 days",
            documented("harver-platform 8", "reminders_go_out_after_two_days_and_a_week_with_a_link_that_works"),
        ),
        (
            "reminders stop when a recruiter moves the candidate",
            assumed("harver-platform 8", "nobody_is_reminded_who_has_finished_or_was_rejected"),
        ),
        (
            "off unless switched on; no invitation of its own",
            assumed("harver-platform 8", "the_platform_sends_nothing_by_itself_unless_the_vacancy_says_so"),
        ),
    ];
    let row = |(what, fidelity): (&'static str, Fidelity)| Row::new(what, fidelity);
    vec![
        Section {
            title: "Harver platform: operations",
            about: "Everything else is refused by name with 501.",
            rows: operations(openapi()),
        },
        Section {
            title: "Harver platform: answers",
            about: "What all operations share.",
            rows: answers.into_iter().map(row).collect(),
        },
        Section {
            title: "Harver platform: screens",
            about: "What recruiters and administrators see after signing in, and what readers of reports see.",
            rows: screens.into_iter().map(row).collect(),
        },
        Section {
            title: "Harver platform: mails",
            about: "What candidates are sent. The texts are assumed.",
            rows: mails.into_iter().map(row).collect(),
        },
        Section {
            title: "Harver platform: webhooks",
            about: "What the integration is told.",
            rows: webhooks.into_iter().map(|event| Row::new(event.name(), webhook(event))).collect(),
        },
    ]
}
