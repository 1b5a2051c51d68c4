//! What goes back to a caller: the whole answer, or what a fault leaves of it.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::Subject;
use crate::engine::disturb::{AsItIs, BrokenOff, garbled};
use crate::engine::faults::Effect;
use crate::engine::peer::Peer;

/// What came of a request, its parts still shared with the answer.
pub(super) enum Outcome {
    Answered { status: StatusCode, headers: HeaderMap, body: Bytes },
    Failed { reason: String },
}

/// What goes back: the answer, and what the journal says of it.
pub(super) struct Reply {
    pub(super) answer: Response,
    pub(super) outcome: Outcome,
}

/// An answer with its bytes, read to its end. What the handler knows of the subject replaces what was told before.
pub(super) async fn answered(answer: Response, told: &mut Subject) -> (Reply, Bytes) {
    let (mut parts, body) = answer.into_parts();
    // Answers are made in memory by the actors themselves, so they have no limit of their own.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if let Some(Subject { customer, workflow }) = parts.extensions.remove() {
        told.customer = customer.or(told.customer.take());
        told.workflow = workflow.or(told.workflow.take());
    }
    let outcome = Outcome::Answered { status: parts.status, headers: parts.headers.clone(), body: bytes.clone() };
    (Reply { answer: Response::from_parts(parts, Body::from(bytes.clone())), outcome }, bytes)
}

/// What the caller gets instead of the whole answer.
pub(super) fn disturbed(mut reply: Reply, whole: &Bytes, effect: Option<&Effect>, peer: Option<&Peer>) -> Reply {
    let status = reply.answer.status();
    let lost = |what: &str| format!("answered {}, {what}", status.as_u16());
    match effect {
        Some(Effect::LoseReply) => broken_off(peer, &lost("and the connection broke off before the answer")),
        // An answer without a body has no middle to break off in.
        Some(Effect::Truncate) if whole.is_empty() => broken_off(peer, &lost("and the connection broke off before the answer")),
        Some(Effect::Truncate) => {
            let reason =
                lost(&format!("of whose {} bytes {} came before the connection broke off", whole.len(), whole.len() / 2));
            reply.answer.headers_mut().remove(header::CONTENT_LENGTH);
            *reply.answer.body_mut() = Body::new(BrokenOff::half_of(whole));
            reply.answer.extensions_mut().insert(AsItIs);
            Reply { answer: reply.answer, outcome: Outcome::Failed { reason } }
        }
        // A 204 cannot have a body.
        Some(Effect::Garble) if status != StatusCode::NO_CONTENT => {
            let noise = garbled(whole.len());
            if let Outcome::Answered { body, .. } = &mut reply.outcome {
                *body = noise.clone().into();
            }
            reply.answer.headers_mut().remove(header::CONTENT_LENGTH);
            *reply.answer.body_mut() = Body::from(noise);
            reply
        }
        _ => reply,
    }
}

/// A connection that is reset. Without one, as in a test that calls a router directly, the body breaks off.
pub(super) fn broken_off(peer: Option<&Peer>, reason: &str) -> Reply {
    if let Some(peer) = peer {
        peer.cut();
    }
    Reply { answer: Response::new(Body::new(BrokenOff::nothing())), outcome: Outcome::Failed { reason: reason.into() } }
}
