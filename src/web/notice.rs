//! A page for people who are in no console: what happened, and what to do.

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("pages/notice.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| page_policy(STYLE, "'none'"));

/// The policy of a page for people who are in no console: its own style, told by what it holds, and nothing else from anywhere; forms
/// lead to `forms` only.
#[must_use]
pub fn page_policy(style: &str, forms: &str) -> HeaderValue {
    let digest = STANDARD.encode(Sha256::digest(style.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("plain ASCII")
}

/// A page with a title and sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is answered with.
    pub status: StatusCode,
    /// What happened, in a few words.
    pub title: String,
    /// More of it, and what to do.
    pub message: String,
}

#[derive(Template)]
#[template(path = "web/pages/notice.html")]
struct Page<'a> {
    style: &'static str,
    title: &'a str,
    message: &'a str,
}

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        let page = Page { style: STYLE, title: &self.title, message: &self.message };
        let mut response = match page.render() {
            Ok(html) => (self.status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "A page could not be rendered.");
                (self.status, format!("{}. {}\n", self.title, self.message)).into_response()
            }
        };
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

/// The answer is kept nowhere, and whoever it leads to does not learn from where: the address alone opens something.
#[must_use]
pub fn kept_nowhere(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 3] = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ];
    response.headers_mut().extend(HEADERS);
    response
}
