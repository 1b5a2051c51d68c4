//! Where a document is read: as JSON for programs, as an interactive page for people. Nothing is loaded from elsewhere.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::header;
use axum::routing::get;
use serde_json::Value as Json;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Where each port serves the document of its API.
pub const DOCUMENT_PATH: &str = "/openapi.json";
/// Where each port serves the page.
pub const PAGE_PATH: &str = "/reference";

/// Document and page of one API. The document is made when somebody asks for it first, because most runs never do.
pub fn routes<S: Clone + Send + Sync + 'static>(document: fn() -> Json) -> Router<S> {
    let written: Arc<OnceLock<String>> = Arc::default();
    let show = move || {
        let written = Arc::clone(&written);
        async move {
            let text = written.get_or_init(|| document().to_string()).clone();
            ([(header::CONTENT_TYPE, "application/json")], text)
        }
    };
    let page: Router<S> = SwaggerUi::new(PAGE_PATH).config(Config::from(DOCUMENT_PATH).try_it_out_enabled(true)).into();
    page.route(DOCUMENT_PATH, get(show))
}
