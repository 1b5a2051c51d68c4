//! A layer that records what an actor's API was asked and what it answered, and carries out the faults that are set for it.
//!
//! It does not read bodies: they pass it on their way to the handler, so that the API decides how much of them is read, and from whom.
//! Those that come packed are unpacked on that way, once and for everybody; the journal keeps what came.

mod body;
mod reply;
mod unpacked;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::callers::Account;
use super::clock::Clock;
use super::faults::{Call, Effect, Faults, Struck, Withdrawn};
use super::journal::{Actor, BODY_LIMIT, Begun, Body as Shown, ExchangeId, Headers, Journal, Passed, Passing, Target, UnderWay};
use super::peer::Peer;
use super::target::{target_as_sent, uri_as_sent};
use body::PassingBody;
use reply::{Outcome, answered, broken_off, disturbed};
use unpacked::Packing;

/// By which control says that a request is sent again, and of which exchange. Actors never see it.
pub const REPLAY_OF: HeaderName = HeaderName::from_static("x-sandbox-replay-of");
/// By which the answer to such a request says where it is in the journal.
pub const EXCHANGE: HeaderName = HeaderName::from_static("x-sandbox-exchange");
/// Tells from the head of a request, and from the body where that must be known first, whom it belongs to.
pub type TellSubject = dyn Fn(&Parts, &[u8]) -> Subject + Send + Sync;

/// Tells whose account a request uses, from its head, and from the body where that must be known first. Nothing is proved.
pub type TellAccount = dyn Fn(&Parts, &[u8]) -> Account + Send + Sync;

/// Makes an error that a fault rule wants, in the actor's own form.
pub type Refuse = dyn Fn(&Injected<'_>) -> Response + Send + Sync;

/// What the layer needs to know of the actor it observes. Shared, as each request takes it along.
pub struct Observer {
    /// Where exchanges are recorded.
    pub journal: Journal,
    /// The virtual clock.
    pub clock: Clock,
    /// The actor that is asked.
    pub actor: Actor,
    /// Which customer and workflow a request belongs to, told before it is handled.
    pub subject: Arc<TellSubject>,
    /// Whose account a request uses; one half of who calls, see [`Callers`](super::callers::Callers).
    pub account: Arc<TellAccount>,
    /// How large a body may be that must be read before it is known whose request it is: token requests name their client in it.
    pub read_first: fn(&Parts) -> Option<usize>,
    /// The workflow that a body names, asked when nothing else has told one.
    pub workflow: fn(&[u8]) -> Option<String>,
    /// What the actor answers when a fault rule wants an error of it, in its own form.
    pub refuse: Box<Refuse>,
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl Observer {
    /// Who calls. What control sends again is still the call of whoever made it first.
    fn caller(&self, parts: &Parts, body: &[u8], replay_of: Option<ExchangeId>) -> Actor {
        if let Some(first) = replay_of.and_then(|id| self.journal.caller_of(id)) {
            return first;
        }
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer);
        self.journal.callers().of(peer, &parts.headers, || (self.account)(parts, body))
    }

    /// A call that is to be shown as under way.
    fn begun(&self, parts: &Parts, at: Timestamp, from: Actor, subject: &Subject, struck: &[Struck]) -> Begun {
        Begun {
            at,
            from,
            agent: parts.headers.get(header::USER_AGENT).cloned(),
            to: self.actor,
            customer: subject.customer.clone(),
            workflow: subject.workflow.clone(),
            method: Some(parts.method.clone()),
            target: Target::Path(uri_as_sent(parts).path_and_query().cloned()),
            faults: struck.iter().map(Struck::mark).collect(),
        }
    }
}

/// An error that a fault rule wants.
#[derive(Clone, Copy, Debug)]
pub struct Injected<'a> {
    /// HTTP status.
    pub status: StatusCode,
    /// The number in the actor's own envelope.
    pub code: Option<u32>,
    /// The words in the actor's own envelope.
    pub message: Option<&'a str>,
    /// Whether it is to look as if the allowance were used up.
    pub quota: bool,
    /// The path that was asked for: not every path answers errors in the same form.
    pub path: &'a str,
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// The customer who asked.
    pub customer: Option<&'a str>,
    /// The virtual present.
    pub now: Timestamp,
}

/// Which customer and workflow an exchange belongs to. A handler that knows better attaches it to its answer; handlers find what was
/// told beforehand among the extensions of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The iCIMS customer.
    pub customer: Option<String>,
    /// The recruiting workflow.
    pub workflow: Option<String>,
}

