//! The double as a server: on a thread of its own in a test, or as a process.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{MARK, World, routes};

/// The most that is read of a request.
const LARGEST: usize = 8 << 20;

/// A request that was made of the double.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Such as `POST`.
    pub method: String,
    /// With the query.
    pub path: String,
    /// The body as text.
    pub body: String,
}

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) world: Arc<Mutex<World>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    token: Option<Arc<str>>,
}

/// A double that serves until it is dropped.
pub struct BrokerDouble {
    address: SocketAddr,
    shared: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl BrokerDouble {
    /// Starts one on a free port of this machine, which lets in whoever has the token, or everybody.
    ///
    /// # Errors
    /// When nothing can be listened at.
    pub fn start(token: Option<&str>) -> Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listening")?;
        listener.set_nonblocking(true).context("listening")?;
        let address = listener.local_addr().context("listening")?;
        let shared = Shared::new(token);
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("a runtime")?;
        let served = shared.clone();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener that does not block");
                tokio::select! {
                    ended = axum::serve(listener, app(served)) => ended.expect("serving never fails"),
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it is, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes what it knows.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.shared.world.lock())
    }

    /// What it was asked, in order.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().clone()
    }
}

impl Drop for BrokerDouble {
    fn drop(&mut self) {
        // Whoever has ended already is not there to be told.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Serves until the process is told to stop.
///
/// # Errors
/// When serving fails.
pub async fn serve(listener: TcpListener, token: Option<&str>) -> Result<()> {
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, app(Shared::new(token))).with_graceful_shutdown(stop).await.context("serving")
}

impl Shared {
    fn new(token: Option<&str>) -> Self {
        Self { world: Arc::default(), seen: Arc::default(), token: token.map(Arc::from) }
    }
}

fn app(shared: Shared) -> axum::Router {
    routes::routes().layer(from_fn_with_state(shared.clone(), gate)).with_state(shared)
}

/// Notes what is asked, lets in whoever may, and marks every answer.
async fn gate(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST).await.unwrap_or_else(|_| Bytes::new());
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let seen = Seen { method: parts.method.to_string(), path, body: String::from_utf8_lossy(&body).into_owned() };
    shared.seen.lock().push(seen);
    let wanted = shared.token.as_ref().map(|token| format!("Bearer {token}"));
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let mut answer = if wanted.is_none_or(|wanted| given == Some(wanted.as_str())) {
        next.run(Request::from_parts(parts, Body::from(body))).await
    } else {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        answer
    };
    answer.headers_mut().insert(MARK, HeaderValue::from_static("this is no Pact Broker"));
    answer
}
