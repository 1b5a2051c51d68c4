//! Answers that are packed for clients that ask for it. Around everything else, so that journal and faults see what was meant.

use axum::http::{Request, header};
use tower_http::CompressionLevel;
use tower_http::compression::Compression;
use tower_http::compression::predicate::{And, NotForContentType, Predicate as _, SizeAbove};

/// How large an answer must be to be packed. What fits into one packet of the network arrives no sooner for being smaller.
const WORTH_IT: u16 = 860;

/// A service whose answers are packed if their requests want that.
type Packed<S> = Compression<S, And<And<SizeAbove, NotForContentType>, NotForContentType>>;

/// Whether a client says anything about packing. To those who do not nothing changes.
pub(super) fn asks<B>(request: &Request<B>) -> bool {
    request.headers().contains_key(header::ACCEPT_ENCODING)
}

/// Packs the answers of a service with gzip, the way that every client knows, where the weights of the request allow it
/// (RFC 9110, 12.5.3). Pictures are packed already, and events that are told one by one must not wait for one another.
pub(super) fn packed<S>(service: S) -> Packed<S> {
    let worth_it = SizeAbove::new(WORTH_IT).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
    Compression::new(service).quality(CompressionLevel::Fastest).compress_when(worth_it)
}
