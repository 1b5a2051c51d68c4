//! Real processes, killed at the worst moments: the candidate still gets the one invitation, the recruiter the one result.

use std::path::Path;
use std::process::Command;

use harver_icims::domain::{Job, JobKind};
use harver_icims::store::jobs::{AttemptOutcome, enqueue, of_order};
use harver_icims::store::orders::{Wanted, find};
use harver_icims::store::{SealingKey, Store, StoreError};
use jiff::Timestamp;

use crate::program::{Program, Until, finish_journey, take, until, visitor};

/// When the process is killed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    /// iCIMS has acknowledged the recruiter's change.
    Advanced,
    /// The invitation has arrived.
    Invited,
    /// The candidate has accepted the terms.
    Started,
    /// The candidate has given the last answer.
    Finished,
}

fn up(data: &Path) -> Program {
    Program::start(["up", "--json", "--port", "0", "--data"].map(AsRef::as_ref).into_iter().chain([data.as_os_str()]))
}

async fn journey_with_a_kill(moment: Moment) {
    let folder = tempfile::tempdir().expect("a folder");
    let client = visitor();
    let first = up(folder.path());
    first.advance(&client).await;
    if moment != Moment::Advanced {
        let mail = until("the invitation", async || first.mails(&client).await.into_iter().next().ok_or("no mail".into())).await;
        match moment {
            Moment::Started => take(&client, &first.link(&mail), Until::Begun).await,
            Moment::Finished => take(&client, &first.link(&mail), Until::Finished).await,
            Moment::Advanced | Moment::Invited => {}
        }
    }
    first.kill();

    let second = up(folder.path());
    let rows = finish_journey(&second, &client).await;
    assert_eq!(rows.len(), 1, "{moment:?}: one result row, not {rows:?}");
    assert_eq!(rows[0]["assessmentresult"], "Great Fit", "{moment:?}: {rows:?}");
    assert!(rows[0]["assessmenturl"].as_str().is_some_and(|url| url.contains("/reports-hub?token=")), "{moment:?}: {rows:?}");
    assert_eq!(second.mails(&client).await.len(), 1, "{moment:?}: one invitation");
}

#[tokio::test]
async fn killed_after_the_recruiters_change() {
    journey_with_a_kill(Moment::Advanced).await;
}

#[tokio::test]
async fn killed_after_the_invitation() {
    journey_with_a_kill(Moment::Invited).await;
}

#[tokio::test]
async fn killed_after_the_candidate_began() {
    journey_with_a_kill(Moment::Started).await;
}

#[tokio::test]
async fn killed_after_the_last_answer() {
    journey_with_a_kill(Moment::Finished).await;
}

/// What the process that was killed has left behind.
fn left_behind(data: &Path) -> Store {
    let passphrase = std::fs::read_to_string(data.join("sealing.key")).expect("the key beside the data");
    Store::open(&data.join("integration.db"), SealingKey::from_passphrase(&passphrase.into())).expect("nobody else uses it")
}

#[tokio::test]
async fn work_left_over_waits_for_the_new_addresses_of_its_neighbours() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = visitor();
    let first = up(folder.path());
    first.advance(&client).await;
    finish_journey(&first, &client).await;
    first.kill();
    let store = left_behind(folder.path());
    let customer = "4021".parse().expect("a customer id");
    let order = store
        .write(move |tx| {
            let order = find(tx, customer, &Wanted::default(), 1)?.orders.remove(0).id;
            enqueue(tx, Job { kind: JobKind::ReportResult, order }, Timestamp::UNIX_EPOCH).map(|()| order)
        })
        .await
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    drop(store);

    let second = up(folder.path());
    until("the work to be done", async || match second.pending(&client).await {
        0 => Ok(()),
        pending => Err(format!("{pending} left")),
    })
    .await;
    second.kill();
    let jobs = left_behind(folder.path()).read(move |tx| of_order(tx, order)).await.unwrap_or_else(|error| panic!("{error}"));
    assert!(jobs.iter().all(|job| job.state == "done"), "{jobs:?}");
    let attempts: Vec<_> = jobs.iter().flat_map(|job| &job.attempts).collect();
    assert!(attempts.iter().all(|attempt| attempt.outcome == AttemptOutcome::Done), "none failed at an old port: {attempts:?}");
}

#[test]
fn a_second_process_is_kept_away_from_the_same_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = up(folder.path());
    let second = Command::new(env!("CARGO_BIN_EXE_harver-icims"))
        .args(["up", "--port", "0", "--data"])
        .arg(folder.path())
        .output()
        .expect("the program starts");
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another process uses the") && said.contains("--data"), "{said}");
    first.kill();
}

#[test]
fn a_taken_port_is_named_with_the_flag() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let program =
        Command::new(env!("CARGO_BIN_EXE_harver-icims")).args(["up", "--port", &port.to_string()]).output().expect("it starts");
    assert!(!program.status.success());
    let said = String::from_utf8_lossy(&program.stderr);
    assert!(said.contains(&port.to_string()) && said.contains("--port"), "{said}");
}
