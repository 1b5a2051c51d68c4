//! The integration's JSON endpoints as an OpenAPI 3.1 document, and a page to read and try it. Nothing is loaded from elsewhere.
//!
//! Paths and methods come from the routers themselves (`utoipa_axum`), so an endpoint cannot exist without its description; what is sent
//! and answered comes from the types.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value as Json, json};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{api, ats_to_harver, harver_to_ats, ops};

/// Where the document is served.
const DOCUMENT_PATH: &str = "/openapi.json";
/// Where the page is served.
const PAGE_PATH: &str = "/reference";
/// The page needs its own scripts and styles, pictures in its styles, and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'",
);

/// Written when somebody asks for it first.
static WRITTEN: LazyLock<String> = LazyLock::new(|| document().to_string());

/// Document and page.
pub(crate) fn routes() -> Router {
    let page: Router = SwaggerUi::new(PAGE_PATH).config(Config::from(DOCUMENT_PATH)).into();
    let show = get(|| async { ([(header::CONTENT_TYPE, "application/json")], WRITTEN.as_str()) });
    page.layer(from_fn(with_policy)).route(DOCUMENT_PATH, show)
}

async fn with_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The document. It needs neither a store nor neighbours.
///
/// # Panics
/// Never: a description that is made of strings can be written.
#[must_use]
pub(crate) fn document() -> Json {
    let described = ats_to_harver::described().into_openapi();
    let described = described.merge_from(harver_to_ats::described().into_openapi());
    let described = described.merge_from(api::described().into_openapi());
    let described = described.merge_from(ops::described().into_openapi());
    let mut document = serde_json::to_value(&described).expect("descriptions are made of strings");
    document["info"] = json!({
        "title": "Harver integration for iCIMS",
        "description": "What programs call: iCIMS reports its events, the Harver platform its webhooks, a Harver Admin's programs read and \
            change the settings, operators ask whether the service is well. People use the console, which is not described here.",
        "version": env!("CARGO_PKG_VERSION"),
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
    });
    document["tags"] = json!([
        {"name": "neighbours", "description": "Called by iCIMS and by the Harver platform."},
        {"name": "settings", "description": "Called by programs of a Harver Admin."},
        {"name": "operations", "description": "Called by operators and load balancers."},
    ]);
    document["components"]["securitySchemes"] = json!({
        "basic": {"type": "http", "scheme": "basic", "description": "The credentials that the console shows."},
        "signed": {"type": "apiKey", "in": "header", "name": "Authorization",
            "description": "x-icims-v1-hmac-sha256: signed with the password of the events as key; host, x-icims-date and x-icims-content-sha256 among the signed headers."},
        "eventToken": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": ats_to_harver::TOKEN_PATH, "scopes": {}}},
            "description": "A token for the user name and password of the events, as client id and client secret."},
        "token": {"type": "http", "scheme": "bearer", "description": "A token of a Harver Admin, made in the console under API tokens."},
    });
    document["components"]["headers"] = json!({
        "Challenge": {"description": "How to authenticate.", "required": true, "schema": {"type": "string"}},
        "Link": {"description": "Where the candidate goes on.", "required": true, "schema": {"type": "string", "format": "uri"}},
    });
    document
}
