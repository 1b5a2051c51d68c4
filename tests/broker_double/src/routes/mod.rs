//! The routes, one file a kind of resource. Errors have the shapes of the real one.

mod applications;
mod contracts;
mod environments;

use axum::extract::{FromRequestParts, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::links::Base;
use crate::matrix;
use crate::query::Query;
use crate::serving::Shared;

/// Nothing here depends on the time.
pub(crate) const DATE: &str = "2025-03-04T12:00:00+00:00";

/// All routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(index))
        .route("/matrix", get(matrix))
        .merge(applications::routes())
        .merge(contracts::routes())
        .merge(environments::routes())
        .fallback(async || refused(StatusCode::NOT_FOUND, "The requested document was not found on this server."))
}

impl<S: Sync> FromRequestParts<S> for Base {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).ok_or(StatusCode::BAD_REQUEST)?;
        Ok(Self(format!("http://{host}")))
    }
}

/// A document with links.
pub(crate) fn hal(status: StatusCode, body: Value) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "application/hal+json;charset=utf-8".parse().expect("a header"));
    (status, headers, Json(body).into_response().into_body()).into_response()
}

/// An error that is one sentence.
pub(crate) fn refused(status: StatusCode, says: &str) -> Response {
    (status, Json(json!({"error": {"message": says}}))).into_response()
}

/// Errors of what was sent.
pub(crate) fn invalid(errors: &[String]) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"errors": errors}))).into_response()
}

async fn index(base: Base) -> Response {
    let links = json!({
        "self": {"href": base.0, "title": "Index of a double, which is no Pact Broker", "templated": false},
        "pb:publish-pact": base.template("/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}"),
        "pb:publish-contracts": base.link(&["contracts", "publish"]),
        "pb:latest-provider-pacts": base.template("/pacts/provider/{provider}/latest"),
        "pb:provider-pacts-for-verification": base.template("/pacts/provider/{provider}/for-verification"),
        "pb:pacticipants": base.link(&["pacticipants"]),
        "pb:pacticipant": base.template("/pacticipants/{pacticipant}"),
        "pb:pacticipant-version": base.template("/pacticipants/{pacticipant}/versions/{version}"),
        "pb:pacticipant-version-tag": base.template("/pacticipants/{pacticipant}/versions/{version}/tags/{tag}"),
        "pb:pacticipant-branch-version": base.template("/pacticipants/{pacticipant}/branches/{branch}/versions/{version}"),
        "pb:environments": base.link(&["environments"]),
        "pb:environment": base.template("/environments/{environment}"),
    });
    hal(StatusCode::OK, json!({"_links": links}))
}

async fn matrix(State(shared): State<Shared>, base: Base, RawQuery(query): RawQuery) -> Response {
    match matrix::answer(&shared.world.lock(), &Query::parse(&query.unwrap_or_default()), &base) {
        Ok(body) => hal(StatusCode::OK, body),
        Err(problems) => invalid(&problems),
    }
}
