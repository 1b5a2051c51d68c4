//! Each request has an id: in its answer, and in whatever is logged for it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use harver_icims::ats_to_harver::START_PATH;
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;

use crate::scene::Scene;

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic elsewhere").clone()).expect("text")
    }

    fn forget(&self) {
        self.0.lock().expect("no panic elsewhere").clear();
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic elsewhere").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

async fn id_in_answer(scene: &Scene, path: &str, brought: Option<&str>) -> String {
    let mut request = Request::post(path);
    if let Some(id) = brought {
        request = request.header("x-request-id", id);
    }
    let answer = scene.app.router().oneshot(request.body(Body::from("{}")).expect("a request")).await.expect("an answer");
    id_of(answer.headers())
}

fn id_of(headers: &HeaderMap) -> String {
    headers.get("x-request-id").expect("an id").to_str().expect("text").to_owned()
}

#[tokio::test]
async fn every_answer_has_an_id_the_callers_own_where_it_can_be_used() {
    let scene = Scene::ready().await;
    let callback = harver_icims::harver_to_ats::CALLBACK_PATH;
    for path in [START_PATH, callback, "/console/sign-in", "/api/v1/settings", "/healthz", "/nowhere"] {
        assert_eq!(id_in_answer(&scene, path, Some("7f3c-A.b")).await, "7f3c-A.b", "{path}");
        let made = id_in_answer(&scene, path, None).await;
        assert_ne!(made, id_in_answer(&scene, path, None).await, "{path}");
        let replaced = id_in_answer(&scene, path, Some("ines@example.org")).await;
        assert!(replaced.len() == 32 && replaced.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}: {replaced}");
    }
}

#[tokio::test]
async fn what_is_logged_for_a_request_has_its_id_also_when_warnings_alone_are_logged() {
    let scene = Scene::ready().await;
    let log = Log::default();
    let only_warnings = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(log.clone()).with_ansi(false);
    let _guard = tracing::subscriber::set_default(only_warnings.finish());
    // Whether a line is wanted at all is decided by whichever thread comes to it first, which may be another test's, where nobody listens.
    // Once all of them are known, it is decided again here.
    id_in_answer(&scene, START_PATH, None).await;
    tracing::callsite::rebuild_interest_cache();
    log.forget();
    id_in_answer(&scene, START_PATH, Some("first-id")).await;
    id_in_answer(&scene, START_PATH, Some("second-id")).await;
    let text = log.text();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("An event was refused.")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    for (line, id) in lines.iter().zip(["first-id", "second-id"]) {
        assert!(line.contains(&format!("request.id=\"{id}\"")), "{line}");
    }
}
