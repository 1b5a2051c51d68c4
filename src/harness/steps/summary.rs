//! What the Summary tells a recruiter.

use cucumber::{given, then};

use super::{Outcome, names};
use crate::harness::world::World;

#[given(regex = r"^Tomas has advanced (\w+(?: and \w+)*) to (Send to Harver|Phone Screen) in vain$")]
async fn have_advanced_in_vain(world: &mut World, who: String, status: String) -> Outcome {
    Ok(world.have_advanced_in_vain(&names(&who), &status).await?)
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
