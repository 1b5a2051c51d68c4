//! Answers that are packed for clients that ask for it. Around everything else, so that journal and faults see what was meant.

use axum::http::{Request, Response, header};
use http_body::Body;
use tower_http::CompressionLevel;
use tower_http::compression::Compression;
use tower_http::compression::predicate::{And, NotForContentType, Predicate};

use crate::engine::AsItIs;

/// How large an answer must be to be packed. What fits into one packet of the network arrives no sooner for being smaller.
const WORTH_IT: u64 = 860;

/// A service whose answers are packed if their requests want that.
type Packed<S> = Compression<S, And<WholeAndLarge, NotForContentType>>;

/// Only answers that are there as a whole, and not those that a fault breaks off.
#[derive(Clone, Copy, Debug)]
pub(super) struct WholeAndLarge;

impl Predicate for WholeAndLarge {
    fn should_compress<B: Body>(&self, response: &Response<B>) -> bool {
        let is_large = response.body().size_hint().exact().is_some_and(|size| size >= WORTH_IT);
        is_large && response.extensions().get::<AsItIs>().is_none()
    }
}

/// Whether a client says anything about packing. To those who do not nothing changes.
pub(super) fn asks<B>(request: &Request<B>) -> bool {
    request.headers().contains_key(header::ACCEPT_ENCODING)
}

/// Packs the answers of a service with gzip, the way that every client knows, where the weights of the request allow it
/// (RFC 9110, 12.5.3). Pictures are packed already.
pub(super) fn packed<S>(service: S) -> Packed<S> {
    Compression::new(service).quality(CompressionLevel::Fastest).compress_when(WholeAndLarge.and(NotForContentType::IMAGES))
}
