//! What every call passes: authentication, the customer of the path, the daily allowance, and the headers of every answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use sha2::{Digest as _, Sha256};

use crate::engine::{Customer, HOUSE, Peer, Subject, Tenant};
use crate::icims::Icims;
use crate::icims::budget::Budget;
use crate::icims::ledger::{Ledger, Used};
use crate::icims::state::CustomerState;
use crate::icims::state::users::Rights;
use crate::icims::urls::Urls;

use super::address::Address;
use super::auth::{SignedIn, authenticate};
use super::error::{ApiError, Code};
use super::limits;
use super::place::LetIn;
use super::quota::{Quota, Standing};
use super::transport;
use super::view::Writer;

/// The customer that an authenticated call is about, and who calls.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) tenant: Arc<Tenant<CustomerState>>,
    pub(super) urls: Urls,
    /// The name of the integration user.
    pub(super) username: Arc<str>,
    /// What the integration user may not see or do.
    pub(super) rights: Arc<Rights>,
}

impl Caller {
    /// A writer of what this caller may see.
    pub(super) fn writer<'a>(&'a self, state: &'a CustomerState) -> Writer<'a> {
        Writer { state, urls: &self.urls, rights: &self.rights }
    }
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
pub(super) async fn gate(State(icims): State<Icims>, request: Request, next: Next) -> Response {
    let named = Address::of(request.uri().path()).customer;
    let addressed = named.and_then(|id| icims.registry().customer(id));
    let (mut answer, standing) = match admit(&icims, request, named, addressed.is_some()).await {
        Ok((caller, standing, _)) if standing.exceeded => (over_the_limit(&caller, standing), Some(standing)),
        Ok((caller, standing, request)) if transport::refuses(&caller, request.version()) => {
            (transport::refusal(request.version()), Some(standing))
        }
        Ok((caller, standing, request)) => match limits::keep(request) {
            Err(error) => (error.into_response(), Some(standing)),
            Ok(mut request) => {
                tracing::trace!(user.name = %caller.username, "A call is let in.");
                let username = Arc::clone(&caller.username);
                request.extensions_mut().insert(LetIn::new(caller));
                let answer = next.run(request).await;
                if let (Some(customer), Some(used)) = (&addressed, answer.extensions().get::<Used>()) {
                    customer.beside::<Ledger>().note(&username, used, icims.clock().now());
                }
                (answer, Some(standing))
            }
        },
        Err(error) => (error.into_response(), None),
    };
    stamp(&icims, answer.headers_mut(), addressed.as_deref(), standing);
    if answer.status() == StatusCode::UNAUTHORIZED {
        let headers = answer.headers_mut();
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"iCIMS\""));
        headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("x-icims-v1-hmac-sha256"));
    }
    answer
}

async fn admit(
    icims: &Icims,
    request: Request,
    named: Option<u64>,
    exists: bool,
) -> Result<(Caller, Standing, Request), ApiError> {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.address().ip());
    let (SignedIn { customer, tenant, username, rights }, request) = authenticate(icims, request).await?;
    // Whoever is signed in has been found, whatever is reset meanwhile.
    let asked = named.filter(|named| *named == customer.id() || exists).ok_or_else(|| ApiError::not_found("Customer"))?;
    if asked != customer.id() {
        let message = "The provided Username does not belong to this customer.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, Code::NotAuthorized, message));
    }
    let (limit, admitted) = tenant.read(|state| (state.info().daily_calls, state.admits(peer)));
    if !admitted {
        return Err(wrong_address(asked, peer));
    }
    let now = icims.clock().now();
    let standing = customer.beside::<Quota>().count(&username, limit, now);
    let workflow = request.extensions().get::<Subject>().and_then(|subject| subject.workflow.as_deref());
    customer.beside::<Budget>().count(request.uri().path(), workflow, now);
    Ok((Caller { tenant, urls: icims.urls_of(&customer), username, rights }, standing, request))
}

/// A caller that is not on the allowlist. Nobody documents the answer; status, number and text are *assumed*. The call is not counted.
fn wrong_address(customer: u64, peer: Option<IpAddr>) -> ApiError {
    let address = peer.map_or_else(|| "of the caller".to_owned(), |peer| peer.to_canonical().to_string());
    let message = format!("The address {address} is not allowed to access the API of customer {customer}.");
    ApiError::new(StatusCode::FORBIDDEN, Code::NotAuthorized, message)
}

/// What the refusal says when the calls of a day are used up (*assumed*, icims-api 4).
pub(super) fn used_up(user: &str, limit: u64) -> String {
    format!("The integration user {user} has used its {limit} calls of today.")
}

fn over_the_limit(caller: &Caller, standing: Standing) -> Response {
    let message = used_up(&caller.username, standing.limit);
    let mut answer = ApiError::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimit, message).into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, standing.reset.into());
    answer
}

/// The headers of every answer (icims-api 1.5). The same calls of a customer get the same ones, whatever others do.
pub(super) fn stamp(icims: &Icims, headers: &mut HeaderMap, customer: Option<&Customer>, standing: Option<Standing>) {
    headers.reserve(ALWAYS.len() + 8);
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let number = customer.map_or_else(|| icims.0.strangers.answer(), |customer| customer.beside::<Quota>().answer());
    let mut drawn = Sha256::new();
    for part in [icims.0.surroundings.seed, customer.map_or(HOUSE, Customer::id), number] {
        drawn.update(part.to_le_bytes());
    }
    let drawn = drawn.finalize();
    let (session, id) = drawn.split_at(16);
    let mut cookie = String::with_capacity(80);
    cookie.push_str("JSESSIONID=");
    digits(&mut cookie, session);
    cookie.push_str("; Path=/; Secure; HttpOnly");
    let mut transaction = String::with_capacity(40);
    for (part, before) in [(&id[..4], "{"), (&id[4..6], "-"), (&id[6..8], "-"), (&id[8..10], "-"), (&id[10..], "-")] {
        transaction.push_str(before);
        digits(&mut transaction, part);
    }
    transaction.push('}');
    let text = |text: String| HeaderValue::try_from(text).expect("hexadecimal digits can stand in a header");
    headers.insert(header::SET_COOKIE, text(cookie));
    headers.insert(TRANSACTION, text(transaction));
    if let Some(standing) = standing {
        headers.insert(LIMIT, standing.limit.into());
        headers.insert(REMAINING, standing.remaining.into());
        headers.insert(RESET, standing.reset.into());
    }
}

const TRANSACTION: HeaderName = HeaderName::from_static("x-transaction");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Bytes as upper-case hexadecimal digits.
fn digits(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}
