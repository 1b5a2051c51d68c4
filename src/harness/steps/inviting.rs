//! Advancing candidates, and invitations by mail.

use cucumber::{given, then, when};

use super::{Outcome, names};
use crate::harness::world::World;

#[given(regex = r"^Tomas has advanced (\w+(?: and \w+)*) to (Send to Harver|Phone Screen)$")]
async fn have_advanced(world: &mut World, who: String, status: String) -> Outcome {
    Ok(world.have_advanced(&names(&who), &status).await?)
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

#[then(expr = "{word} receives one mail with a link to the assessment")]
async fn receives_one_mail(world: &mut World, name: String) -> Outcome {
    Ok(world.receives_one_mail(&name).await?)
}

#[then("each of them receives one mail with a link of their own")]
async fn each_receives_a_mail(world: &mut World) -> Outcome {
    Ok(world.each_receives_a_mail_of_their_own().await?)
}

#[then(expr = "the mail is addressed to {word} by name and mentions {string}")]
async fn mail_is_personal(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.mail_is_personal(&name, &job).await?)
}

#[then(expr = "a candidate of {string} who is advanced to Send to Harver is invited")]
async fn a_candidate_is_invited(world: &mut World, job: String) -> Outcome {
    Ok(world.a_candidate_is_invited(&job, None).await?)
}
