//! What every request of every port passes: foreign hosts are turned away, paths are put into one way of writing, answers are dated by the
//! virtual clock, as all other moments in them are. The listener itself, with its limits, is [`bounded_listener`].

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, header};
use axum::response::{IntoResponse, Response};
use bounded_listener::{Answers, HttpLimits};
use jiff::Timestamp;
use tower::ServiceExt as _;
use tower_http::catch_panic::{CatchPanic, DefaultResponseForPanic};

use super::hosts::Hosts;
use super::packed::{asks, packed};
use crate::engine::{Clock, Listening, Peer, Sockets, plainly_addressed};
use crate::ui::PublicOrigin;

/// What the servers of the sandbox admit unless somebody wants something else.
pub(super) fn usual_limits() -> HttpLimits {
    // Half a minute more than the longest wait of journal and mail.
    HttpLimits { request_time: Duration::from_secs(330), ..HttpLimits::default() }
}

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
    let served = Served { answering: CatchPanic::new(router), packs, origin, hosts, clock };
    bounded_listener::serve(Listening::new(listener), limits, served, shutdown).await;
}

/// A port that answers.
#[derive(Clone)]
struct Served {
    answering: Answering,
    packs: bool,
    origin: Option<PublicOrigin>,
    hosts: Hosts,
    clock: Clock,
}

impl Answers<Peer> for Served {
    async fn answer(&self, peer: Peer, request: Request<Body>) -> Response {
        if let Err(misdirected) = self.hosts.check(&request) {
            return misdirected.into_response();
        }
        let packs = self.packs && asks(&request);
        let mut request = plainly_addressed(request);
        if let Some(origin) = &self.origin {
            request.extensions_mut().insert(origin.clone());
        }
        request.extensions_mut().insert(ConnectInfo(peer));
        let answering = self.answering.clone();
        let Ok(answer) = answered(answering, packs, request).await;
        answer
    }

    fn seal(&self, answer: &mut Response) {
        if !answer.headers().contains_key(header::DATE) {
            answer.headers_mut().insert(header::DATE, date(self.clock.now()));
        }
    }
}

async fn answered(answering: Answering, packs: bool, request: Request<Body>) -> Result<Response, Infallible> {
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
