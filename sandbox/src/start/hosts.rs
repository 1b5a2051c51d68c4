//! By which names the sandbox lets itself be called. Passed by every request of every port before anything else looks at it.
//!
//! A page on the web can let its own name point to this machine. To the browser the sandbox is then a part of that page's site, whose
//! scripts may read whatever it answers, passwords included. Only the host that the browser asks for gives that away. An address and
//! `localhost` cannot be such a name; any other one has to be allowed.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Request, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use url::Host;

/// The name of a host, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

/// A text that is no name of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name of a host: write it without scheme and port, such as sandbox.example.com")]
pub struct NotAHostName(String);

impl FromStr for HostName {
    type Err = NotAHostName;

    fn from_str(text: &str) -> Result<Self, NotAHostName> {
        match Host::parse(text.trim_end_matches('.')) {
            Ok(Host::Domain(name)) if !name.contains('*') => Ok(Self(name)),
            // Addresses are answered to without being allowed.
            Ok(Host::Ipv4(address)) => Ok(Self(address.to_string())),
            _ => Err(NotAHostName(text.to_owned())),
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names that are answered to, beside addresses and `localhost`. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Hosts(Arc<[HostName]>);

/// Why a request is turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misdirected {
    /// HTTP 1.1 asks for exactly one host that can be read (RFC 9112 3.2).
    Unclear,
    /// It asks for somebody else.
    Foreign(HostName),
}

impl Hosts {
    pub(super) fn new(allowed: Vec<HostName>) -> Self {
        Self(allowed.into())
    }

    /// Whether a request is for the sandbox. A target with a host of its own counts before the header, but whoever stands in between may
    /// have gone by the header, so that both must be known.
    pub(super) fn check<B>(&self, request: &Request<B>) -> Result<(), Misdirected> {
        if let Some(authority) = request.uri().authority() {
            self.knows(authority.as_str())?;
        }
        match named(request.headers())? {
            Some(host) => self.knows(host),
            // Older clients need not name a host. Browsers, of whom this is about, always do.
            None if request.version() <= Version::HTTP_10 => Ok(()),
            None => Err(Misdirected::Unclear),
        }
    }

    fn knows(&self, authority: &str) -> Result<(), Misdirected> {
        // How nearly every request names it.
        if authority.parse::<SocketAddr>().is_ok() {
            return Ok(());
        }
        let read: Authority = authority.parse().map_err(|_| Misdirected::Unclear)?;
        if authority.contains('@') {
            return Err(Misdirected::Unclear);
        }
        let name = match Host::parse(read.host()).map_err(|_| Misdirected::Unclear)? {
            Host::Ipv4(_) | Host::Ipv6(_) => return Ok(()),
            Host::Domain(name) => HostName(name.trim_end_matches('.').to_owned()),
        };
        let own = name.0 == "localhost" || name.0.ends_with(".localhost") || self.0.contains(&name);
        if own { Ok(()) } else { Err(Misdirected::Foreign(name)) }
    }
}

/// The one `Host` header, if there is any.
fn named(headers: &HeaderMap) -> Result<Option<&str>, Misdirected> {
    let mut all = headers.get_all(header::HOST).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(host), None) => host.to_str().map(Some).map_err(|_| Misdirected::Unclear),
        (Some(_), Some(_)) => Err(Misdirected::Unclear),
    }
}

/// `421` says what is wrong (RFC 9110 15.5.20): not the rights of whoever asks, but that the request came to a server that does not
/// answer for this host. `403` would read as if credentials could help.
impl IntoResponse for Misdirected {
    fn into_response(self) -> Response {
        match self {
            Self::Unclear => (StatusCode::BAD_REQUEST, "The request must name one host that can be read.\n").into_response(),
            Self::Foreign(name) => {
                let message = format!(
                    "The sandbox does not answer for the host {name}. Call it by its address or as localhost, or start it with \
                     --allow-host {name} (HARVER_ICIMS_ALLOW_HOST).\n"
                );
                let closed = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
                (StatusCode::MISDIRECTED_REQUEST, closed, message).into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(target: &str, hosts: &[&str], version: Version) -> Result<(), Misdirected> {
        let allowed = Hosts::new(vec!["sandbox.test".parse().expect("a name")]);
        let mut request = Request::get(target).version(version).body(()).expect("a request");
        for host in hosts {
            request.headers_mut().append(header::HOST, host.parse().expect("a header"));
        }
        allowed.check(&request)
    }

    #[test]
    fn addresses_localhost_and_allowed_names_are_own_and_the_port_does_not_matter() {
        for host in [
            "127.0.0.1:8700",
            "127.0.0.1",
            "[::1]:8701",
            "192.168.1.7:1",
            "localhost",
            "LOCALHOST:8700",
            "localhost.",
            "app.localhost:8700",
            "sandbox.test",
            "Sandbox.Test.:443",
        ] {
            assert_eq!(checked("/", &[host], Version::HTTP_11), Ok(()), "{host}");
        }
    }

    #[test]
    fn other_names_are_foreign() {
        for host in [
            "elsewhere",
            "rebound.example:8700",
            "127.0.0.1.nip.io",
            "localhost.example",
            "notlocalhost",
            "evil-sandbox.test",
            "x.sandbox.test",
        ] {
            let name = host.split(':').next().expect("a name").parse().expect("a name");
            assert_eq!(checked("/", &[host], Version::HTTP_11), Err(Misdirected::Foreign(name)), "{host}");
        }
    }

    #[test]
    fn one_readable_host_must_be_named() {
        for hosts in [&[][..], &["127.0.0.1", "127.0.0.1"], &["evil@127.0.0.1"], &["127.0.0.1, x"], &[""], &["a b"], &["/"]] {
            assert_eq!(checked("/", hosts, Version::HTTP_11), Err(Misdirected::Unclear), "{hosts:?}");
        }
        assert_eq!(checked("/", &[], Version::HTTP_10), Ok(()), "HTTP 1.0 knows no host");
        assert!(checked("/", &["elsewhere"], Version::HTTP_10).is_err());
    }

    #[test]
    fn a_target_with_a_host_counts_beside_the_header() {
        assert_eq!(checked("http://127.0.0.1:8700/", &["127.0.0.1"], Version::HTTP_11), Ok(()));
        assert!(checked("http://elsewhere/", &["127.0.0.1"], Version::HTTP_11).is_err());
        assert!(checked("http://127.0.0.1/", &["elsewhere"], Version::HTTP_11).is_err());
        assert_eq!(checked("http://127.0.0.1/", &[], Version::HTTP_11), Err(Misdirected::Unclear));
    }

    #[test]
    fn names_are_read_as_a_person_writes_them() {
        for (text, expected) in
            [("Sandbox.Example.COM", Some("sandbox.example.com")), ("sandbox", Some("sandbox")), ("10.0.0.7", Some("10.0.0.7"))]
        {
            assert_eq!(text.parse::<HostName>().ok().map(|name| name.to_string()).as_deref(), expected, "{text}");
        }
        for wrong in ["", "http://sandbox", "sandbox:8700", "a b", "*.example.com", "%2a.example.com", "a/b", "[::1"] {
            assert!(wrong.parse::<HostName>().is_err(), "{wrong:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic(host in "[a-z0-9.:\\[\\]@% -]{0,40}") {
            if let Ok(host) = axum::http::HeaderValue::from_str(&host) {
                let mut request = Request::get("/").body(()).expect("a request");
                request.headers_mut().insert(header::HOST, host);
                let _ = Hosts::default().check(&request);
            }
        }
    }
}
