//! What every call passes: authentication, the customer of the path, the daily allowance, and the headers of every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::engine::{Chance, Tenant};
use crate::icims::Icims;
use crate::icims::state::CustomerState;
use crate::icims::urls::Urls;

use super::auth::authenticate;
use super::error::{ApiError, Code};
use super::quota::Standing;

/// How many calls have been answered, so that each answer has an id of its own.
pub(in crate::icims) type Counted = AtomicU64;

/// The customer that an authenticated call is about.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) tenant: Arc<Tenant<CustomerState>>,
    pub(super) urls: Urls,
}

/// Headers of every answer (icims-api 1.5).
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-cache,no-store,no-transform,must-revalidate,max-age=0,s-maxage=0"),
    (header::CONTENT_LANGUAGE, "en-US,us"),
    (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'self'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=7776000"),
];

/// The layer around `/customers`; sees paths without that prefix.
pub(super) async fn gate(State(icims): State<Icims>, mut request: Request, next: Next) -> Response {
    let admitted = admit(&icims, &request);
    let (mut answer, standing) = match admitted {
        Ok((caller, standing)) if standing.exceeded => (over_the_limit(&caller, standing), Some(standing)),
        Ok((caller, standing)) => {
            request.extensions_mut().insert(caller);
            (next.run(request).await, Some(standing))
        }
        Err(error) => (error.into_response(), None),
    };
    stamp(&icims, answer.headers_mut(), standing);
    if answer.status() == StatusCode::UNAUTHORIZED {
        let headers = answer.headers_mut();
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"iCIMS\""));
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("x-icims-v1-hmac-sha256"));
    }
    answer
}

fn admit(icims: &Icims, request: &Request) -> Result<(Caller, Standing), ApiError> {
    let signed_in = authenticate(icims, request.headers())?;
    let named = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let asked: u64 = named.parse().map_err(|_| ApiError::not_found("Customer"))?;
    let tenant = icims.customer(asked).ok_or_else(|| ApiError::not_found("Customer"))?;
    if asked != signed_in {
        let message = "The provided Username does not belong to this customer.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, Code::NotAuthorized, message));
    }
    let limit = tenant.read(|state| state.info().daily_calls);
    let standing = icims.0.quotas.count(asked, limit, icims.clock().now());
    Ok((Caller { tenant, urls: icims.urls(asked) }, standing))
}

fn over_the_limit(caller: &Caller, standing: Standing) -> Response {
    let customer = caller.tenant.read(|state| state.info().id);
    let message = format!("Customer {customer} has used its {} calls of today.", standing.limit);
    let mut answer = ApiError::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimit, message).into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, standing.reset.into());
    answer
}

fn stamp(icims: &Icims, headers: &mut HeaderMap, standing: Option<Standing>) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let number = icims.0.answered.fetch_add(1, Ordering::Relaxed);
    let random = Chance::new(icims.0.surroundings.seed, &format!("answer/{number}")).hex(64).to_uppercase();
    let (session, id) = random.split_at(32);
    let cookie = format!("JSESSIONID={session}; Path=/; Secure; HttpOnly");
    let transaction = format!("{{{}-{}-{}-{}-{}}}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
    let text = |text: String| HeaderValue::from_str(&text).expect("hexadecimal digits can stand in a header");
    headers.insert(header::SET_COOKIE, text(cookie));
    headers.insert(HeaderName::from_static("x-transaction"), text(transaction));
    if let Some(standing) = standing {
        headers.insert(HeaderName::from_static("x-ratelimit-limit"), standing.limit.into());
        headers.insert(HeaderName::from_static("x-ratelimit-remaining"), standing.remaining.into());
        headers.insert(HeaderName::from_static("x-ratelimit-reset"), standing.reset.into());
    }
}