/// Records one exchange; used with `axum::middleware::from_fn_with_state`.
pub async fn observe(State(observer): State<Arc<Observer>>, request: Request, next: Next) -> Response {
    let at = observer.clock.now();
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let body = PassingBody::new(body);
    let packing = Packing::of(&parts.headers);
    let limit = (observer.read_first)(&parts);
    // Whose call it is becomes known with its body, for which one may have to wait.
    let unnamed = || observer.begun(&parts, at, observer.caller(&parts, &[], None), &Subject::default(), &[]);
    let unnamed = limit.map(|_| observer.journal.begin(unnamed()));
    let first = match limit {
        _ if packing == Packing::Unknown && !body.is_over() => First::Unsupported,
        None => First::Passes,
        Some(limit) => body.all(limit, packing).await,
    };
    let replay_of = parts.headers.remove(&REPLAY_OF).and_then(|id| id.to_str().ok()?.parse().ok());
    let subject = (observer.subject)(&parts, first.bytes());
    let from = observer.caller(&parts, first.bytes(), replay_of);
    let call = Call {
        actor: observer.actor,
        from,
        method: parts.method.as_str(),
        paths: &[parts.uri.path()],
        customer: subject.customer.as_deref(),
    };
    let struck = observer.journal.faults().strike(&call, at);
    // It ends with the connection, also where the work does not.
    let named = observer.begun(&parts, at, from, &subject, &struck);
    let _under_way: UnderWay = match unnamed {
        Some(call) => call.known_as(named),
        None => observer.journal.begin(named),
    };
    let observed = Observed { observer, at, started, from, replay_of, subject, struck, body, packing };
    let slowed = observed.is_slowed();
    let first = match first {
        // Whoever hangs up meanwhile takes along what was not read.
        First::Passes if slowed => observed.body.all_if_short().await.map_or(First::Passes, First::Came),
        first => first,
    };
    if !slowed {
        return observed.handle(parts, first, next).await;
    }
    // In a box, so that those who are not held up do not carry its size along.
    let (faults, struck) = (observed.observer.journal.faults().clone(), observed.struck.clone());
    Box::pin(slowly(faults, struck, observed.handle(parts, first, next))).await
}

