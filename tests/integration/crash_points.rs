//! The service dies at every one of its crash points, of SIGABRT, in the middle of a journey. What it was about is taken up by the next
//! process, vendors send again what they were not answered, and the neighbours, in another process, have everything once.
//!
//! Which points there are says the program; `ways` says what reaches each of them, so that none is left out.

mod playing;
mod ways;

use std::process::Command;

use harver_icims::crash_point::{CrashPoint, Effect, Side};
use harver_icims::domain::{JobKind, Neighbour};

use serde_json::Value;

use crate::on_postgres::server;
use crate::program::Program;
use crate::site::Site;
use playing::Play;
use ways::{Way, way};

/// As many as the platform's limit of 450 requests a minute and account asks for.
const TENANTS: usize = 4;

fn points(of: impl Fn(Way) -> bool) -> Vec<CrashPoint> {
    CrashPoint::all().filter(|point| of(way(point.effect))).collect()
}

/// How often the invitation arrives of whom it is about. A mail that was taken and is not known to be comes once more, and no other.
fn invitations(point: CrashPoint) -> usize {
    let is_unknown = match (point.side, point.effect) {
        (Side::After, Effect::Call(Neighbour::Mail, "finish_mail")) => true,
        (Side::Before, effect) => effect == ways::settled(JobKind::SendInvitation),
        _ => false,
    };
    1 + usize::from(is_unknown)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_it_does_on_a_whole_journey_it_may_die_before_and_after() {
    let site = Site::open(None, TENANTS).await;
    let mut play = Play::on(&site, "crash_points");
    let points = points(|way| way == Way::Journey);
    for point in &points {
        play.whole_journey(*point, invitations(*point)).await;
    }
    play.ends().await;
    eprintln!("died at {} points of a journey", points.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_follows_a_journey_it_may_die_before_and_after() {
    let site = Site::open(None, TENANTS).await;
    let mut play = Play::on(&site, "crash_points_later");
    let points = points(|way| !matches!(way, Way::Journey | Way::Choice | Way::Looking));
    play.prepare(&points).await;
    for point in &points {
        play.afterwards(*point).await;
    }
    play.ends().await;
    eprintln!("died at {} points of what follows a journey", points.len());
}

/// The page with the packages is shown before one is chosen, so that a point of its answers is passed twice.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_choice_of_packages_leads_to_it_may_die_before_and_after() {
    let site = Site::open_with(None, 1, "multi_phase = true\n").await;
    let mut play = Play::on(&site, "crash_points_of_a_choice");
    for point in points(|way| way == Way::Choice) {
        let times = if matches!(point.effect, Effect::Answer(_)) { 1..=2 } else { 1..=1 };
        for time in times {
            play.choice(point, time).await;
        }
    }
    play.ends().await;
}

/// What only looks has no effect that could be lost: the process dies, and the next one says what it has found.
#[test]
fn whatever_is_only_looked_at_it_may_die_before_and_after() {
    let (sandbox, folder) = (Program::start(["sandbox", "--port", "0"]), tempfile::tempdir().expect("a folder"));
    let environment = |name: &str, ready: &Value| {
        let file = folder.path().join(name);
        std::fs::write(&file, ready.to_string()).expect("a file");
        file
    };
    let mut with_oauth2 = sandbox.ready().clone();
    let icims = with_oauth2["icims"].as_object_mut().expect("iCIMS is in the ready line");
    icims.retain(|key, _| key != "username" && key != "password");
    let environments = [environment("basic.json", sandbox.ready()), environment("oauth2.json", &with_oauth2)];
    for point in points(|way| way == Way::Looking) {
        let wants_token = point.effect == Effect::Call(Neighbour::Icims, "token");
        playing::assert_aborted(playing::doctor(&environments[usize::from(wants_token)], Some(point)), point);
    }
    for environment in &environments {
        assert!(playing::doctor(environment, None).code().is_some_and(|code| code <= 1), "it says what it has found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_server_it_may_die_around_each_kind_of_effect() {
    let Some(server) = server() else { return };
    let site = Site::open(Some(&server), 1).await;
    let mut play = Play::on(&site, "crash_points_on_a_server");
    for name in
        ["after.commit.order_received", "before.answer.event", "after.mail.finish_mail", "before.commit.settled.report_result"]
    {
        let point = CrashPoint::all().find(|point| point.to_string() == name).expect("a point");
        play.whole_journey(point, invitations(point)).await;
    }
    play.ends().await;
}

#[test]
fn a_name_that_is_none_is_refused_at_the_start_with_those_that_are() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    let refused = command.args(["serve", "--config", "nowhere.toml"]).env("HARVER_ICIMS_CRASH_AT", "before.lunch").output();
    let refused = refused.expect("the program starts");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("before.lunch") && said.contains("before.mail.finish_mail"), "{said}");
}
