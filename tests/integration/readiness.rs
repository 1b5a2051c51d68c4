//! What a load balancer is told over HTTP while nothing can be committed: that the process runs, and that nothing is to be sent to it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use harver_icims::http::{Timeouts, direct};
use harver_icims::store::{self, SealingKey, Store, StoreError};
use reqwest::{Client, StatusCode};
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::scene::Scene;

/// How long `/readyz` takes at the most (`store/readiness.rs`).
const AT_THE_LATEST: Duration = Duration::from_secs(2);
/// What a slow machine takes beside it.
const SLACK: Duration = Duration::from_secs(1);

/// The integration on a listener, with its store in a file.
struct Running {
    client: Client,
    address: SocketAddr,
    folder: tempfile::TempDir,
    scene: Scene,
    /// Stops it when it is dropped.
    _stop: oneshot::Sender<()>,
}

impl Running {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("integration.db"), SealingKey::for_this_process()).expect("a store");
        let scene = Scene::on(store, |_| {}, |_| {}).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(scene.app.clone().run(listener, async { drop(stopped.await) }));
        let client = direct(Timeouts::default()).expect("a client");
        Self { client, address, folder, scene, _stop: stop }
    }

    /// What a path is answered, and how long that took.
    async fn asked(&self, path: &str) -> (StatusCode, Duration) {
        let started = Instant::now();
        let answer = self.client.get(format!("http://{}{path}", self.address)).send().await.expect("it answers");
        (answer.status(), started.elapsed())
    }

    /// Somebody else who takes the lock of the file, such as a back-up that goes wrong.
    fn somebody_else(&self) -> Connection {
        let other = Connection::open(self.folder.path().join("integration.db")).expect("the same file");
        other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
        other
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_commit_is_alive_and_not_ready_and_ready_again_as_soon_as_it_can() {
    let running = Running::start().await;
    assert_eq!(running.asked("/readyz").await.0, StatusCode::OK);
    let other = running.somebody_else();
    let (ready, alive) = tokio::join!(running.asked("/readyz"), running.asked("/healthz"));
    assert_eq!(ready.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.1 < AT_THE_LATEST + SLACK, "whoever asks has gone away after {:?}", ready.1);
    assert_eq!(alive.0, StatusCode::OK, "nobody is to restart it because of that");
    assert!(alive.1 < SLACK, "it waits for nobody, not {:?}", alive.1);
    other.execute_batch("ROLLBACK").expect("it is given back");
    let (ready, took) = running.asked("/readyz").await;
    assert_eq!(ready, StatusCode::OK);
    assert!(took < AT_THE_LATEST, "the writer that waited for the lock goes on at once, not after {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_could_not_commit_a_change_is_ready_again_with_the_next_one() {
    let running = Running::start().await;
    let known: Result<_, StoreError> = running.scene.store.read(|tx| store::customer(tx, "4021".parse().expect("digits"))).await;
    let known = known.expect("readable").expect("the customer");
    let other = running.somebody_else();
    // The writer waits for the lock longer than whoever asks whether it is ready, and not for ever.
    let undone: Result<bool, StoreError> = running.scene.store.write(move |tx| store::update_customer(tx, &known)).await;
    assert!(matches!(undone, Err(StoreError::NotCommitted(_))), "{undone:?}");
    other.execute_batch("ROLLBACK").expect("it is given back");
    assert_eq!(running.asked("/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE, "nothing has shown yet that it can");
    running.scene.switch(false).await;
    assert_eq!(running.asked("/readyz").await.0, StatusCode::OK);
}
