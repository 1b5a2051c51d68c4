//! Who calls, by IP address.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;

use crate::domain::Network;

/// What reverse proxies tell of their callers: addresses, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Who calls, as far as that is known. Found by [`introduce`]; where nobody has looked, nobody is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller(pub Option<IpAddr>);

impl Caller {
    /// Who calls with a request that has these extensions.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self(None))
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// Finds out who calls, once for everybody: a layer around all routes. `trusted` are the reverse proxies that are believed.
pub async fn introduce(State(trusted): State<Arc<[Network]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().copied();
    let caller = peer.and_then(|ConnectInfo(peer)| peer.caller(request.headers(), &trusted));
    request.extensions_mut().insert(Caller(caller));
    next.run(request).await
}

impl Peer {
    /// Who calls: the peer, or whom trusted proxies name, one after the other. What is written by anybody else proves nothing. `None`
    /// when a trusted proxy names nobody, or nobody that can be read.
    #[must_use]
    pub fn caller(self, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
        let lines = headers.get_all(FORWARDED_FOR).into_iter().rev();
        let mut named = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')).map(|name| name.trim().parse().ok());
        let mut caller = self.0;
        while trusted.iter().any(|network| network.contains(caller)) {
            caller = named.next()??;
        }
        Some(caller.to_canonical())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, lines: &[&str], trusted: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().expect("a header"));
        }
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().expect("a network")).collect();
        Peer(peer.parse().expect("an address")).caller(&headers, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn the_peer_calls_unless_it_is_a_trusted_proxy() {
        assert_eq!(
            caller("203.0.113.7", &["198.51.100.1"], &[]).as_deref(),
            Some("203.0.113.7"),
            "anybody can write that header"
        );
        assert_eq!(caller("10.0.0.2", &["198.51.100.1"], &["10.0.0.0/8"]).as_deref(), Some("198.51.100.1"));
    }

    #[test]
    fn only_what_trusted_proxies_have_added_is_believed() {
        let through_two = ["6.6.6.6, 198.51.100.1, 10.0.0.3"];
        assert_eq!(caller("10.0.0.2", &through_two, &["10.0.0.0/8"]).as_deref(), Some("198.51.100.1"));
        assert_eq!(
            caller("10.0.0.2", &["6.6.6.6", "198.51.100.1"], &["10.0.0.0/8"]).as_deref(),
            Some("198.51.100.1"),
            "lines add up"
        );
    }

    #[test]
    fn whoever_is_not_named_is_unknown() {
        for lines in [&[][..], &["unknown"], &["198.51.100.1, "], &["198.51.100.1:443"], &["10.0.0.3"]] {
            assert_eq!(caller("10.0.0.2", lines, &["10.0.0.0/8"]), None, "{lines:?}");
        }
    }
}