/// Answers like a slow server, which does its work also when nobody waits for it any more: this does not end with the connection.
async fn slowly(faults: Faults, struck: Vec<Struck>, handled: impl Future<Output = Response> + Send + 'static) -> Response {
    let task = tokio::spawn(async move {
        // Whoever asks for a customer who is gone is told so by the handler.
        let (Ok(()) | Err(Withdrawn)) = faults.slow_down(&struck).await;
        handled.await
    });
    task.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// One request on its way through the layer.
struct Observed {
    observer: Arc<Observer>,
    at: Timestamp,
    started: Instant,
    from: Actor,
    replay_of: Option<ExchangeId>,
    subject: Subject,
    struck: Vec<Struck>,
    body: PassingBody,
    packing: Packing,
}

/// What is done with a body before the request is handled.
enum First {
    /// Nothing.
    Passes,
    /// It has come, as it was sent.
    Came(Bytes),
    /// It has been read and unpacked.
    Read(Bytes),
    /// It is larger than this, or was cut short.
    TooLarge(usize),
    /// It is not what its head says.
    NotGzip,
    /// It is packed in a way that nothing here unpacks.
    Unsupported,
}

impl First {
    fn bytes(&self) -> &[u8] {
        if let Self::Read(bytes) = self { bytes } else { &[] }
    }
}

/// What is shown of a body that carries secrets.
const CREDENTIALS: &str = "(credentials)";

impl Observed {
    fn is_slowed(&self) -> bool {
        self.struck.iter().any(|struck| matches!(struck.effect, Effect::Latency { .. }))
    }

    async fn handle(self, mut parts: Parts, first: First, next: Next) -> Response {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.clone());
        let path = parts.uri.path().to_owned();
        let carries_secrets = path.contains("/oauth/");
        // Clones share their bytes; text is made of them when somebody reads.
        let headers = parts.headers.clone();
        // Reading on would ask a client for the body that waits to hear whether it is wanted.
        let waits = parts.headers.contains_key(header::EXPECT);
        let method = parts.method.clone();
        let target = target_as_sent(&parts);
        let effect = self.struck.iter().map(|struck| &struck.effect).find(|effect| !matches!(effect, Effect::Latency { .. }));
        let mut told = self.subject.clone();
        let reply = match (effect, first) {
            (Some(Effect::Drop), _) => broken_off(peer.as_ref(), "the connection broke off before the request was handled"),
            (Some(effect @ (Effect::Status { .. } | Effect::Quota)), _) => {
                answered(self.injected(effect, &path, &headers), &mut told).await.0
            }
            (_, First::TooLarge(limit)) => {
                let message = format!("The request body is larger than {limit} bytes or was cut short.");
                answered(self.refusal(StatusCode::PAYLOAD_TOO_LARGE, &message, &path, &headers), &mut told).await.0
            }
            (_, First::NotGzip) => {
                let message = "The request body is not the gzip that its Content-Encoding says.";
                answered(self.refusal(StatusCode::BAD_REQUEST, message, &path, &headers), &mut told).await.0
            }
            (_, First::Unsupported) => answered(self.unsupported(&path, &headers), &mut told).await.0,
            (effect, first) => {
                parts.extensions.insert(self.subject.clone());
                let body = match first {
                    First::Read(bytes) => Body::from(bytes),
                    First::Came(bytes) => self.packing.unpacked(Body::from(bytes)),
                    _ => self.packing.unpacked(self.body.handed_on()),
                };
                let answer = next.run(Request::from_parts(parts, body)).await;
                let (reply, bytes) = answered(answer, &mut told).await;
                disturbed(reply, &bytes, effect, peer.as_ref())
            }
        };
        let mut answer = reply.answer;
        if !waits {
            self.body.read_on().await;
        }
        let body = self.body.recorded();
        let plain = self.packing.beginning(&body.bytes, BODY_LIMIT);
        let workflow = told.workflow.or_else(|| (self.observer.workflow)(plain.as_deref().unwrap_or(&body.bytes)));
        let outcome = match &reply.outcome {
            Outcome::Failed { reason } => Passed::Failed { reason },
            Outcome::Answered { status, headers, body } => Passed::Answered {
                status: status.as_u16(),
                headers: Headers::Parsed(headers),
                body: if carries_secrets && !body.is_empty() { CREDENTIALS.as_bytes() } else { body },
            },
        };
        let shown = body.shown(plain.as_deref(), carries_secrets);
        let id = self.observer.journal.pass(Passing {
            at: self.at,
            from: self.from,
            to: self.observer.actor,
            customer: told.customer.as_deref(),
            workflow: workflow.as_deref(),
            method: method.as_str(),
            target: &target,
            headers: Headers::Parsed(&headers),
            body: match &shown {
                None => Shown::Wire(&body.bytes),
                Some(shown) if body.whole => Shown::ShownAs(&body.bytes, shown),
                Some(shown) => Shown::Told(shown),
            },
            outcome,
            took_ms: self.started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            faults: self.struck.iter().map(Struck::mark).collect(),
            replay_of: self.replay_of,
        });
        if self.replay_of.is_some() {
            answer.headers_mut().insert(EXCHANGE, HeaderValue::from(id));
        }
        answer
    }

    /// A body that nobody can read, in the actor's own form.
    fn refusal(&self, status: StatusCode, message: &str, path: &str, headers: &HeaderMap) -> Response {
        let wanted = Injected { message: Some(message), ..self.wanted(status, path, headers) };
        (self.observer.refuse)(&Injected { customer: None, ..wanted })
    }

    /// The same, with what would be read (RFC 9110, 15.5.16).
    fn unsupported(&self, path: &str, headers: &HeaderMap) -> Response {
        let message = "The Content-Encoding of the request is not supported: send the body plain or as gzip.";
        let mut answer = self.refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, message, path, headers);
        answer.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        answer
    }

    /// An error without anything of its own.
    fn wanted<'a>(&'a self, status: StatusCode, path: &'a str, headers: &'a HeaderMap) -> Injected<'a> {
        let (customer, now) = (self.subject.customer.as_deref(), self.observer.clock.now());
        Injected { status, code: None, message: None, quota: false, path, headers, customer, now }
    }

    /// The error that a rule wants, in the actor's own form unless the rule has a body of its own.
    fn injected(&self, effect: &Effect, path: &str, sent: &HeaderMap) -> Response {
        let Effect::Status { status, code, message, body, headers } = effect else {
            let wanted = self.wanted(StatusCode::TOO_MANY_REQUESTS, path, sent);
            return (self.observer.refuse)(&Injected { quota: true, ..wanted });
        };
        // A rule is only taken with a status that exists.
        let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wanted = self.wanted(status, path, sent);
        let mut answer = (self.observer.refuse)(&Injected { code: *code, message: message.as_deref(), ..wanted });
        if let Some(body) = body {
            *answer.body_mut() = Body::from(body.clone());
        }
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }
}
