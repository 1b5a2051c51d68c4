//! What faults do to bytes on the wire: answers that break off, answers that are nonsense.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Bytes that are no text, no JSON, no gzip and no HTML, as many as there were.
pub(super) fn garbled(length: usize) -> Vec<u8> {
    let noise = [0xff_u8, 0xfe, 0x00, 0x9d, 0x7b, 0xc3, 0x28, 0x3c, 0x80];
    noise.into_iter().cycle().take(length.max(noise.len())).collect()
}

/// A body that promises more bytes than it has, and then breaks off.
#[derive(Debug)]
pub(super) struct BrokenOff {
    part: Option<Bytes>,
    promised: u64,
    flushed: bool,
}

/// Marks an answer of which each byte counts as it is sent: nothing further on may write it in another way.
#[derive(Clone, Copy, Debug)]
pub struct AsItIs;

impl BrokenOff {
    /// The first half of `whole`, of which the length is promised.
    pub(super) fn half_of(whole: &Bytes) -> Self {
        Self { part: Some(whole.slice(..whole.len() / 2)), promised: whole.len() as u64, flushed: false }
    }

    /// Nothing at all, where something is promised: for a connection that breaks off before the answer.
    pub(super) fn nothing() -> Self {
        Self { part: None, promised: 1, flushed: true }
    }
}

impl Body for BrokenOff {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(part) = self.part.take().filter(|part| !part.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        if !self.flushed {
            // What has been sent so far goes out while the body has nothing ready.
            self.flushed = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
