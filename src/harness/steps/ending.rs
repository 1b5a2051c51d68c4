//! How orders end: reminders, rejection, time that goes by, what a Harver Admin does.

use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::world::World;

#[when(regex = r"^(two days|a week|a month) (?:go|goes) by$")]
#[given(regex = r"^(two days|a week|a month) (?:have|has) gone by$")]
async fn time_goes_by(world: &mut World, how_long: String) -> Outcome {
    let steps = match how_long.as_str() {
        "two days" => ["48h"].as_slice(),
        "a week" => &["48h", "120h"],
        _ => &["48h", "120h", "600h"],
    };
    Ok(world.work_goes_on_for(steps).await?)
}

#[when(expr = "{word} opens the link in her reminder")]
async fn open_reminder(world: &mut World, name: String) -> Outcome {
    Ok(world.open_reminder_link(&name).await?)
}

#[when(expr = "{word} opens the link in her mail, which has run out, and types the code that she is mailed")]
async fn by_code(world: &mut World, name: String) -> Outcome {
    Ok(world.enter_by_code(&name).await?)
}

#[given(expr = "candidates of {string} may reapply at once")]
async fn may_reapply(world: &mut World, vacancy: String) -> Outcome {
    Ok(world.candidates_may_reapply(&vacancy).await?)
}

#[given("the Harver Admin has chosen that iCIMS is told when a candidate is invited")]
async fn report_sent(world: &mut World) -> Outcome {
    Ok(world.report_invitations().await?)
}

#[when(expr = "the Harver Admin cancels the order of {word} because {string}")]
async fn cancel(world: &mut World, name: String, reason: String) -> Outcome {
    Ok(world.cancel_order(&name, &reason).await?)
}

#[when(expr = "the Harver Admin sends the invitation of {word} again")]
async fn invite_again(world: &mut World, name: String) -> Outcome {
    Ok(world.invite_again(&name).await?)
}

#[then(expr = "{word} receives two mails, each with a link of its own")]
async fn two_mails(world: &mut World, name: String) -> Outcome {
    Ok(world.receives_two_mails(&name).await?)
}

#[then(expr = "the order of {word} is cancelled because she is no longer up for the job")]
async fn is_withdrawn(world: &mut World, name: String) -> Outcome {
    Ok(world.order_is(&name, "cancelled", "no longer up for the job").await?)
}

#[then(expr = "iCIMS shows one result for {word}, which is incomplete because the invitation ran out")]
async fn ran_out(world: &mut World, name: String) -> Outcome {
    Ok(world.one_result_with_remark(&name, "Incomplete", Some("The invitation ran out on")).await?)
}

#[then(expr = "iCIMS shows one result for {word}, which is incomplete because the position is filled")]
async fn is_filled(world: &mut World, name: String) -> Outcome {
    Ok(world.one_result_with_remark(&name, "Incomplete", Some("The position is filled")).await?)
}

#[then(expr = "iCIMS shows two results for {word}, both complete")]
async fn two_results(world: &mut World, name: String) -> Outcome {
    Ok(world.two_complete_results(&name).await?)
}

#[then(expr = "iCIMS shows one result for {word}, which is sent")]
async fn is_sent(world: &mut World, name: String) -> Outcome {
    Ok(world.one_result(&name, "Sent").await?)
}

#[then(expr = "the Screen tab tells that the invitation of {word} was sent and that there is no result yet")]
async fn screen_tells(world: &mut World, name: String) -> Outcome {
    Ok(world.screen_tells_of_the_invitation(&name).await?)
}
