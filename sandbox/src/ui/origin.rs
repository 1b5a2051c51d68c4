//! Keeps web pages of other sites from using the sandbox with the tester's browser.
//!
//! The sandbox listens on the tester's machine, its recruiter screens and its control without a password. Any page the tester looks at may
//! make the browser send forms here; the browser then says in `Origin` and `Sec-Fetch-Site` who asks. That the host which is asked for is
//! the sandbox at all is seen to before, where connections are served.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use url::{Origin, Url};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the words of a refusal have in common.
pub const OTHER_SITE: &str =
    "A page of another site asked for this. Use the pages of the sandbox itself, or a program that sends no Origin header.";

/// Where browsers find the pages of a port, as far as that is known: behind a proxy, the host that arrives is not the one in their
/// address bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin(Arc<Origin>);

impl PublicOrigin {
    /// The origin of an address.
    #[must_use]
    pub fn of(address: &str) -> Option<Self> {
        let origin = Url::parse(address).ok()?.origin();
        origin.is_tuple().then(|| Self(Arc::new(origin)))
    }
}

/// Refuses what a page of another site makes a browser change; used with `axum::middleware::from_fn_with_state`.
pub async fn refuse_other_sites(State(refusal): State<fn() -> Response>, request: Request, next: Next) -> Response {
    let public = request.extensions().get::<PublicOrigin>();
    if request.method().is_safe() || is_own(request.headers(), public) { next.run(request).await } else { refusal() }
}

/// Whether a request that changes something began on a page of the sandbox, or with a program that is no browser.
///
/// A link on another site may lead here: reading changes nothing, and the browser keeps the answer from that site.
fn is_own(headers: &HeaderMap, public: Option<&PublicOrigin>) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    match text(SEC_FETCH_SITE) {
        // The browser's own word, which no page can make up. Behind a proxy that speaks TLS it is the only one that fits.
        Some("same-origin") => return true,
        Some("cross-site") => return false,
        _ => {}
    }
    // Another port of the host is of the same site, and another program's.
    let Some(origin) = text(header::ORIGIN) else { return text(SEC_FETCH_SITE) != Some("same-site") };
    let (Ok(origin), Some(host)) = (Url::parse(origin), text(header::HOST)) else { return false };
    if public.is_some_and(|public| *public.0 == origin.origin()) {
        return true;
    }
    let Ok(asked) = Url::parse(&format!("http://{host}")) else { return false };
    origin.host().is_some() && origin.host() == asked.host() && origin.port_or_known_default() == asked.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(site: Option<&str>, origin: &str, host: &str, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        if !origin.is_empty() {
            headers.insert(header::ORIGIN, origin.parse().expect("a header"));
        }
        if let Some(site) = site {
            headers.insert(SEC_FETCH_SITE, site.parse().expect("a header"));
        }
        assert_eq!(
            is_own(&headers, PublicOrigin::of("https://ats.brightwater.example").as_ref()),
            expected,
            "{site:?} {origin} at {host}"
        );
    }

    #[test]
    fn only_the_own_site_may_ask() {
        check(None, "", "127.0.0.1:8700", true);
        check(None, "http://127.0.0.1:8700", "127.0.0.1:8700", true);
        check(None, "http://localhost:8700", "localhost:8700", true);
        check(None, "http://[::1]:8700", "[::1]:8700", true);
        check(None, "http://sandbox.test", "sandbox.test", true);
        check(None, "http://evil.example", "127.0.0.1:8700", false);
        check(None, "http://127.0.0.1:9999", "127.0.0.1:8700", false);
        check(None, "null", "127.0.0.1:8700", false);
        check(None, "data:text/html,x", "127.0.0.1:8700", false);
    }

    #[test]
    fn the_public_address_is_the_own_site_whatever_host_a_proxy_asks_for() {
        for host in ["127.0.0.1:8701", "ats.brightwater.example", "sandbox:8701"] {
            check(None, "https://ats.brightwater.example", host, true);
            check(Some("same-site"), "https://ats.brightwater.example:443", host, true);
            check(Some("cross-site"), "https://ats.brightwater.example", host, false);
            check(None, "http://ats.brightwater.example:8443", host, false);
            check(None, "https://brightwater.example", host, false);
        }
        assert_eq!(PublicOrigin::of("mailto:x"), None);
    }

    #[test]
    fn what_the_browser_says_of_the_site_counts_first() {
        check(Some("cross-site"), "", "127.0.0.1:8700", false);
        check(Some("same-origin"), "https://sandbox.test", "127.0.0.1:8700", true);
        check(Some("same-site"), "http://127.0.0.1:8702", "127.0.0.1:8701", false);
        check(Some("same-site"), "", "127.0.0.1:8701", false);
        check(Some("none"), "", "127.0.0.1:8700", true);
    }
}
