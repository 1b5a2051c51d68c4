//! HTTP on a listener, within limits: how many connections, how large and how slow a request may be. `axum::serve` has none of these
//! limits, so the connections are accepted here.
//!
//! Both programs listen with it. It knows neither of them, and nothing of what they say to one another: whoever listens brings what
//! answers, see [`Answers`], and what is admitted, see [`HttpLimits`].

mod limits;
mod paced;
mod turned_away;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use limits::HttpLimits;
use paced::paced;
use turned_away::{AT_ONCE, turn_away};

/// What answers on a listener. Cloned for each connection. `P` is what the listener tells of the other end.
pub trait Answers<P>: Clone + Send + Sync + 'static {
    /// Answers a request. What takes longer than [`HttpLimits::request_time`] is dropped.
    fn answer(&self, peer: P, request: Request<Body>) -> impl Future<Output = Response> + Send;

    /// Touches each answer last, also those that the listener gives by itself.
    fn seal(&self, _answer: &mut Response) {}
}

/// Answers on `listener` until `shutdown` ends, then lets requests under way end. Whoever drops it cuts them off.
pub async fn serve<L, A>(mut listener: L, limits: HttpLimits, answers: A, shutdown: impl Future<Output = ()>)
where
    L: Listener<Addr: Clone + Send + Sync>,
    A: Answers<L::Addr>,
{
    let (room, politeness) = (Arc::new(Semaphore::new(limits.connections)), Arc::new(Semaphore::new(AT_ONCE)));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (connection, peer) = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            if let Ok(polite) = Arc::clone(&politeness).try_acquire_owned() {
                connections.spawn(async move {
                    turn_away(connection).await;
                    drop(polite);
                });
            }
            continue;
        };
        let answers = answers.clone();
        let answer = service_fn(move |request| {
            let (answers, peer) = (answers.clone(), peer.clone());
            async move { Ok::<_, Infallible>(answered(&answers, peer, limits, request).await) }
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_header_size(limits.head_bytes)
            .max_headers(limits.headers)
            .serve_connection(TokioIo::new(connection), answer);
        let served = graceful.watch(served);
        connections.spawn(async move {
            if let Err(error) = served.await {
                tracing::debug!(%error, "A connection broke.");
            }
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn answered<P, A: Answers<P>>(answers: &A, peer: P, limits: HttpLimits, request: Request<Incoming>) -> Response {
    let request = request.map(|body| paced(body, limits.body_pause));
    let mut answer = match tokio::time::timeout(limits.request_time, answers.answer(peer, request)).await {
        Ok(answer) => answer,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request took too long.").into_response(),
    };
    answers.seal(&mut answer);
    answer
}
