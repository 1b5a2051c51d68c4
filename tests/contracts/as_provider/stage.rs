//! One address behind which a fresh provider stands for each interaction, so that none sees what another one left.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// A provider in the state that an interaction begins with.
pub(crate) struct Scene {
    router: Router,
    /// What the interaction may refer to, such as ids that the provider gave itself.
    told: Map<String, Value>,
    /// Neighbours of the provider.
    kept: Vec<Box<dyn Any + Send>>,
}

impl Scene {
    pub(crate) fn of(router: Router) -> Self {
        Self { router, told: Map::new(), kept: Vec::new() }
    }

    /// The interaction may refer to `${name}`.
    pub(crate) fn telling(mut self, name: &str, value: impl ToString) -> Self {
        self.told.insert(name.into(), json!(value.to_string()));
        self
    }

    /// The same for each of these.
    pub(crate) fn telling_all(mut self, told: Map<String, Value>) -> Self {
        self.told.extend(told);
        self
    }

    /// The neighbour lives as long as the scene.
    pub(crate) fn beside(mut self, neighbour: impl Any + Send) -> Self {
        self.kept.push(Box::new(neighbour));
        self
    }

    /// The provider, but different.
    pub(crate) fn altered(mut self, alter: impl FnOnce(Router) -> Router) -> Self {
        self.router = alter(self.router);
        self
    }

    pub(crate) fn told(&self) -> &Map<String, Value> {
        &self.told
    }
}

/// Where the scenes are played. Clones are the same stage.
#[derive(Clone)]
pub(crate) struct Stage {
    scene: Arc<Mutex<Option<Scene>>>,
    port: u16,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Stage {
    /// Opens on a free port. It ends with the test's runtime.
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let stage = Self { scene: Arc::default(), port };
        let router = Router::new().fallback(play).with_state(stage.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stage
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Puts a scene in the place of the last one.
    pub(crate) fn show(&self, scene: Option<Scene>) {
        *self.scene.lock().unwrap_or_else(PoisonError::into_inner) = scene;
    }
}

async fn play(State(stage): State<Stage>, request: Request) -> Response {
    let router = stage.scene.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|scene| scene.router.clone());
    match router {
        Some(router) => router.oneshot(request).await.into_response(),
        None => (StatusCode::INTERNAL_SERVER_ERROR, "no scene is set up").into_response(),
    }
}
