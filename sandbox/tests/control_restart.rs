//! What is there after the process has ended and another one has begun on the same folder.

use std::path::Path;
use std::time::Duration;

use icims_sandbox::control::NewTenantWish;
use icims_sandbox::harver_platform::state::AccountState;
use icims_sandbox::mailbox::{Envelope, MailFilter};
use icims_sandbox::{Config, Sandbox, StartError};
use jiff::SignedDuration;
use serde_json::Value;

async fn start(data: Option<&Path>, seed: u64) -> Result<Sandbox, StartError> {
    let config = Config { port: 0, data: data.map(Path::to_path_buf), seed, ..Config::default() };
    Sandbox::bind(config).await?.start(None).await
}

/// The ready line with the ports replaced, as they are free ones.
fn line(sandbox: &Sandbox) -> String {
    let mut text = serde_json::to_string(sandbox.ready()).expect("it writes");
    let addresses = sandbox.addresses();
    for (name, address) in [("control", &addresses.control), ("icims", &addresses.icims), ("platform", &addresses.platform)] {
        text = text.replace(address.as_str(), &format!("http://{name}"));
    }
    text.replace(&addresses.smtp, "smtp")
}

/// Everything in a tenant's iCIMS and account that is not a moment.
fn contents(sandbox: &Sandbox) -> Vec<String> {
    let icims = sandbox.world().icims().customer(4021).expect("the sample customer");
    let mut found: Vec<String> = icims.read(|state| {
        let people =
            state.people().map(|person| format!("{} {} {} {:?}", person.id, person.name(), person.email(), person.roles));
        let jobs = state.jobs().map(|job| format!("{} {} {:?}", job.id, job.title(), job.assessment_types()));
        let workflows = state.workflows().map(|it| format!("{} {} {} {:?}", it.id, it.person, it.job, it.status()));
        people.chain(jobs).chain(workflows).collect()
    });
    let account = sandbox.world().platform().account(&sandbox.ready().tenant.platform.account_id).expect("the sample account");
    found.extend(account.read(|state| {
        let shown =
            state.vacancies().map(|vacancy| format!("{} {} {}", vacancy.id, vacancy.settings.public_title, vacancy.status));
        shown.collect::<Vec<_>>()
    }));
    found
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let (one, two, other) = (
        start(None, 7).await.expect("it starts"),
        start(None, 7).await.expect("it starts"),
        start(None, 8).await.expect("it starts"),
    );
    assert_eq!(line(&one), line(&two));
    assert_eq!(contents(&one), contents(&two));
    assert_ne!(line(&one), line(&other));
    insta::assert_snapshot!(contents(&one).join("\n"));
}

#[tokio::test]
async fn a_new_customer_has_its_admin_and_each_vendor_is_told_of_the_integration_in_one_change() {
    let sandbox = start(None, 7).await.expect("it starts");
    let customer = sandbox.world().registry().customer(4021).expect("the sample customer");
    assert_eq!(*customer.changes().borrow(), 2, "one of iCIMS, one of the platform");
    let own = &sandbox.ready().tenant.integration;
    let account = customer.tenant::<AccountState>().expect("it has an account");
    assert!(account.read(|state| state.knows_user(&own.admin_email, &own.admin_password)));
}

#[tokio::test]
async fn everything_is_back_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = start(Some(folder.path()), 7).await.expect("it starts");
    let second = before.world().open_customer(NewTenantWish::named("Harbour")).await.expect("it is opened");
    before.world().advance_clock(SignedDuration::from_hours(30)).await.expect("it moves");
    let envelope = Envelope { from: String::new(), to: vec!["ines@example.org".into()] };
    before.world().mailbox().deliver(envelope, b"Subject: Hello\r\n\r\nThere\r\n".to_vec()).await.expect("it is stored");
    let (ready, found) = (line(&before), contents(&before));
    // Dropped, not stopped: as a process that is killed.
    drop(before);

    let after = start_again(folder.path()).await;
    assert_eq!(line(&after), ready);
    assert_eq!(contents(&after), found);
    assert!(after.world().clock().offset() >= SignedDuration::from_hours(30));
    assert_eq!(after.world().mailbox().find(&MailFilter::default()).len(), 1);
    let tenants = after.world().tenants();
    assert_eq!(tenants.iter().map(|tenant| tenant.customer_id).collect::<Vec<_>>(), [4021, 4022]);
    assert_eq!(after.world().keys(&tenants[1]).platform.client_secret, second.platform.client_secret);
    let third = after.world().open_customer(NewTenantWish::default()).await.expect("it is opened");
    assert_eq!(third.icims.customer_id, "4023");
    after.stop().await;
}

/// The folder is free as soon as the tasks of the dropped sandbox have ended.
async fn start_again(folder: &Path) -> Sandbox {
    let started = async {
        loop {
            match start(Some(folder), 99).await {
                Err(StartError::FolderInUse(_)) => tokio::task::yield_now().await,
                started => return started.expect("it starts"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), started).await.expect("the folder is freed")
}

#[tokio::test]
async fn two_processes_cannot_share_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = start(Some(folder.path()), 7).await.expect("it starts");
    let error = start(Some(folder.path()), 7).await.expect_err("it is in use");
    assert!(matches!(error, StartError::FolderInUse(_)) && error.to_string().contains("--data"), "{error}");
    first.stop().await;
    start(Some(folder.path()), 7).await.expect("it is free again");
}

#[tokio::test]
async fn a_reset_is_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = start(Some(folder.path()), 7).await.expect("it starts");
    before.world().open_customer(NewTenantWish::default()).await.expect("it is opened");
    before.world().reset().await.expect("it is reset");
    let ready: Value = serde_json::from_str(&line(&before)).expect("JSON");
    before.stop().await;
    let after = start(Some(folder.path()), 7).await.expect("it starts");
    assert_eq!(after.world().tenants().len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&line(&after)).expect("JSON"), ready);
}
