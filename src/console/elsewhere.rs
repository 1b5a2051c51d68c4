//! What a person meets at an address of the integration that is no page: a way to the console.

use askama::Template;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::HOME;
use super::page::{Page, with_security_headers};

#[derive(Template)]
#[template(path = "console/pages/elsewhere.html")]
struct Elsewhere {
    path: String,
    /// Whether it is the first page that was asked for.
    is_root: bool,
    support_contact: String,
    home: &'static str,
}

/// Whether it is a person with a browser who asks: programs do not name HTML.
#[must_use]
pub fn is_browser(method: &Method, headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let html = named.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/html"));
    method.is_safe() && html
}

/// The page for an address that is none, or that only programs use.
pub async fn no_page(status: StatusCode, uri: &Uri, support_contact: &str) -> Response {
    let page = Elsewhere {
        path: uri.path().to_owned(),
        is_root: uri.path() == "/",
        support_contact: support_contact.to_owned(),
        home: HOME,
    };
    with_security_headers(Page(status, page).into_response()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(method: Method, accept: &'static str) -> bool {
        is_browser(&method, &[(header::ACCEPT, accept.parse().expect("a header"))].into_iter().collect())
    }

    #[test]
    fn browsers_name_html_and_programs_do_not() {
        assert!(asks(Method::GET, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(asks(Method::HEAD, "application/xml, text/html;q=0.5"));
        assert!(!asks(Method::GET, "*/*") && !asks(Method::GET, "application/json"));
        assert!(!asks(Method::POST, "text/html"), "events are posted, whatever their sender accepts");
    }
}
