//! What every request of a caller goes through: who calls, by which id, with which credentials, in which packing.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret as _;

use super::request_id::brought;
use super::{Peer, Presented, unpacked};
use crate::fuzz_input::Message;

/// Most bytes that a body may unfold to.
const LARGEST_BODY: usize = 256 * 1024;

/// A request: the address of the peer and of a trusted proxy on the first line, headers, a body.
///
/// # Panics
/// When a caller is neither the peer nor named, credentials change by being sent again, or a body unfolds to more than is read.
pub fn request_head(bytes: &[u8]) {
    let request = Message::read(bytes);
    let headers = &request.headers;
    let peer: IpAddr = request.word(0).parse().unwrap_or(IpAddr::from([203, 0, 113, 7]));
    let trusted = Vec::from_iter(request.word(1).parse());
    let caller = Peer(peer).caller(headers, &trusted);
    if !trusted.iter().any(|network| network.contains(peer)) {
        assert_eq!(caller, Some(peer.to_canonical()), "nobody is believed but proxies");
    }
    if let Some(caller) = caller {
        assert_eq!(caller, caller.to_canonical());
    }
    if let Some(id) = brought(headers) {
        assert!(id.len() <= 128 && id.to_str().is_ok_and(|id| !id.contains(char::is_whitespace)), "{id:?} stands in the log");
    }
    for presented in Presented::in_headers(headers) {
        let pair = format!("{}:{}", presented.username, presented.password.expose_secret());
        let sent = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(&pair))).expect("base64 stands in a header");
        let again = Presented::in_headers(&HeaderMap::from_iter([(header::AUTHORIZATION, sent)]));
        let same = |other: &Presented| {
            other.username == presented.username && other.password.expose_secret() == presented.password.expose_secret()
        };
        assert!(again.first().is_some_and(same), "what was read can be sent, and is read first");
        assert!(!presented.username.contains(':'));
    }
    if let Ok(plain) = unpacked(headers, Bytes::from(request.body.clone())) {
        let packed = headers.contains_key(header::CONTENT_ENCODING);
        assert!(!packed || plain.len() <= LARGEST_BODY.max(request.body.len()), "a body unfolds to {}", plain.len());
    }
}
