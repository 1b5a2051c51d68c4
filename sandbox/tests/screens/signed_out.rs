//! A portal session that ends while a candidate is typing.

use jiff::SignedDuration;

use crate::screens::browser::{Screen, World};

const MARA: (&str, &str) = ("email", "mara.lind@example.org");

fn job_path(world: &World) -> String {
    format!("/careers/4021/jobs/{}/call-centre-advisor", world.sample.job)
}

/// What the log-in form carries along, by name.
fn carried(screen: &Screen, names: &[&str]) -> Vec<(String, String)> {
    let value = |name: &&str| ((*name).to_owned(), screen.attribute(&format!("input[type=hidden][name={name}]"), "value"));
    names.iter().map(value).collect()
}

async fn log_in(world: &World, carried: &[(String, String)]) -> Screen {
    let mut fields: Vec<_> = carried.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(MARA);
    world.post(&format!("{}/login", job_path(world)), &fields).await
}

#[tokio::test]
async fn a_profile_comes_back_as_it_was_typed_and_is_sent_by_nobody_but_the_candidate() {
    let world = World::new().await;
    let (job, before) = (job_path(&world), world.people());
    world.post(&format!("{job}/login"), &[MARA]).await;
    world.clock.advance(SignedDuration::from_hours(3));
    let typed = [("firstname", "Mara <b>"), ("lastname", "Lind"), ("phone", "+31 6 5550 0142"), ("password", "s3cret")];
    let asked = world.post(&format!("{job}/profile"), &typed).await;
    assert_eq!(asked.status, 401);
    assert!(asked.text("#kept").contains("nothing has been sent"));
    assert!(!asked.body.contains("s3cret"), "only the step's own fields are kept");

    let kept = carried(&asked, &["kept", "kept-firstname", "kept-lastname", "kept-phone"]);
    let wrong = world.post(&format!("{job}/login"), &[("email", "mara"), ("kept", "profile"), ("kept-lastname", "Lind")]).await;
    assert_eq!((wrong.status, carried(&wrong, &["kept-lastname"])[0].1.as_str()), (422, "Lind"), "a slip costs nothing");

    let back = log_in(&world, &kept).await;
    assert_eq!((back.status, back.attribute("#firstname", "value").as_str()), (200, "Mara <b>"));
    assert_eq!(back.attribute("#phone", "value"), "+31 6 5550 0142");
    assert_eq!(world.people(), before, "logging in sends nothing");
    let form = back.attribute("#application-form", "action");
    assert_eq!(form, format!("{job}/profile"));
    let sent = world.post(&form, &typed).await;
    assert_eq!((sent.status, sent.location), (303, format!("{job}/questions")));
    assert_eq!(world.people().len(), before.len() + 1);
}

#[tokio::test]
async fn the_last_question_comes_back_and_the_application_is_still_to_be_sent() {
    let world = World::new().await;
    let job = job_path(&world);
    world.post(&format!("{job}/login"), &[MARA]).await;
    world.post(&format!("{job}/profile"), &[("firstname", "Mara"), ("lastname", "Lind")]).await;
    let workflows = world.look(|state| state.workflows().count());
    world.clock.advance(SignedDuration::from_hours(3));
    let asked = world.post(&format!("{job}/questions"), &[("source", "Job Board"), ("sourcename", "Harborlight")]).await;
    let kept = carried(&asked, &["kept", "kept-source", "kept-sourcename"]);
    let back = log_in(&world, &kept).await;
    assert!(back.has("#source option[value='Job Board'][selected]"), "{}", back.body);
    assert_eq!(back.attribute("#sourcename", "value"), "Harborlight");
    assert_eq!(world.look(|state| state.workflows().count()), workflows, "logging in applies for nothing");
    let sent = world.post(&back.attribute("#application-form", "action"), &[("source", "Job Board")]).await;
    assert_eq!(sent.status, 303);
    assert_eq!(world.look(|state| state.workflows().count()), workflows + 1);

    let past = log_in(&world, &kept).await;
    assert!(past.status == 303 && !past.location.ends_with("/questions"), "an application that was sent is not asked for again");
}

#[tokio::test]
async fn a_log_in_form_brings_back_no_step_that_there_is_not() {
    let world = World::new().await;
    for step in ["assessment", "../../../icims2/4021/admin", ""] {
        let fields = [("kept".to_owned(), step.to_owned()), ("kept-firstname".to_owned(), "Eve".to_owned())];
        let answer = log_in(&world, &fields).await;
        assert_eq!((answer.status, answer.location), (303, format!("{}/profile", job_path(&world))), "{step}");
    }
}
