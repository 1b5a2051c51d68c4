//! The console's half of the guide.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::{Outcome, column, rows};
use crate::harness::world::World;

#[given(regex = r"^(.+) has iCIMS and Harver and has not connected them$")]
async fn found(world: &mut World, name: String) -> Outcome {
    Ok(world.found(&name).await?)
}

#[given(regex = r"^the Harver Admin has (enabled|disabled) the integration$")]
async fn have_switched(world: &mut World, how: String) -> Outcome {
    Ok(world.have_switched(how == "enabled").await?)
}

#[when("the Harver Admin enables the integration")]
async fn enable(world: &mut World) -> Outcome {
    Ok(world.enable().await?)
}

#[then(expr = "it stays disabled, because the check {string} has failed")]
async fn stays_disabled(world: &mut World, check: String) -> Outcome {
    Ok(world.stays_disabled_because_of(&check)?)
}

#[then("the integration is enabled, and no check has failed")]
async fn is_enabled(world: &mut World) -> Outcome {
    Ok(world.is_enabled_with_good_checks()?)
}

#[given("no requisition in iCIMS is open")]
async fn no_requisition(world: &mut World) -> Outcome {
    Ok(world.close_all_requisitions().await?)
}

#[given("no vacancy in Harver is open")]
async fn no_vacancy(world: &mut World) -> Outcome {
    Ok(world.close_all_vacancies().await?)
}

#[given("iCIMS hides e-mail addresses from the integration user")]
async fn hide(world: &mut World) -> Outcome {
    Ok(world.hide_email_addresses(true).await?)
}

#[when("iCIMS shows e-mail addresses to the integration user again")]
async fn show(world: &mut World) -> Outcome {
    Ok(world.hide_email_addresses(false).await?)
}

#[when(regex = r#"^the Harver Admin enters "(.*)" as the (Customer ID|Base URL) of the ATS credentials$"#)]
async fn enter_credential(world: &mut World, typed: String, field: String) -> Outcome {
    Ok(world.enter_credential(&field, &typed).await?)
}

#[then(regex = r#"^the (Customer ID|Base URL) is refused with a message that says "(.+)"$"#)]
async fn credential_is_refused(world: &mut World, field: String, says: String) -> Outcome {
    Ok(world.credential_is_refused(&field, &says)?)
}

#[then(expr = "the console shows an endpoint that ends in {string}")]
async fn endpoint(world: &mut World, end: String) -> Outcome {
    Ok(world.shows_endpoint(&end).await?)
}

#[given("the Harver Admin has chosen the US instance")]
async fn us_instance(world: &mut World) -> Outcome {
    Ok(world.choose_instance("us").await?)
}

#[given(expr = "the Harver Admin takes events from {string} only")]
async fn event_sources(world: &mut World, sources: String) -> Outcome {
    Ok(world.take_events_from(&sources).await?)
}

#[then(expr = "the Summary tells Tomas about {word} that Harver takes no events from there, and whom to ask")]
async fn another_source(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "where Harver takes no events from")?)
}

#[then(expr = "the Summary tells Tomas about {word} that the account is in the US instance, and whom to ask")]
async fn other_instance(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "US instance")?)
}

#[then(
    regex = r"^the Summary tells Tomas about (\w+) that the (pattern ATS First Ad-Hoc|Harver integration) is not enabled, and whom to ask$"
)]
async fn not_enabled(world: &mut World, name: String, what: String) -> Outcome {
    Ok(world.summary_tells(&name, &format!("{what} is not enabled"))?)
}

#[then(expr = "the Summary tells Tomas about {word} that the credentials are wrong, and whom to ask")]
async fn wrong_credentials(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "a user name or password that Harver does not know")?)
}

#[then("the console lists the thirteen addresses of the guide")]
async fn thirteen(world: &mut World) -> Outcome {
    Ok(world.lists_the_addresses_of_the_guide().await?)
}

#[given("the iCIMS administrator has allowed the addresses of the guide and no others")]
async fn allow_harver(world: &mut World) -> Outcome {
    Ok(world.allow_harver().await?)
}

#[when(expr = "the Harver Admin adds the address {string} to the list")]
async fn add_address(world: &mut World, address: String) -> Outcome {
    Ok(world.add_address(&address).await?)
}

#[then(expr = "the console lists the address {string}")]
async fn lists(world: &mut World, address: String) -> Outcome {
    Ok(world.lists_the_address(&address).await?)
}

#[when(expr = "a stranger opens the section {word} of the console")]
async fn stranger(world: &mut World, section: String) -> Outcome {
    Ok(world.stranger_opens(&section).await?)
}

#[then("the stranger is asked to sign in")]
async fn asked_to_sign_in(world: &mut World) -> Outcome {
    Ok(world.is_asked_to_sign_in()?)
}

#[when(regex = r"^a Recruiter opens the section (.+) of the console$")]
async fn recruiter(world: &mut World, section: String) -> Outcome {
    Ok(world.recruiter_opens(&section).await?)
}

#[then("the Recruiter is refused, and told whom to ask")]
async fn recruiter_is_refused(world: &mut World) -> Outcome {
    Ok(world.recruiter_is_refused()?)
}

#[when(regex = r"^the Harver Admin opens the section (.+) of the console$")]
async fn admin_opens(world: &mut World, section: String) -> Outcome {
    Ok(world.admin_opens(&section).await?)
}

#[then("the Harver Admin is led to the Integration menu, where there is no integration yet")]
async fn no_integration(world: &mut World) -> Outcome {
    Ok(world.there_is_no_integration_yet()?)
}

