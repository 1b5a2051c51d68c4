//! Turns away forms that another site has filled in.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::page::Failure;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what would change something and comes from another site. Before the sign-in there is no session whose token could be
/// asked for, so this is what protects it; afterwards it stands in front of that token.
pub(super) async fn refuse_other_sites(State(public_url): State<Url>, request: Request, next: Next) -> Response {
    if !request.method().is_safe() && is_from_another_site(request.headers(), &public_url) {
        return Failure::OtherSite.into_response();
    }
    next.run(request).await
}

/// Whether the browser says that the request began on another site. A caller that says nothing is no browser, and has no cookies that
/// somebody else could borrow.
///
/// The host is compared with the one that was asked for too: the same integration is `localhost` for one and has a name for another.
fn is_from_another_site(headers: &HeaderMap, public_url: &Url) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text(SEC_FETCH_SITE) {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let asked_for = |host: &str| ["http", "https"].iter().any(|scheme| origin == format!("{scheme}://{host}"));
    origin != public_url.origin().ascii_serialization() && !text(header::HOST).is_some_and(asked_for)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_another_site(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a header")));
        is_from_another_site(&headers.collect(), &"https://integrations.example.com".parse().expect("a URL"))
    }

    #[test]
    fn the_browsers_own_word_counts_most() {
        assert!(!from_another_site(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!from_another_site(&[("sec-fetch-site", "none")]));
        assert!(from_another_site(&[("sec-fetch-site", "cross-site"), ("origin", "https://integrations.example.com")]));
        assert!(from_another_site(&[("sec-fetch-site", "same-site")]), "a neighbour under the same domain is another site");
    }

    #[test]
    fn an_origin_must_be_ours() {
        assert!(!from_another_site(&[("origin", "https://integrations.example.com")]));
        assert!(!from_another_site(&[("origin", "http://localhost:8702"), ("host", "localhost:8702")]));
        assert!(from_another_site(&[("origin", "http://localhost:8703"), ("host", "localhost:8702")]));
        assert!(from_another_site(&[("origin", "https://integrations.example.com.evil.example")]));
        assert!(from_another_site(&[("origin", "null")]));
    }

    #[test]
    fn a_caller_that_says_nothing_is_no_browser() {
        assert!(!from_another_site(&[("host", "localhost:8702")]));
    }
}
