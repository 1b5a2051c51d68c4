//! The page shell that all screens of the sandbox share: one layout, one stylesheet, pages as structs.
//!
//! A page is a struct with an Askama template that extends `base.html`; [`Page`] turns it into a response. Screens work without
//! scripts; the few scripts there are only add comfort (double-click, for example) on top of real forms and links.

mod api;
mod form;
mod html;
mod origin;
mod question;

use askama::Template;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

pub use api::{ApiProblem, ApiQuery, Wait};
pub use form::{Choice, Choosable, Field, Flag, Given};
pub use html::{Piece, Tag, pieces, unescaped};
pub use origin::{OTHER_SITE, PublicOrigin, refuse_other_sites};
pub use question::Question;

/// Where the stylesheet is served, on every port, so that no screen depends on another process.
pub const STYLESHEET_PATH: &str = "/static/sandbox.css";

const STYLESHEET: &str = include_str!("../../static/sandbox.css");

/// Whether whoever asks shows pages: a browser that follows a link or an address, not a program.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|line| line.split(','))
        .any(|range| range.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("text/html")))
}

/// Where the script is served that adds buttons to values that are to be copied. Without it, such a value is selected as a whole.
const COPY_SCRIPT_PATH: &str = "/static/copy.js";

const COPY_SCRIPT: &str = include_str!("../../static/copy.js");

/// A rendered page with its status.
#[derive(Debug)]
pub struct Page<T>(pub StatusCode, pub T);

impl<T> Page<T> {
    /// A page that is answered `200`.
    pub fn ok(page: T) -> Self {
        Self(StatusCode::OK, page)
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.1.render() {
            Ok(html) => (self.0, [NO_STORE], Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "A page could not be rendered.");
                (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be rendered; the log says why.").into_response()
            }
        }
    }
}

/// Screens show changing state; a cached one would lie.
const NO_STORE: (HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// An error as a page with a way back.
#[derive(Template, Debug)]
#[template(path = "problem.html")]
pub struct Problem {
    /// Which product the visitor is in: `icims`, `careers`, `harver`, `mailbox` or `sandbox`. Chooses the colours.
    pub product: &'static str,
    /// What happened, in a few words.
    pub title: String,
    /// What happened and what to do, as one or two sentences.
    pub message: String,
    /// Where to go from here: label and address.
    pub way_back: (String, String),
}

impl Problem {
    /// A form that a page of another site has filled in.
    #[must_use]
    pub fn other_site(product: &'static str) -> Page<Self> {
        let (title, message) = ("Not from here".into(), OTHER_SITE.into());
        Page(StatusCode::FORBIDDEN, Self { product, title, message, way_back: ("Back to the start".into(), "/".into()) })
    }
}

/// The routes that every screen needs.
pub fn routes<S: Clone + Send + Sync + 'static>() -> axum::Router<S> {
    let file = |kind: &'static str, text: &'static str| {
        axum::routing::get(move || async move { ([(header::CONTENT_TYPE, kind)], text) })
    };
    axum::Router::new()
        .route(STYLESHEET_PATH, file("text/css; charset=utf-8", STYLESHEET))
        .route(COPY_SCRIPT_PATH, file("text/javascript; charset=utf-8", COPY_SCRIPT))
}
