//! Request bodies of a bounded size, plain or compressed.

use std::io::Read;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;

/// Events and webhooks are far below a kilobyte; what is larger than this is a mistake or an attack.
const LIMIT: usize = 256 * 1024;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Too large, also once it is unpacked.
    #[error("the request body is larger than {} KiB", LIMIT / 1024)]
    TooLarge,
    /// Cut short on the way.
    #[error("the request body was cut short")]
    CutShort,
    /// Begun and not finished in time: a broken line, or a caller who wants to keep us busy.
    #[error("the request body did not arrive in time")]
    TooSlow,
    /// Announced as gzip, and it is not.
    #[error("the request body is announced as gzip and cannot be unpacked")]
    NotGzip,
    /// Packed in a way that we do not unpack.
    #[error("the request body is packed in a way that is not supported: send it plain or as gzip")]
    OtherEncoding,
}

/// Reads a body, which has to arrive within `patience`, unpacks it if its headers say that it is packed, and takes a byte order mark off.
///
/// iCIMS documents gzip, and was seen to send plain bodies (assessment-flow.md 1), so both are taken.
///
/// # Errors
/// When it is too large, too slow, broken, or packed in another way.
pub async fn read_body(headers: &HeaderMap, body: Body, patience: Duration) -> Result<Bytes, BodyError> {
    unpacked(headers, receive_body(body, patience).await?).map(without_mark)
}

/// Reads a body as it was sent, which has to arrive within `patience`.
///
/// # Errors
/// When it is too large, too slow or cut short.
pub async fn receive_body(body: Body, patience: Duration) -> Result<Bytes, BodyError> {
    let received = tokio::time::timeout(patience, to_bytes(body, LIMIT)).await.map_err(|_| BodyError::TooSlow)?;
    received.map_err(|error| {
        let too_large = std::error::Error::source(&error).is_some_and(|cause| cause.to_string().contains("length limit"));
        if too_large { BodyError::TooLarge } else { BodyError::CutShort }
    })
}

/// Unpacks a body if its headers say that it is packed.
///
/// # Errors
/// When it is too large once it is unpacked, broken, or packed in another way.
pub fn unpacked(headers: &HeaderMap, received: Bytes) -> Result<Bytes, BodyError> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase()) {
        None => Ok(received),
        Some(encoding) if encoding == b"identity" => Ok(received),
        Some(encoding) if encoding == b"gzip" || encoding == b"x-gzip" => unpack(&received),
        Some(_) => Err(BodyError::OtherEncoding),
    }
}

/// A byte order mark is no part of the text behind it: a reader of JSON may ignore it (RFC 8259, 8.1).
fn without_mark(text: Bytes) -> Bytes {
    let mark = "\u{feff}".as_bytes();
    if text.starts_with(mark) { text.slice(mark.len()..) } else { text }
}

fn unpack(packed: &[u8]) -> Result<Bytes, BodyError> {
    let limit = u64::try_from(LIMIT).expect("a small number");
    let mut plain = Vec::new();
    // One byte more than allowed is read, and no further: a small body may unpack to gigabytes.
    MultiGzDecoder::new(packed).take(limit + 1).read_to_end(&mut plain).map_err(|_| BodyError::NotGzip)?;
    if plain.len() > LIMIT { Err(BodyError::TooLarge) } else { Ok(plain.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).expect("memory");
        encoder.finish().expect("memory")
    }

    async fn read(encoding: Option<&str>, body: Vec<u8>) -> Result<Bytes, BodyError> {
        let mut headers = HeaderMap::new();
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, encoding.parse().expect("a header"));
        }
        read_body(&headers, Body::from(body), Duration::from_secs(60)).await
    }

    #[tokio::test]
    async fn plain_and_packed_bodies_are_read_alike() {
        assert_eq!(read(None, b"{}".to_vec()).await.expect("plain"), "{}");
        assert_eq!(read(Some("gzip"), gzip(b"{}")).await.expect("packed"), "{}");
    }

    #[tokio::test]
    async fn a_byte_order_mark_is_taken_off() {
        let marked = "\u{feff}{\"a\": \"\u{feff}\"}".as_bytes();
        let expected = "{\"a\": \"\u{feff}\"}";
        assert_eq!(read(None, marked.to_vec()).await.expect("plain"), expected);
        assert_eq!(read(Some("X-Gzip"), gzip(marked)).await.expect("packed"), expected);
        assert_eq!(read(None, "\u{feff}".into()).await.expect("nothing"), "");
    }

    #[tokio::test]
    async fn a_small_body_that_unpacks_to_a_huge_one_is_refused() {
        let bomb = gzip(&vec![b' '; 200 * 1024 * 1024]);
        assert!(bomb.len() < LIMIT, "the bomb is small: {}", bomb.len());
        assert_eq!(read(Some("gzip"), bomb).await, Err(BodyError::TooLarge));
    }

    #[tokio::test]
    async fn what_is_not_what_it_says_is_refused() {
        assert_eq!(read(Some("gzip"), b"{}".to_vec()).await, Err(BodyError::NotGzip));
        let mut cut = gzip(br#"{"eventType":"AssessmentEvent"}"#);
        cut.truncate(cut.len() - 10);
        assert_eq!(read(Some("gzip"), cut).await, Err(BodyError::NotGzip));
        assert_eq!(read(Some("br"), b"{}".to_vec()).await, Err(BodyError::OtherEncoding));
        assert_eq!(read(None, vec![b' '; LIMIT + 1]).await, Err(BodyError::TooLarge));
    }
}
