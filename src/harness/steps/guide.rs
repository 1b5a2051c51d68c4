//! The guide by hand.

use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::browser::hands::Means;
use crate::harness::world::World;
use crate::harness::world::guide::Method;

#[given(
    regex = r"^the overview is open in (an ordinary|a fourfold enlarged) window, and there is (the mouse|the keyboard alone) to work with$"
)]
async fn sit_down(world: &mut World, window: String, means: Means) -> Outcome {
    Ok(world.sit_down(means, window == "a fourfold enlarged").await?)
}

#[when(regex = r"^the (Harver Admin|Recruiter) signs in to the console$")]
async fn sign_in(world: &mut World, who: String) -> Outcome {
    Ok(world.sign_in_by_hand(who == "Recruiter").await?)
}

#[when(expr = "the Harver Admin adds {string} in the Integration menu and continues to the overview")]
async fn add_integration(world: &mut World, name: String) -> Outcome {
    Ok(world.add_integration_by_hand(&name).await?)
}

#[when("the Harver Admin selects both integration patterns in the section General")]
async fn choose_patterns(world: &mut World) -> Outcome {
    Ok(world.choose_both_patterns_by_hand().await?)
}

#[when(regex = r"^the Harver Admin edits the ATS credentials for (OAuth2|Basic authentication) and tests the connection$")]
async fn enter_credentials(world: &mut World, method: String) -> Outcome {
    Ok(world.enter_ats_credentials_by_hand(Method::labelled(&method)?).await?)
}

#[when(expr = "the Harver API credentials and endpoint are copied to iCIMS, where {string} becomes the trigger")]
async fn share_with_icims(world: &mut World, trigger: String) -> Outcome {
    Ok(world.share_with_icims_by_hand(&trigger).await?)
}

#[when("the addresses of Harver are whitelisted in iCIMS")]
async fn whitelist(world: &mut World) -> Outcome {
    Ok(world.whitelist_by_hand().await?)
}

#[when(expr = "the package of {string} is copied to both lists of iCIMS")]
async fn load_package(world: &mut World, vacancy: String) -> Outcome {
    Ok(world.load_package_by_hand(&vacancy).await?)
}

#[when("the Harver Admin switches Assessment Status on in the section ATS to Harver")]
async fn switch_progress_on(world: &mut World) -> Outcome {
    Ok(world.switch_progress_on_by_hand().await?)
}

#[when(
    regex = r"^the Harver Admin finds the completed status defaulted in the section Harver to ATS and selects the report (.+)$"
)]
async fn select_report(world: &mut World, report: String) -> Outcome {
    Ok(world.select_report_by_hand(&report).await?)
}

#[when("the Harver Admin presses the toggle in the section General")]
async fn press_toggle(world: &mut World) -> Outcome {
    Ok(world.press_toggle_by_hand().await?)
}

#[then("the page says that the integration is enabled")]
async fn is_enabled(world: &mut World) -> Outcome {
    Ok(world.reads_that_it_is_enabled().await?)
}

#[then("the page says that the integration is disabled")]
async fn is_disabled(world: &mut World) -> Outcome {
    Ok(world.reads_that_it_is_disabled().await?)
}

#[then("the page says that the integration stays disabled, what to do and who can do it")]
async fn stays_disabled(world: &mut World) -> Outcome {
    Ok(world.reads_why_it_stays_disabled().await?)
}

#[when(expr = "Tomas selects the loaded package in the field Assessment Type of {string} by hand")]
async fn select_package(world: &mut World, job: String) -> Outcome {
    Ok(world.select_package_by_hand(&job).await?)
}

#[when(expr = "Tomas creates the Candidate {word} by hand")]
async fn create_candidate(world: &mut World, name: String) -> Outcome {
    Ok(world.create_candidate_by_hand(&name).await?)
}

#[when(expr = "Tomas submits {word} to {string} by hand")]
async fn submit(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.submit_by_hand(&name, &job).await?)
}

#[when(expr = "Tomas advances {word} to {string} by hand")]
async fn advance(world: &mut World, name: String, status: String) -> Outcome {
    Ok(world.advance_by_hand(&name, &status).await?)
}

#[then(expr = "the Summary page says {string}")]
async fn summary_says(world: &mut World, words: String) -> Outcome {
    Ok(world.summary_page_says(&words).await?)
}

#[then(expr = "the mailbox shows the invitation of {word} with its link")]
async fn mailbox_shows(world: &mut World, name: String) -> Outcome {
    Ok(world.finds_the_invitation_in_the_mailbox(&name).await?)
}

#[then("the console offers the Recruiter no Integration menu")]
async fn no_menu(world: &mut World) -> Outcome {
    Ok(world.finds_no_integration_menu().await?)
}

#[then("the section General tells the Recruiter which Harver Admin to ask")]
async fn whom_to_ask(world: &mut World) -> Outcome {
    Ok(world.reads_whom_to_ask().await?)
}

#[when(expr = "the Harver Admin types the subject {string} into the invitation mail")]
async fn type_subject(world: &mut World, subject: String) -> Outcome {
    Ok(world.types_the_subject(&subject).await?)
}

#[then(expr = "the preview beside it says {string}")]
async fn preview_says(world: &mut World, words: String) -> Outcome {
    Ok(world.reads_in_the_preview(&words).await?)
}

#[then(expr = "the subject is refused while it is typed, with a message that says {string}")]
async fn subject_is_refused(world: &mut World, words: String) -> Outcome {
    Ok(world.reads_that_the_subject_is_refused(&words).await?)
}
