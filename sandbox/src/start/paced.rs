//! The body of a request that must keep coming, and that still says how much of it is to come: who refuses a body by its announced length
//! need not read it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tower_http::timeout::TimeoutBody;

/// A body within which a client may pause only so long.
pub(super) struct Paced {
    body: Pin<Box<TimeoutBody<Incoming>>>,
    /// How many bytes are to come, if that was announced.
    left: Option<u64>,
}

impl Paced {
    pub(super) fn new(body: Incoming, pause: Duration) -> Self {
        let left = body.size_hint().exact();
        Self { body: Box::pin(TimeoutBody::new(pause, body)), left }
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.body.as_mut().poll_frame(cx));
        if let (Some(Ok(frame)), Some(left)) = (&frame, &mut self.left) {
            *left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len) as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
