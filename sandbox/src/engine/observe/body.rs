//! The body of a request on its way to whoever reads it. What the journal keeps of it is copied as it passes, and no more than that is
//! held: a body that nobody reads is not read for the journal's sake either, unless it is a short one.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, to_bytes};
use http_body::{Body as _, Frame, SizeHint};
use parking_lot::{Mutex, MutexGuard};

use super::First;
use super::unpacked::Packing;
use crate::engine::journal::BODY_LIMIT;

/// A body, shared between whoever reads it and whoever records it.
#[derive(Clone, Debug)]
pub(super) struct PassingBody(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    body: Body,
    /// The beginning of what has passed.
    seen: Vec<u8>,
    /// How much has passed.
    passed: u64,
    /// Whether there is nothing more to come, and nothing was lost.
    complete: bool,
    broken: bool,
}

/// What the journal has of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RecordedBody {
    /// The beginning, as far as it is kept.
    pub(super) bytes: Vec<u8>,
    /// Whether that is all of it.
    pub(super) whole: bool,
}

impl PassingBody {
    pub(super) fn new(body: Body) -> Self {
        let complete = body.is_end_stream();
        Self(Arc::new(Mutex::new(Inner { body, seen: Vec::new(), passed: 0, complete, broken: false })))
    }

    /// The body for whoever reads it.
    pub(super) fn handed_on(&self) -> Body {
        if self.lock().complete { Body::empty() } else { Body::new(HandedOn(self.clone())) }
    }

    /// Whether there is no body, or nothing of it is still to come.
    pub(super) fn is_over(&self) -> bool {
        self.lock().complete
    }

    /// All of a body that must be known before anything else is done, unpacked. Neither what comes nor what comes out may be larger than
    /// the limit.
    pub(super) async fn all(&self, limit: usize, packing: Packing) -> First {
        match self.whole(limit).await {
            None => First::TooLarge(limit),
            Some(came) if packing == Packing::Plain => First::Read(came),
            Some(came) => match to_bytes(packing.unpacked(Body::from(came.clone())), limit).await {
                Ok(plain) => First::Read(plain),
                Err(_) if packing.beginning(&came, limit + 1).is_some_and(|plain| plain.len() > limit) => First::TooLarge(limit),
                Err(_) => First::NotGzip,
            },
        }
    }

    /// All of a body as it comes; `None` when it is larger than that or cut short.
    async fn whole(&self, limit: usize) -> Option<Bytes> {
        if self.lock().body.size_hint().lower() > limit as u64 {
            return None;
        }
        to_bytes(self.handed_on(), limit).await.ok()
    }

    /// All of a body that is announced to be so short that the journal keeps it whole; others are left as they are.
    pub(super) async fn all_if_short(&self) -> Option<Bytes> {
        let announced = self.lock().body.size_hint().upper();
        if announced.is_none_or(|announced| announced > BODY_LIMIT as u64) {
            return None;
        }
        self.whole(BODY_LIMIT).await
    }

    /// Reads what nobody has read, if it is so short that the journal keeps it whole: who was refused wants to see what was sent.
    pub(super) async fn read_on(&self) {
        let mut rest = HandedOn(self.clone());
        while self.is_worth_reading() {
            if !matches!(poll_fn(|cx| Pin::new(&mut rest).poll_frame(cx)).await, Some(Ok(_))) {
                return;
            }
        }
    }

    fn is_worth_reading(&self) -> bool {
        let inner = self.lock();
        let announced = inner.passed.saturating_add(inner.body.size_hint().lower());
        !inner.complete && !inner.broken && announced <= BODY_LIMIT as u64
    }

    /// What has passed so far. To be called at the end, as it takes the bytes away.
    pub(super) fn recorded(&self) -> RecordedBody {
        let mut inner = self.lock();
        let bytes = std::mem::take(&mut inner.seen);
        RecordedBody { whole: inner.complete && inner.passed == bytes.len() as u64, bytes }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock()
    }
}

impl RecordedBody {
    /// What the journal shows in the place of the bytes, if it does not show them; `plain` is what comes out of those of a packed body.
    pub(super) fn shown(&self, plain: Option<&[u8]>, carries_secrets: bool) -> Option<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match (self.bytes.is_empty(), self.whole) {
            (true, false) => Some("(not read)".into()),
            (false, _) if carries_secrets => Some("(credentials)".into()),
            (_, true) => plain.map(text),
            (false, false) => Some(text(plain.unwrap_or(&self.bytes)) + "…"),
        }
    }
}

impl Inner {
    fn note(&mut self, data: &Bytes) {
        let room = BODY_LIMIT - self.seen.len();
        self.seen.extend_from_slice(&data[..data.len().min(room)]);
        self.passed += data.len() as u64;
    }
}

/// A body that is noted as it is read.
#[derive(Debug)]
struct HandedOn(PassingBody);

impl http_body::Body for HandedOn {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut inner = self.0.lock();
        let frame = ready!(Pin::new(&mut inner.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    inner.note(data);
                }
                inner.complete = inner.body.is_end_stream();
            }
            Some(Err(_)) => inner.broken = true,
            None => inner.complete = !inner.broken,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEBIBYTE: usize = 1024 * 1024;

    #[tokio::test]
    async fn a_body_goes_through_whole_and_the_journal_keeps_its_beginning() {
        let passing = PassingBody::new(Body::from("x".repeat(MEBIBYTE)));
        let read = to_bytes(passing.handed_on(), usize::MAX).await.expect("the body");
        assert_eq!(read.len(), MEBIBYTE);
        let recorded = passing.recorded();
        assert_eq!((recorded.bytes.len(), recorded.whole), (BODY_LIMIT, false));
        assert!(recorded.shown(None, false).is_some_and(|shown| shown.ends_with("x…")));
    }

    #[tokio::test]
    async fn a_short_body_that_nobody_has_read_is_kept_and_a_long_one_is_not_read() {
        let short = PassingBody::new(Body::from("{\"a\":1}"));
        short.read_on().await;
        assert_eq!(short.recorded(), RecordedBody { bytes: b"{\"a\":1}".to_vec(), whole: true });
        let long = PassingBody::new(Body::from("x".repeat(BODY_LIMIT + 1)));
        long.read_on().await;
        assert_eq!(long.lock().passed, 0);
        assert_eq!(long.recorded().shown(None, false).as_deref(), Some("(not read)"));
        assert_eq!(PassingBody::new(Body::from("x".repeat(BODY_LIMIT + 1))).all_if_short().await, None);
        assert_eq!(PassingBody::new(Body::from("{}")).all_if_short().await.as_deref(), Some(&b"{}"[..]));
        let none = PassingBody::new(Body::empty());
        none.read_on().await;
        assert_eq!(none.recorded(), RecordedBody { bytes: Vec::new(), whole: true });
    }

    #[tokio::test]
    async fn what_must_be_known_first_is_bounded() {
        let check = async |length: usize, expected: bool| {
            let passing = PassingBody::new(Body::from("x".repeat(length)));
            let first = passing.all(10, Packing::Plain).await;
            assert_eq!(matches!(first, First::Read(_)), expected, "{length}");
            assert_eq!(matches!(first, First::TooLarge(10)), !expected, "{length}");
        };
        check(0, true).await;
        check(10, true).await;
        check(11, false).await;
        let passing = PassingBody::new(Body::from("secret"));
        assert!(matches!(passing.all(10, Packing::Plain).await, First::Read(_)));
        assert_eq!(passing.recorded().shown(None, true).as_deref(), Some("(credentials)"));
    }
}