#[when(expr = "the Harver Admin adds the integration {string}")]
async fn add(world: &mut World, name: String) -> Outcome {
    Ok(world.add_integration(&name).await?)
}

#[then("these steps are shown as done:")]
async fn steps_are_done(world: &mut World, step: &Step) -> Outcome {
    Ok(world.steps_are_done(&column(step))?)
}

#[then("Continue to Overview leads to the overview, where the integration is disabled")]
async fn continues(world: &mut World) -> Outcome {
    Ok(world.continues_to_the_overview().await?)
}

#[given("the Harver Admin has chosen the pattern ATS First Inline alone")]
async fn inline_alone(world: &mut World) -> Outcome {
    Ok(world.choose_patterns(true, false).await?)
}

#[given("the Harver Admin has chosen both patterns")]
async fn both_patterns(world: &mut World) -> Outcome {
    Ok(world.choose_patterns(true, true).await?)
}

#[when("the iCIMS administrator enters the credentials that the console shows")]
async fn enter_shown(world: &mut World) -> Outcome {
    Ok(world.enter_what_the_console_shows().await?)
}

#[given(regex = r"^the Harver Admin has rotated the password, and the former one ends (in 24 hours|at once)$")]
async fn rotate(world: &mut World, ends: String) -> Outcome {
    Ok(world.rotate(&ends).await?)
}

#[when("more than an hour goes by")]
async fn an_hour_later(world: &mut World) -> Outcome {
    Ok(world.advance_clock("61m").await?)
}

#[when("more than a day goes by")]
async fn a_day(world: &mut World) -> Outcome {
    Ok(world.advance_clock("25h").await?)
}

#[given(regex = r"^the Harver Admin has switched Assessment Status (on|off)$")]
async fn assessment_status(world: &mut World, how: String) -> Outcome {
    Ok(world.switch_assessment_status(how == "on").await?)
}

#[then(expr = "the console shows the status {string} for Completed")]
async fn shows_completed(world: &mut World, node: String) -> Outcome {
    Ok(world.shows_completed_as(&node).await?)
}

#[given(expr = "the Harver Admin has entered {string} as the status for Completed")]
async fn choose_completed(world: &mut World, node: String) -> Outcome {
    Ok(world.choose_completed(&node).await?)
}

#[when(expr = "the Harver Admin enters {string} as the status for Completed")]
async fn try_completed(world: &mut World, node: String) -> Outcome {
    Ok(world.try_completed(&node).await?)
}

#[then("the status for Completed is refused")]
async fn completed_is_refused(world: &mut World) -> Outcome {
    Ok(world.completed_is_refused()?)
}

#[then(expr = "iCIMS shows one result for {word}, which is incomplete")]
async fn incomplete(world: &mut World, name: String) -> Outcome {
    Ok(world.one_result(&name, "Incomplete").await?)
}

#[given(regex = r"^the Harver Admin has selected the report type (.+)$")]
#[when(regex = r"^the Harver Admin selects the report type (.+)$")]
async fn select_report(world: &mut World, label: String) -> Outcome {
    Ok(world.select_report(&label).await?)
}

#[then(regex = r#"^the report type (.+) is selected alone, and its ATS field is "(.+)"$"#)]
async fn selected_alone(world: &mut World, label: String, field: String) -> Outcome {
    Ok(world.report_is_selected_alone(&label, &field).await?)
}

#[then(expr = "the link to the report of {word} opens")]
async fn report_opens(world: &mut World, name: String) -> Outcome {
    Ok(world.link_opens(&name).await?)
}

#[given("the Harver Admin has written this invitation:")]
async fn write_invitation(world: &mut World, step: &Step) -> Outcome {
    let fields = rows(step).into_iter().filter_map(|row| match <[String; 2]>::try_from(row) {
        Ok([name, text]) => Some((name.replace(' ', "_"), text)),
        Err(_) => None,
    });
    let fields: Vec<_> = fields.collect();
    Ok(world.write_invitation(&fields).await?)
}

#[given(expr = "the Harver Admin has chosen the language {string} for the invitation")]
async fn choose_language(world: &mut World, language: String) -> Outcome {
    Ok(world.write_invitation(&[("language".to_owned(), language)]).await?)
}

#[when(expr = "the Harver Admin writes an invitation with the body {string}")]
async fn try_invitation(world: &mut World, body: String) -> Outcome {
    Ok(world.try_invitation("body", &body).await?)
}

#[when(expr = "the Harver Admin previews an invitation with the subject {string}")]
async fn preview(world: &mut World, subject: String) -> Outcome {
    Ok(world.preview_invitation(&subject).await?)
}

#[then("the preview shows the company's name in the subject")]
async fn preview_names_the_company(world: &mut World) -> Outcome {
    Ok(world.preview_names_the_company()?)
}

#[then("the invitation is as it was")]
async fn as_it_was(world: &mut World) -> Outcome {
    Ok(world.invitation_is_as_it_was().await?)
}

#[then(expr = "the body is refused with a message that says {string}")]
async fn body_is_refused(world: &mut World, says: String) -> Outcome {
    Ok(world.invitation_is_refused(&says)?)
}

#[then(expr = "the mail to {word} comes from {string} with the subject {string}")]
async fn mail_comes_from(world: &mut World, name: String, sender: String, subject: String) -> Outcome {
    Ok(world.mail_comes_from(&name, &sender, &subject).await?)
}

#[then(expr = "the mail to {word} says {string}")]
async fn mail_says(world: &mut World, name: String, words: String) -> Outcome {
    Ok(world.mail_says(&name, &words).await?)
}
