//! The body of a request that must keep coming, and that still says how much of it is to come: who refuses a body by its announced length
//! need not read it.

use std::future::{Future as _, Pending, pending};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{self, Bytes};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Timeout, timeout};

/// A body within which a client may pause only so long.
struct Paced {
    body: Incoming,
    patience: Duration,
    /// Runs while nothing comes: of most bodies everything is there at once.
    pause: Option<Pin<Box<Timeout<Pending<()>>>>>,
    /// How many bytes are to come, if that was announced.
    left: Option<u64>,
}

/// The body of a request as handlers get it.
pub(crate) fn paced(body: Incoming, patience: Duration) -> body::Body {
    if body.is_end_stream() {
        return body::Body::empty();
    }
    let left = body.size_hint().exact();
    body::Body::new(Paced { body, patience, pause: None, left })
}

impl Body for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            let patience = self.patience;
            let pause = self.pause.get_or_insert_with(|| Box::pin(timeout(patience, pending())));
            // Nothing else can end this wait.
            let _ = ready!(pause.as_mut().poll(cx));
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())));
        };
        self.pause = None;
        if let (Some(Ok(frame)), Some(left)) = (&frame, &mut self.left) {
            *left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len) as u64);
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
