//! One way of writing a path. `%63ompanies` and `companies` are the same segment (RFC 3986 6.2.2.2), so whoever looks at a path as text,
//! the router first of all, must be shown one of them only.

use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{Extensions, Request, Uri};

/// The target as the client wrote it, among the extensions of a request whose path the sandbox reads in another way of writing.
#[derive(Clone, Debug)]
struct AsSent(Uri);

/// The path as the client wrote it, which is what it has signed; `None` when that is how the sandbox reads it.
#[must_use]
pub fn path_as_sent(extensions: &Extensions) -> Option<&str> {
    extensions.get::<AsSent>().map(|AsSent(uri)| uri.path())
}

/// Path and query as the client wrote them, for the journal and for sending the request again.
pub(super) fn target_as_sent(parts: &Parts) -> String {
    let uri = uri_as_sent(parts);
    uri.path_and_query().map_or_else(|| uri.path(), PathAndQuery::as_str).to_owned()
}

/// The address as the client wrote it.
pub(super) fn uri_as_sent(parts: &Parts) -> &Uri {
    parts.extensions.get::<AsSent>().map_or(&parts.uri, |AsSent(uri)| uri)
}

/// The request with the plainest way of writing its path: letters, digits, `-`, `.`, `_` and `~` stand for themselves. Everything else
/// that is encoded stays so: a slash within a segment is no separator.
#[must_use]
pub fn plainly_addressed<B>(mut request: Request<B>) -> Request<B> {
    let Some(path) = plain(request.uri().path()) else { return request };
    let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{path}{query}")).ok();
    if let Ok(plain) = Uri::from_parts(parts) {
        let sent = std::mem::replace(request.uri_mut(), plain);
        request.extensions_mut().insert(AsSent(sent));
    }
    request
}

/// The path without needless encoding; `None` when it has none.
fn plain(path: &str) -> Option<String> {
    if !path.contains('%') {
        return None;
    }
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let letter = code.and_then(|code| u8::from_str_radix(code, 16).ok()).map(char::from);
        match letter.filter(|letter| letter.is_ascii_alphanumeric() || "-._~".contains(*letter)) {
            Some(letter) => plain.push(letter),
            // Of what is no encoding only the sign itself is passed over.
            None => plain.push_str(&rest[at..at + 1 + code.map_or(0, str::len)]),
        }
        rest = &rest[at + 1 + code.map_or(0, str::len)..];
    }
    plain.push_str(rest);
    (plain != path).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_encoding_is_decoded_once_and_the_rest_stays() {
        let check = |path: &str, expected: Option<&str>| assert_eq!(plain(path).as_deref(), expected, "{path}");
        check("/customers/4021/companies", None);
        check("/customers/%34021/%63ompanies/1%38", Some("/customers/4021/companies/18"));
        check("/%2e%2E/%7Ex%2d%5f", Some("/../~x-_"));
        check("/a%2Fb%20c%C3%A9", None);
        check("/%2563", None);
        check("/%zz%", None);
        check("/%6%31", Some("/%61"));
    }

    #[test]
    fn the_query_stays_as_it_is_and_what_was_sent_is_kept() {
        let sent = Request::get("/customers/%34021?fields=%65mail").body(()).expect("a request");
        let request = plainly_addressed(sent);
        assert_eq!(request.uri(), "/customers/4021?fields=%65mail");
        assert_eq!(path_as_sent(request.extensions()), Some("/customers/%34021"));
        let (parts, ()) = request.into_parts();
        assert_eq!(target_as_sent(&parts), "/customers/%34021?fields=%65mail");
    }

    proptest::proptest! {
        #[test]
        fn no_path_makes_it_panic(path in "(/|%|[0-9a-fA-F]|%[0-9a-f]{2}|\\PC){0,40}") {
            if let Some(plain) = plain(&path) {
                proptest::prop_assert!(plain.len() < path.len());
            }
        }
    }
}
