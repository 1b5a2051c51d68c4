//! Advancing, the Summary, and invitations by mail.

use cucumber::{given, then, when};

use super::{Outcome, names};
use crate::harness::world::World;

#[given(regex = r"^Tomas has advanced (\w+(?: and \w+)*) to (Send to Harver|Phone Screen)$")]
async fn have_advanced(world: &mut World, who: String, status: String) -> Outcome {
    Ok(world.have_advanced(&names(&who), &status).await?)
}

#[given(regex = r"^Tomas has advanced (\w+(?: and \w+)*) to (Send to Harver|Phone Screen) in vain$")]
async fn have_advanced_in_vain(world: &mut World, who: String, status: String) -> Outcome {
    Ok(world.have_advanced_in_vain(&names(&who), &status).await?)
}

#[when(regex = r"^Tomas advances (\w+(?: and \w+)*) to (Send to Harver|Phone Screen)$")]
async fn advance(world: &mut World, who: String, status: String) -> Outcome {
    Ok(world.advance(&names(&who), &status).await?)
}

#[when("Tomas ticks all of them and advances them to Send to Harver")]
async fn advance_all(world: &mut World) -> Outcome {
    let everybody = world.everybody();
    Ok(world.advance(&everybody, "Send to Harver").await?)
}

#[then(regex = r#"^the Summary says "(.+)" for (\w+)$"#)]
async fn summary_says(world: &mut World, words: String, name: String) -> Outcome {
    Ok(world.summary_says(&name, &words)?)
}

#[then(expr = "the Summary says {string} for each of them")]
async fn summary_says_for_each(world: &mut World, words: String) -> Outcome {
    for name in world.everybody() {
        world.summary_says(&name, &words)?;
    }
    Ok(())
}

#[then(expr = "the Summary tells Tomas about {word} that {string} must be filled in, and whom to ask")]
async fn must_be_filled_in(world: &mut World, name: String, label: String) -> Outcome {
    Ok(world.summary_tells(&name, &format!("{label} is empty"))?)
}

#[then(expr = "the Summary tells Tomas about {word} that {string} must be corrected, and whom to ask")]
async fn must_be_corrected(world: &mut World, name: String, label: String) -> Outcome {
    Ok(world.summary_tells(&name, &format!("{label} is not an e-mail address"))?)
}

#[then(expr = "the Summary tells Tomas about {word} that another package must be selected, and whom to ask")]
async fn another_package(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "Select another package")?)
}

#[then(expr = "the Summary tells Tomas about {word} that the Harver credentials in iCIMS must be entered anew, and whom to ask")]
async fn check_settings(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "Credentials, ATS to Harver")?)
}

#[then(expr = "the Summary tells Tomas about {word} that the package is wrongly formatted, and whom to ask")]
async fn wrongly_formatted(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "is wrongly formatted")?)
}

#[then(expr = "the Summary tells Tomas about {word} that there is an open invitation already, and whom to ask")]
async fn open_invitation(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "already has an open invitation")?)
}

#[then(expr = "the Summary tells Tomas about {word} that the assessment is completed already, and whom to ask")]
async fn completed_already(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "has already completed this assessment")?)
}

#[then(expr = "the Summary tells Tomas about {word} that one of several packages must be left, and whom to ask")]
async fn several_packages(world: &mut World, name: String) -> Outcome {
    Ok(world.summary_tells(&name, "Leave one of them selected on the job")?)
}

#[then(expr = "the Summary says no longer that {word} is invited, but {string}")]
async fn takes_it_back(world: &mut World, name: String, why: String) -> Outcome {
    Ok(world.summary_takes_it_back(&name, &why).await?)
}

#[then("Harver was asked once for each of them, and once about the vacancy")]
async fn asked_sparingly(world: &mut World) -> Outcome {
    Ok(world.harver_was_asked_sparingly().await?)
}

#[then(expr = "the console says that the invitation of {word} waits, and for what")]
async fn invitation_waits(world: &mut World, name: String) -> Outcome {
    Ok(world.invitation_waits(&name).await?)
}

#[then(expr = "a Recruiter finds in the console that {word} was refused because {string}")]
async fn refusal_is_found(world: &mut World, name: String, why: String) -> Outcome {
    Ok(world.refusal_is_found(&name, &why).await?)
}

#[then(expr = "{word} receives one mail with a link to the assessment")]
async fn receives_one_mail(world: &mut World, name: String) -> Outcome {
    Ok(world.receives_one_mail(&name).await?)
}

#[then(expr = "no mail was sent but the invitation of {word}")]
async fn no_other_mail(world: &mut World, name: String) -> Outcome {
    Ok(world.only_one_mail_was_sent(&name).await?)
}

#[then("each of them receives one mail with a link of their own")]
async fn each_receives_a_mail(world: &mut World) -> Outcome {
    Ok(world.each_receives_a_mail_of_their_own().await?)
}

#[then(expr = "the mail is addressed to {word} by name and mentions {string}")]
async fn mail_is_personal(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.mail_is_personal(&name, &job).await?)
}

#[then(expr = "{word} is invited to {string}")]
async fn is_invited_to(world: &mut World, name: String, vacancy: String) -> Outcome {
    Ok(world.is_invited_to(&name, &vacancy).await?)
}

#[then(expr = "a candidate of {string} who is advanced to Send to Harver is invited")]
async fn a_candidate_is_invited(world: &mut World, job: String) -> Outcome {
    Ok(world.a_candidate_is_invited(&job, None).await?)
}

#[then(expr = "a candidate of {string} who is advanced to Send to Harver is invited to {string}")]
async fn a_candidate_is_invited_to(world: &mut World, job: String, vacancy: String) -> Outcome {
    Ok(world.a_candidate_is_invited(&job, Some(&vacancy)).await?)
}

#[then("no mail was sent")]
async fn no_mail_was_sent(world: &mut World) -> Outcome {
    Ok(world.no_mail_was_sent().await?)
}

#[then(expr = "Harver has not heard of {word} and no mail was sent")]
async fn harver_has_not_heard_of(world: &mut World, name: String) -> Outcome {
    Ok(world.harver_has_not_heard_of(&name).await?)
}

#[then(expr = "Harver has one application of {word}")]
async fn harver_has_one_application(world: &mut World, name: String) -> Outcome {
    Ok(world.harver_has_one_application(&name).await?)
}

#[then(expr = "Harver was asked once to register {word}")]
async fn was_registered_once(world: &mut World, name: String) -> Outcome {
    Ok(world.was_registered_once(&name).await?)
}
