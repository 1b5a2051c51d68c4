//! Keeps web pages of other sites from using the tester's interface with the tester's browser.
//!
//! The sandbox listens on the tester's machine without a password. Any page the tester looks at may make the browser send requests
//! here; the browser then says in `Origin` who asks. A name that an attacker lets point to this machine is no way around: only
//! addresses, `localhost` and the configured host count as this site.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

use crate::ui::ApiProblem;

/// Refuses what a page of another site makes a browser send.
pub(super) async fn refuse_other_sites(State(own_host): State<String>, request: Request, next: Next) -> Response {
    if is_own(request.method(), request.headers(), &own_host) {
        next.run(request).await
    } else {
        let message = "A page of another site asked for this. Use the pages of the sandbox itself, or a program that sends no Origin header.";
        ApiProblem::new(StatusCode::FORBIDDEN, "other_site", message).into_response()
    }
}

/// A link on another site may lead here: reading changes nothing, and the browser keeps the answer from that site.
fn is_own(method: &Method, headers: &HeaderMap, own_host: &str) -> bool {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or_default());
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if !reads && text(header::HeaderName::from_static("sec-fetch-site")) == Some("cross-site") {
        return false;
    }
    let Some(origin) = text(header::ORIGIN) else { return true };
    let (Ok(origin), Some(host)) = (Url::parse(origin), text(header::HOST)) else { return false };
    let Ok(asked) = Url::parse(&format!("http://{host}")) else { return false };
    let same = origin.host() == asked.host() && origin.port_or_known_default() == asked.port_or_known_default();
    same && match asked.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost") || name == own_host,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: &str, host: &str, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        if !origin.is_empty() {
            headers.insert(header::ORIGIN, origin.parse().expect("a header"));
        }
        assert_eq!(is_own(&Method::POST, &headers, "sandbox.test"), expected, "{origin} at {host}");
    }

    #[test]
    fn a_link_of_another_site_may_lead_here_and_a_form_may_not() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:8700".parse().expect("a header"));
        headers.insert("sec-fetch-site", "cross-site".parse().expect("a header"));
        assert!(is_own(&Method::GET, &headers, "127.0.0.1"));
        assert!(!is_own(&Method::POST, &headers, "127.0.0.1"));
    }

    #[test]
    fn only_the_own_site_may_ask() {
        check("", "127.0.0.1:8700", true);
        check("http://127.0.0.1:8700", "127.0.0.1:8700", true);
        check("http://localhost:8700", "localhost:8700", true);
        check("http://[::1]:8700", "[::1]:8700", true);
        check("http://sandbox.test", "sandbox.test", true);
        check("http://evil.example", "127.0.0.1:8700", false);
        check("http://127.0.0.1:9999", "127.0.0.1:8700", false);
        check("null", "127.0.0.1:8700", false);
        check("http://rebound.example:8700", "rebound.example:8700", false);
    }
}
