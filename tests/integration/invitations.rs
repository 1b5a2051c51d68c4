//! Who is mailed, how often, and that nobody is mailed who should not be.

use axum::http::StatusCode;
use harver_icims::domain::{Job, JobKind, OrderEvent, OrderState};
use harver_icims::store::{StoreError, jobs, orders};
use jiff::SignedDuration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::post_office::PostOffice;
use crate::scene::Scene;
use crate::support::VACANCY;

const IDENTITY: &str = "Message-ID:";

async fn scene_with(office: &PostOffice) -> Scene {
    let port = office.port;
    Scene::ready_with(move |settings| settings.mail.port = port).await
}

async fn change<T: Send + 'static>(
    scene: &Scene,
    change: impl FnMut(&harver_icims::store::Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    scene.store.write(change).await.expect("the store answers")
}

#[tokio::test]
async fn an_advanced_candidate_gets_one_mail_with_the_link() {
    let office = PostOffice::open().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    assert_eq!(office.all(IDENTITY).len(), 1);
    assert!(office.last().contains("magic-link/1"), "{}", office.last());
    assert_eq!(scene.orders().await[0].state, OrderState::Invited);
}

#[tokio::test]
async fn a_mail_that_is_sent_twice_has_one_identity_and_a_renewal_has_another() {
    let office = PostOffice::open().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    change(&scene, move |tx| jobs::enqueue(tx, Job { kind: JobKind::SendInvitation, order }, now)).await;
    scene.drain().await;
    scene.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    let identities = office.all(IDENTITY);
    assert_eq!(identities.len(), 3);
    assert_eq!(identities[0], identities[1], "as if the answer to the first had been lost");
    assert_ne!(identities[1], identities[2], "no mail system takes the new link for the old one");
    assert!(office.last().contains("magic-link/2"), "{}", office.last());
}

#[tokio::test]
async fn a_mail_is_dated_by_the_clock_of_the_work_and_says_nothing_of_the_machines() {
    let office = PostOffice::open().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    scene.clock.advance(SignedDuration::from_hours(24 * 365));
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.drain().await;
    assert_eq!(office.all("Date:"), ["Tue, 04 Mar 2025 12:00:00 +0000", "Wed, 04 Mar 2026 12:00:00 +0000"]);
}

#[tokio::test]
async fn who_has_finished_before_the_mail_went_out_is_not_mailed() {
    let office = PostOffice::open().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    scene.worker().step().await.expect("the application is created");
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    change(&scene, move |tx| jobs::enqueue(tx, Job { kind: JobKind::StartAssessment, order }, now)).await;
    scene.drain().await;
    assert!(office.all(IDENTITY).is_empty());
}

#[tokio::test]
async fn who_came_through_the_portal_meanwhile_is_mailed_the_same_link() {
    let office = PostOffice::open().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    assert_eq!(scene.applied().await.status, StatusCode::SEE_OTHER);
    scene.drain().await;
    assert_eq!(office.all(IDENTITY).len(), 1, "a recruiter wanted a mail");
    let orders = scene.orders().await;
    assert!(orders[0].link.as_ref().expect("a link").as_str().ends_with("magic-link/1"), "the platform was not asked again");
}

#[tokio::test]
async fn an_order_that_has_ended_is_not_started() {
    let office = PostOffice::open().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    change(&scene, move |tx| orders::apply(tx, order, OrderEvent::Withdrawn, now)).await;
    scene.drain().await;
    assert!(office.all(IDENTITY).is_empty());
    let asked = scene.harver.received_requests().await.expect("recording is on");
    let created = format!("/api/v1.0/vacancies/{VACANCY}/applications");
    assert!(asked.iter().all(|request| request.url.path() != created), "no application was created");
}

#[tokio::test]
async fn an_order_that_is_cancelled_while_its_mail_goes_out_stays_cancelled() {
    let office = PostOffice::hesitant().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    scene.worker().step().await.expect("the application is created");
    let worker = scene.worker();
    let mailing = tokio::spawn(async move { worker.step().await });
    office.handed_over.notified().await;
    let (order, now) = (scene.orders().await[0].id, scene.clock.clock().now());
    change(&scene, move |tx| orders::end(tx, order, OrderEvent::Withdrawn, "Cancelled in the console.", now)).await;
    office.allow();
    mailing.await.expect("no panic").expect("the store answers");
    scene.drain().await;
    let order = &scene.orders().await[0];
    assert_eq!((order.state, order.failure.as_deref()), (OrderState::Cancelled, Some("Cancelled in the console.")));
    let id = order.id;
    let steps = change(&scene, move |tx| jobs::of_order(tx, id)).await;
    assert!(!steps.iter().any(|step| matches!(step.job.kind, JobKind::Remind(_) | JobKind::ReportInvited)), "{steps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_under_way_is_recorded_before_the_integration_ends() {
    let office = PostOffice::hesitant().await;
    let scene = scene_with(&office).await;
    scene.advanced_to("40177").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(scene.app.clone().run(listener, async { drop(stopped.await) }));
    office.handed_over.notified().await;
    stop.send(()).expect("it runs");
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    office.allow();
    running.await.expect("no panic");
    assert_eq!(scene.orders().await[0].state, OrderState::Invited);
}
