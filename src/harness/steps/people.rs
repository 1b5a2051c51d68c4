//! Candidates and persons, and submitting them to jobs.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::{Outcome, column};
use crate::harness::world::World;

#[given(expr = "the Candidate {word} is submitted to {string}")]
async fn candidate(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.submitted_candidate(&name, &job).await?)
}

#[given(expr = "the Candidate {word} without an e-mail address is submitted to {string}")]
async fn candidate_without_email(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.submitted_candidate_with(&name, &job, None).await?)
}

#[given(expr = "the Candidate {word} with the e-mail address {string} is submitted to {string}")]
async fn candidate_with_email(world: &mut World, name: String, email: String, job: String) -> Outcome {
    Ok(world.submitted_candidate_with(&name, &job, Some(&email)).await?)
}

#[given(expr = "the Candidate {word} with the e-mail address of {word} is submitted to {string}")]
async fn candidate_with_email_of(world: &mut World, name: String, other: String, job: String) -> Outcome {
    Ok(world.submitted_candidate_like(&name, &other, &job).await?)
}

#[given(expr = "these Candidates are submitted to {string}:")]
async fn candidates(world: &mut World, job: String, step: &Step) -> Outcome {
    for name in column(step) {
        world.submitted_candidate(&name, &job).await?;
    }
    Ok(())
}

#[given(expr = "Tomas has created {word} as a Candidate")]
async fn create_candidate(world: &mut World, name: String) -> Outcome {
    Ok(world.create_person(&name, "candidate").await?)
}

#[given(expr = "Tomas has created {word} as a plain Person")]
#[when(expr = "Tomas creates {word} as a plain Person")]
async fn create_contact(world: &mut World, name: String) -> Outcome {
    Ok(world.create_person(&name, "contact").await?)
}

#[given(expr = "Tomas has submitted {word} to {string}")]
#[when(expr = "Tomas submits {word} to {string}")]
#[then(expr = "{word} can be submitted to {string}")]
async fn submit(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.submit(&name, &job).await?)
}

#[when(expr = "Tomas adds the Candidate role to {word}")]
async fn add_candidate_role(world: &mut World, name: String) -> Outcome {
    Ok(world.add_candidate_role(&name).await?)
}

#[given(expr = "Tomas has filled in the e-mail address of {word}")]
async fn fill_in_email(world: &mut World, name: String) -> Outcome {
    Ok(world.fill_in_email(&name).await?)
}

#[then(expr = "{word} is among the New Submissions of {string}")]
async fn is_among_new_submissions(world: &mut World, name: String, job: String) -> Outcome {
    Ok(world.is_among_new_submissions(&name, &job).await?)
}

#[then(regex = r"^(\w+) is in the status (Send to Harver|Phone Screen)$")]
async fn is_in_status(world: &mut World, name: String, status: String) -> Outcome {
    Ok(world.is_in_status(&name, &status).await?)
}

#[given(expr = "{int} Candidates are submitted to {string}")]
async fn many_candidates(world: &mut World, count: usize, job: String) -> Outcome {
    for number in 1..=count {
        world.submitted_candidate(&format!("Candidate{number}"), &job).await?;
    }
    Ok(())
}

#[given(expr = "Tomas has rejected {word}")]
async fn reject(world: &mut World, name: String) -> Outcome {
    Ok(world.reject(&name).await?)
}

#[given(expr = "Tomas has corrected the e-mail address of {word}")]
async fn correct_email(world: &mut World, name: String) -> Outcome {
    Ok(world.correct_email(&name).await?)
}
