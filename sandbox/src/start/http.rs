//! HTTP on a listener, within limits: how many connections, how large and how slow a request may be. Every request of every port passes
//! here, so this is also where foreign hosts are turned away and paths are put into one way of writing.
//!
//! `axum::serve` has none of these limits, so the connections are accepted here. Answers are dated by the virtual clock, as all
//! other moments in them are.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::serve::Listener as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::catch_panic::{CatchPanic, DefaultResponseForPanic};

use super::hosts::{Hosts, Misdirected};
use super::paced::paced;
use super::packed::{asks, packed};
use crate::engine::{Clock, Connection, Listening, Peer, Sockets, plainly_addressed};
use crate::ui::PublicOrigin;

/// What a server of the sandbox admits. The limits hold for each port by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// How many connections there may be at once; one more is answered `503` and closed.
    pub connections: usize,
    /// How long a client may take for the head of a request, and how long a connection may be idle. Then it is closed.
    pub head_time: Duration,
    /// How long a client may pause within a body. Then the request is refused as cut short.
    pub body_pause: Duration,
    /// How long a request may take from head to answer, waiting for journal or mail included. Then it is answered `408`.
    pub request_time: Duration,
    /// How large the head of a request may be in bytes, address and headers together. A larger one is answered `431`, or `414` if
    /// the address alone is too long.
    pub head_bytes: usize,
    /// How many headers a request may have. More are answered `431`.
    pub headers: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head_time: Duration::from_secs(60),
            body_pause: Duration::from_secs(30),
            // Half a minute more than the longest wait of journal and mail.
            request_time: Duration::from_secs(330),
            head_bytes: 64 * 1024,
            headers: 100,
        }
    }
}

/// How many connections beyond the limit are told so at the same time; the others are closed without a word.
const TURNED_AWAY_POLITELY: usize = 64;
/// How long turning a connection away may take.
const TURNING_AWAY: Duration = Duration::from_secs(1);
const TURNED_AWAY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 35\r\n\r\nThere are too many connections now.";

/// The routes of a port. A panic of a handler is an answer of 500 and no more. It is caught around all of them as one: a layer of the
/// router's would be made anew for each request.
type Answering = CatchPanic<Router, DefaultResponseForPanic>;

/// What a port offers.
pub(super) struct Port {
    pub(super) router: Router,
    /// Whether answers are packed for clients that ask for it, as the real servers do.
    pub(super) packs: bool,
    /// What browsers call it.
    pub(super) origin: Option<PublicOrigin>,
}

/// Answers on `listener` until `shutdown` ends, then lets requests under way end.
pub(super) async fn serve(
    listener: Sockets,
    Port { router, packs, origin }: Port,
    limits: HttpLimits,
    hosts: Hosts,
    clock: Clock,
    shutdown: impl Future<Output = ()>,
) {
    let (mut listener, answering) = (Listening::new(listener), CatchPanic::new(router));
    let (room, politeness) = (Arc::new(Semaphore::new(limits.connections)), Arc::new(Semaphore::new(TURNED_AWAY_POLITELY)));
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
        let (answering, hosts, origin, clock) = (answering.clone(), hosts.clone(), origin.clone(), clock.clone());
        let answer = service_fn(move |mut request: Request<Incoming>| {
            let refused = hosts.check(&request).err();
            let packs = packs && asks(&request);
            if let Some(origin) = &origin {
                request.extensions_mut().insert(origin.clone());
            }
            answer(answering.clone(), packs, refused, peer.clone(), limits, clock.clone(), request)
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

async fn answer(
    answering: Answering,
    packs: bool,
    refused: Option<Misdirected>,
    peer: Peer,
    limits: HttpLimits,
    clock: Clock,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = plainly_addressed(request).map(|body| paced(body, limits.body_pause));
    request.extensions_mut().insert(ConnectInfo(peer));
    let mut response = match refused {
        Some(misdirected) => misdirected.into_response(),
        None => match tokio::time::timeout(limits.request_time, answered(answering, packs, request)).await {
            Ok(Ok(response)) => response,
            Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request took too long.").into_response(),
        },
    };
    if !response.headers().contains_key(header::DATE) {
        response.headers_mut().insert(header::DATE, date(clock.now()));
    }
    Ok(response)
}

async fn answered(answering: Answering, packs: bool, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    if packs {
        // In a box, so that those who do not ask for it do not carry its size along.
        return Box::pin(packed(answering).oneshot(request)).await.map(|response| response.map(Body::new));
    }
    answering.oneshot(request).await.map(|response| response.map(Body::new))
}

/// The moment as a header, which is the same for a second.
fn date(now: Timestamp) -> HeaderValue {
    thread_local! {
        static LAST: RefCell<Option<(i64, HeaderValue)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| match last {
        Some((second, date)) if *second == now.as_second() => date.clone(),
        _ => {
            let text = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let date = HeaderValue::try_from(text).expect("a date can stand in a header");
            last.insert((now.as_second(), date)).1.clone()
        }
    })
}

/// Says that there is no room, and reads for a while what the client still sends: closing at once would take the words back.
async fn turn_away(mut connection: Connection) {
    let said = async {
        connection.write_all(TURNED_AWAY).await?;
        connection.shutdown().await?;
        let mut rest = [0; 1024];
        while connection.read(&mut rest).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    // Whoever does not read it in time is not told.
    let _ = tokio::time::timeout(TURNING_AWAY, said).await;
}
