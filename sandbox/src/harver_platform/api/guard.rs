//! What happens around every API call: correlation id, access token, rate limit.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use parking_lot::Mutex;

use super::correlation::AnsweredFor;
use super::error::ApiError;
use super::limits;
use crate::engine::Tenant;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::AccountId;
use crate::harver_platform::state::AccountState;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
/// The length of a rate limit window in seconds.
const WINDOW_SECONDS: i64 = 60;

/// The account that a request may see. Put there by [`admit`].
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// The account's id.
    pub(super) id: AccountId,
    /// The account.
    pub(super) account: Arc<Tenant<AccountState>>,
}

impl Access {
    /// Refuses an account that is not the token's own, as one that is not there.
    pub(super) fn may_see(&self, account: &AccountId) -> Result<(), ApiError> {
        if &self.id == account { Ok(()) } else { Err(ApiError::unknown("account")) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Access {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| ApiError::unauthorized("unauthorized_request", NO_TOKEN))
    }
}

const NO_TOKEN: &str = "Unauthorized request: no authentication given";

/// The requests of each client of an account in its current minute; not state, so it is not stored.
#[derive(Debug, Default)]
struct Windows(Mutex<HashMap<String, Window>>);

/// The requests of one client in one minute.
#[derive(Clone, Copy, Debug)]
struct Window {
    began: Timestamp,
    count: u32,
}

impl Window {
    /// Counts a request: the window it falls into, and whether it is within the limit.
    fn count(earlier: Option<Self>, limit: u32, now: Timestamp) -> (Self, bool) {
        let current = earlier.filter(|window| now.duration_since(window.began).as_secs() < WINDOW_SECONDS && now >= window.began);
        let window = current.unwrap_or(Self { began: now, count: 0 });
        let window = Self { count: window.count.saturating_add(1), ..window };
        (window, window.count <= limit)
    }

    /// Seconds until the count starts anew.
    fn reset_in(self, now: Timestamp) -> i64 {
        (WINDOW_SECONDS - now.duration_since(self.began).as_secs()).max(1)
    }
}

/// Lets a request in that carries a living token and is within its client's limit.
pub(super) async fn admit(State(platform): State<HarverPlatform>, request: Request, next: Next) -> Response {
    let now = platform.now();
    let (access, client, limit) = match authenticated(&platform, request.headers(), now) {
        Ok(found) => found,
        Err(error) => return error.into_response(),
    };
    let (window, within) = {
        let windows = platform.beside::<Windows>(&access.id);
        let mut windows = windows.0.lock();
        let (window, within) = Window::count(windows.get(&client).copied(), limit, now);
        windows.insert(client, window);
        (window, within)
    };
    let account = access.id.clone();
    let mut response = if within {
        match limits::keep(request) {
            Ok(mut request) => {
                request.extensions_mut().insert(access);
                next.run(request).await
            }
            Err(error) => error.into_response(),
        }
    } else {
        let detail = format!("More than {limit} requests in a minute. Try again in {} seconds.", window.reset_in(now));
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsError", "Too Many Requests", detail).into_response()
    };
    response.extensions_mut().insert(AnsweredFor(account));
    response.headers_mut().insert(LIMIT, HeaderValue::from(limit));
    response.headers_mut().insert(RESET, HeaderValue::from(window.reset_in(now)));
    response
}

fn authenticated(platform: &HarverPlatform, headers: &HeaderMap, now: Timestamp) -> Result<(Access, String, u32), ApiError> {
    let refused = |message| ApiError::unauthorized("invalid_token", message);
    let given = headers.get(header::AUTHORIZATION).ok_or_else(|| ApiError::unauthorized("unauthorized_request", NO_TOKEN))?;
    let given =
        given.to_str().ok().and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = given.ok_or_else(|| refused("Invalid request: malformed authorization header"))?;
    let token = token.trim();
    let account = platform.account_of_secret(token).ok_or_else(|| refused("Invalid token: access token is invalid"))?;
    let found = account.read(|state| {
        let token = state.token(token)?;
        Some((state.profile().id.clone(), token.clone(), state.profile().requests_per_minute))
    });
    let (id, token, limit) = found.ok_or_else(|| refused("Invalid token: access token is invalid"))?;
    if token.expires_at <= now {
        return Err(refused("Invalid token: access token has expired"));
    }
    Ok((Access { id, account }, token.client_id, limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_window_admits_its_limit_and_starts_anew_after_a_minute() {
        let now = Timestamp::UNIX_EPOCH;
        let (first, within) = Window::count(None, 2, now);
        assert!(within);
        let (second, within) = Window::count(Some(first), 2, now + SignedDuration::from_secs(10));
        assert!(within);
        let (third, within) = Window::count(Some(second), 2, now + SignedDuration::from_secs(59));
        assert!(!within);
        assert_eq!(third.reset_in(now + SignedDuration::from_secs(59)), 1);
        let (_, within) = Window::count(Some(third), 2, now + SignedDuration::from_secs(60));
        assert!(within);
    }
}
