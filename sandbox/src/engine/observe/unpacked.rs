//! Bodies that come packed, as `Content-Encoding` says, on their way to whoever reads them. They are unpacked as they are read and no
//! further, so that the limit of the reader holds for what comes out: a small body may unpack to gigabytes.

use std::io::{self, Read as _, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use flate2::read;
use flate2::write::MultiGzDecoder;
use http_body::Frame;

/// How much is unpacked at once: at most a thousand times as much comes out.
const BITE: usize = 1024;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    /// In a way that nothing here unpacks.
    Unknown,
}

impl Packing {
    /// What the head of a request says. Names of codings have no letter case (RFC 9110, 8.4.1), and `identity` is none.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut packing = Self::Plain;
        for value in headers.get_all(header::CONTENT_ENCODING) {
            let Ok(value) = value.to_str() else { return Self::Unknown };
            let codings = value.split(',').map(str::trim);
            for coding in codings.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity")) {
                let is_gzip = coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip");
                packing = if is_gzip && packing == Self::Plain { Self::Gzip } else { return Self::Unknown };
            }
        }
        packing
    }

    /// What comes out of a body.
    pub(super) fn unpacked(self, body: Body) -> Body {
        match self {
            Self::Plain | Self::Unknown => body,
            Self::Gzip => Body::new(Unpacked::new(body)),
        }
    }

    /// What comes out of the beginning of a body, as far as it is good and no longer than `limit`.
    pub(super) fn beginning(self, packed: &[u8], limit: usize) -> Option<Vec<u8>> {
        if self != Self::Gzip || packed.is_empty() {
            return None;
        }
        let mut plain = Vec::new();
        // What is damaged or cut off further on is read up to there.
        let _ = read::MultiGzDecoder::new(packed).take(limit as u64).read_to_end(&mut plain);
        (!plain.is_empty()).then_some(plain)
    }
}

/// A body that is unpacked bite by bite as it is read.
struct Unpacked {
    packed: Body,
    decoder: MultiGzDecoder<Vec<u8>>,
    /// What has come and is not unpacked.
    waiting: Bytes,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing has come. No body at all is not packed either.
    Untouched,
    Reading,
    Ended,
}

impl Unpacked {
    fn new(packed: Body) -> Self {
        Self { packed, decoder: MultiGzDecoder::new(Vec::new()), waiting: Bytes::new(), state: State::Untouched }
    }

    /// The next of what is there already; empty when more has to come first.
    fn bite(&mut self) -> io::Result<Bytes> {
        while !self.waiting.is_empty() {
            let bite = self.waiting.split_to(self.waiting.len().min(BITE));
            self.decoder.write_all(&bite)?;
            self.decoder.flush()?;
            if !self.decoder.get_ref().is_empty() {
                return Ok(std::mem::take(self.decoder.get_mut()).into());
            }
        }
        Ok(Bytes::new())
    }

    /// What is left at the end. A body that was cut off has an end that does not fit.
    fn rest(&mut self) -> io::Result<Bytes> {
        if self.state == State::Reading {
            self.decoder.try_finish()?;
        }
        Ok(std::mem::take(self.decoder.get_mut()).into())
    }
}

