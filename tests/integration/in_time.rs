//! The start endpoint's own limits: when an event is answered, and that nothing is recorded of what was answered `503`.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use harver_icims::store::{SealingKey, Store, StoreError};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::scene::Scene;
use crate::support::{PACKAGE, VACANCY};

const DEADLINE: Duration = Duration::from_millis(400);

/// Neighbours that know the candidate and the job, on a store whose writer somebody holds.
struct Busy {
    scene: Scene,
    release: mpsc::Sender<()>,
    _folder: tempfile::TempDir,
}

impl Busy {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store.db"), SealingKey::for_this_process()).expect("a store");
        let scene = Scene::on(store, |_| {}, |settings| settings.event_deadline = DEADLINE).await;
        scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
        scene.job_with(&[PACKAGE]).await;
        scene.vacancy("open").await;
        let (release, released) = mpsc::channel();
        let (begins, begun) = tokio::sync::oneshot::channel();
        let mut begins = Some(begins);
        let store = scene.store.clone();
        tokio::spawn(async move {
            let held = store.write(move |_| -> Result<(), StoreError> {
                // The test has ended when nobody is there.
                let _ = begins.take().map(|begins| begins.send(()));
                let _ = released.recv();
                Ok(())
            });
            held.await.expect("nothing is changed");
        });
        begun.await.expect("the writer is held");
        Self { scene, release, _folder: folder }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_waits_for_the_disk_is_answered_by_what_becomes_of_it() {
    let busy = Busy::new().await;
    let mut asked = Box::pin(busy.scene.advanced_to("40177"));
    assert!(tokio::time::timeout(2 * DEADLINE, &mut asked).await.is_err(), "not yet known, and so not yet answered");
    busy.release.send(()).expect("it is held");
    assert_eq!(asked.await.status, StatusCode::OK);
    assert_eq!(busy.scene.orders().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_whoever_hangs_up_before_the_change_has_begun_nothing_is_recorded() {
    let busy = Busy::new().await;
    let asked = Box::pin(busy.scene.advanced_to("40177"));
    assert!(tokio::time::timeout(DEADLINE / 2, asked).await.is_err(), "iCIMS has waited long enough");
    busy.release.send(()).expect("it is held");
    assert!(busy.scene.orders().await.is_empty(), "iCIMS tells the recruiter that it failed");
    assert_eq!(busy.scene.advanced_to("40177").await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_is_recorded_of_a_candidate_to_whom_the_portal_could_hand_no_link() {
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    for answer in [ResponseTemplate::new(503), late] {
        let scene = Scene::ready_with(|settings| settings.event_deadline = DEADLINE).await;
        let created = Mock::given(method("POST")).and(path(format!("/api/v1.0/vacancies/{VACANCY}/applications")));
        created.respond_with(answer).up_to_n_times(1).with_priority(1).mount(&scene.harver).await;
        assert_eq!(scene.applied().await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(scene.orders().await.is_empty());
        assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER, "whoever comes again is let in");
        assert_eq!(scene.orders().await.len(), 1);
    }
}

#[tokio::test]
async fn the_platform_has_two_seconds_to_say_how_a_vacancy_stands() {
    let scene = Scene::bare(|_| {}, |settings| settings.event_deadline = Duration::from_secs(60)).await;
    scene.person(json!({"firstname": "Ines", "lastname": "Okafor", "email": "ines@example.org"})).await;
    scene.job_with(&[PACKAGE]).await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(7));
    scene.harver_answers("GET", "/api/v1.0/vacancies/.*", late).await;
    let asked = Instant::now();
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    assert!(asked.elapsed() < Duration::from_secs(6), "{:?}", asked.elapsed());
}
