//! What the integration keeps of a customer is taken along: into snapshots, and into a store with another key.

use harver_icims::domain::{Disposition, JobKind};
use harver_icims::store::transfer::{Numbers, export, import};
use harver_icims::store::{self, Store, StoreError, jobs, orders};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::database::fresh_store;
use crate::support::SteppedClock;
use crate::work::{fails, ordered, store_with_customer, worker};

async fn taken(store: &Store, numbers: Numbers) -> Vec<u8> {
    let taken: Result<_, StoreError> = store.write(move |tx| export(tx, "4021".parse().ok(), numbers)).await;
    taken.expect("it can be read")
}

async fn put(store: &Store, data: Vec<u8>) -> Result<(), StoreError> {
    store.write(move |tx| import(tx, "4021".parse().ok(), &data)).await
}

#[tokio::test]
async fn a_customer_is_the_same_in_a_store_with_another_key_and_other_numbers() {
    let (stepped, store) = (SteppedClock::at_noon(), store_with_customer().await);
    for workflow in [1, 2] {
        ordered(&store, workflow, &[JobKind::StartAssessment, JobKind::SendInvitation], &stepped.clock()).await;
    }
    let failing = worker(&store, &stepped.clock(), |_| fails(Disposition::RetryLater));
    failing.step().await.expect("an attempt is recorded");
    let (kept, portable) = (taken(&store, Numbers::Kept).await, taken(&store, Numbers::FromOne).await);

    let other = fresh_store();
    put(&other, portable.clone()).await.expect("it is taken in");
    assert_eq!(taken(&other, Numbers::FromOne).await, portable);
    let customer = other.read(move |tx| store::customer(tx, "4021".parse().expect("an id"))).await.expect("readable");
    assert!(!customer.expect("the customer").harver.client_secret.expose_secret().is_empty(), "secrets are sealed anew");

    // The same again in the first store, where the numbers have been given away: nothing is lost and nothing is mixed up.
    ordered(&store, 3, &[JobKind::ReportResult], &stepped.clock()).await;
    put(&store, kept.clone()).await.expect("it is put back");
    assert_eq!(taken(&store, Numbers::Kept).await, kept, "its own numbers are free again");
    let now = SteppedClock::at_noon().clock().now();
    let left = store.read(move |tx| jobs::outstanding(tx, None, now)).await.expect("counted");
    assert_eq!((left.due, left.waiting), (3, 1), "one of four is to be tried later");
    put(&store, Vec::new()).await.expect("it is forgotten");
    let left: Result<_, StoreError> =
        store.read(|tx| orders::find(tx, "4021".parse().expect("an id"), &orders::Wanted::default(), 9)).await;
    assert!(left.expect("readable").orders.is_empty());
}

#[tokio::test]
async fn what_is_no_export_changes_nothing() {
    let store = store_with_customer().await;
    let before = taken(&store, Numbers::Kept).await;
    let text = String::from_utf8(before.clone()).expect("text");
    for data in [
        "nonsense".to_owned(),
        text.replace("\"version\":1", "\"version\":2"),
        text.replace("\"support_email\"", "\"support_email, name) --\""),
        text.replace("\"customers\":", "\"robots\":"),
    ] {
        put(&store, data.into_bytes()).await.expect_err("it is refused");
        assert_eq!(taken(&store, Numbers::Kept).await, before);
    }
}

#[tokio::test]
async fn a_restored_snapshot_brings_back_the_orders_with_everything_else() {
    use crate::program::{Program, finish_journey, until, visitor};

    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().as_os_str();
    let up = || Program::start(["up", "--json", "--port", "0", "--data"].map(AsRef::as_ref).into_iter().chain([data]));
    let (program, client) = (up(), visitor());
    let ask = async |program: &Program, post: bool, path: &str| {
        let url = format!("{}/__sandbox/{path}", program.text("control", "base_url"));
        let request = if post { client.post(url) } else { client.put(url) };
        let answer = request.send().await.expect("control answers");
        let (status, body) = (answer.status(), answer.json::<Value>().await.expect("JSON"));
        assert_eq!(status, StatusCode::OK, "{body}");
    };
    program.advance(&client).await;
    until("the invitation", async || program.mails(&client).await.into_iter().next().ok_or("no mail".into())).await;
    ask(&program, false, "snapshots/invited").await;
    ask(&program, true, "reset").await;
    assert!(program.mails(&client).await.is_empty());
    program.kill();

    // In another process, at other addresses: the order that was restored is the one that the result is reported for.
    let program = up();
    ask(&program, true, "snapshots/invited/restore").await;
    let rows = finish_journey(&program, &client).await;
    assert_eq!((rows.len(), &rows[0]["assessmentresult"]), (1, &"Great Fit".into()), "{rows:?}");
    let (mails, deliveries) = (program.mails(&client).await.len(), program.deliveries(&client).await);
    assert_eq!((mails, deliveries), (1, 0), "the invitation was restored, and nobody is invited twice");
}