impl http_body::Body for Unpacked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let frame = |bytes: io::Result<Bytes>| match bytes {
            Ok(bytes) if bytes.is_empty() => None,
            bytes => Some(bytes.map(Frame::data).map_err(axum::Error::new)),
        };
        while this.state != State::Ended {
            if let Some(frame) = frame(this.bite()) {
                if frame.is_err() {
                    this.state = State::Ended;
                }
                return Poll::Ready(Some(frame));
            }
            match ready!(Pin::new(&mut this.packed).poll_frame(cx)) {
                Some(Ok(came)) => {
                    if let Ok(data) = came.into_data() {
                        this.state = State::Reading;
                        this.waiting = data;
                    }
                }
                Some(Err(error)) => {
                    this.state = State::Ended;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    let rest = this.rest();
                    this.state = State::Ended;
                    return Poll::Ready(frame(rest));
                }
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.state == State::Ended
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use axum::body::to_bytes;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory")
    }

    struct Pieces(VecDeque<Bytes>);

    impl http_body::Body for Pieces {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
        }
    }

    async fn read(packed: Vec<u8>, limit: usize) -> Option<Bytes> {
        to_bytes(Packing::Gzip.unpacked(Body::from(packed)), limit).await.ok()
    }

    #[test]
    fn the_head_says_how_a_body_is_packed_in_any_letters() {
        let check = |values: &[&str], expected: Packing| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::CONTENT_ENCODING, value.parse().expect("a header"));
            }
            assert_eq!(Packing::of(&headers), expected, "{values:?}");
        };
        for plain in [&[][..], &["identity"], &["IDENTITY, identity"], &[""]] {
            check(plain, Packing::Plain);
        }
        for gzip in [&["gzip"][..], &["X-GZip"], &[" gzip ,Identity"], &["identity", "GZIP"]] {
            check(gzip, Packing::Gzip);
        }
        for unknown in [&["br"][..], &["gzip, gzip"], &["gzip", "deflate"], &["gzipped"], &["*"], &["zstd, gzip"]] {
            check(unknown, Packing::Unknown);
        }
    }

    #[tokio::test]
    async fn what_was_packed_comes_out_however_it_is_cut_into_pieces() {
        let plain: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let whole = packed(&plain);
        assert_eq!(read(whole.clone(), usize::MAX).await.as_deref(), Some(&plain[..]));
        let pieces = Pieces(whole.chunks(37).map(Bytes::copy_from_slice).collect());
        assert_eq!(to_bytes(Packing::Gzip.unpacked(Body::new(pieces)), usize::MAX).await.expect("a body"), plain);
        assert_eq!(read([packed(b"one "), packed(b"two")].concat(), 7).await.as_deref(), Some(&b"one two"[..]));
        assert_eq!(read(Vec::new(), 7).await.as_deref(), Some(&b""[..]), "no body is not packed");
        assert_eq!(read(packed(b""), 7).await.as_deref(), Some(&b""[..]));
    }

    #[tokio::test]
    async fn what_is_cut_off_damaged_or_too_large_is_no_body() {
        let whole = packed(b"{\"lastname\": \"Okafor\"}");
        for end in 1..whole.len() {
            assert_eq!(read(whole[..end].to_vec(), 1_000).await, None, "{end}");
        }
        let mut damaged = whole.clone();
        damaged[whole.len() - 6] ^= 1;
        assert_eq!(read(damaged, 1_000).await, None, "the checksum does not fit");
        assert_eq!(read(b"{}".to_vec(), 1_000).await, None);
        assert_eq!(read(packed(&[b' '; 11]), 10).await, None);
    }

    #[tokio::test]
    async fn a_bomb_is_unpacked_no_further_than_it_is_read() {
        let mut body = Unpacked::new(Body::from(packed(&vec![0; 64 * 1024 * 1024])));
        let first = std::future::poll_fn(|cx| http_body::Body::poll_frame(Pin::new(&mut body), cx)).await.expect("a frame");
        let first = first.ok().and_then(|frame| frame.into_data().ok()).expect("data");
        assert!(!first.is_empty() && first.len() <= 1_100 * BITE, "{}", first.len());
    }

    #[test]
    fn the_beginning_is_shown_as_far_as_it_is_good() {
        let whole = packed(b"{\"a\": 1}");
        assert_eq!(Packing::Gzip.beginning(&whole, 100).as_deref(), Some(&b"{\"a\": 1}"[..]));
        assert_eq!(Packing::Gzip.beginning(&whole, 3).as_deref(), Some(&b"{\"a"[..]));
        assert_eq!(Packing::Gzip.beginning(b"{}", 100), None);
        assert_eq!(Packing::Plain.beginning(&whole, 100), None);
    }
}
