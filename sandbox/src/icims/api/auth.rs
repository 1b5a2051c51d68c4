//! Who is calling: Basic, Bearer tokens and signed requests (icims-api 2).

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::engine::{Customer, Tenant, path_as_sent};
use crate::icims::Icims;
use crate::icims::signing::{self, CONTENT, Claim, DATE, SCHEME, Signed};
use crate::icims::state::users::{IntegrationUser, Rights};
use crate::icims::state::{CustomerState, LOGIN};

use super::PREFIX;
use super::error::{ApiError, Code};
use super::limits;

/// The integration user that a request comes from.
#[derive(Clone, Debug)]
pub(super) struct SignedIn {
    /// Looked up once: whatever is reset meanwhile, the call is about this one.
    pub(super) customer: Arc<Customer>,
    pub(super) tenant: Arc<Tenant<CustomerState>>,
    pub(super) username: Arc<str>,
    pub(super) rights: Arc<Rights>,
}

/// Checks who is calling, by the head of the request. Only a body whose hash was signed is read for that, after the signature has been
/// checked and up to the limit of the call, and put back.
pub(super) async fn authenticate(icims: &Icims, request: Request) -> Result<(SignedIn, Request), ApiError> {
    let rejected = || unauthorized(Code::Credentials, "Invalid Username or Password credentials provided.");
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(rejected)?;
    let (scheme, rest) = given.trim().split_once(' ').ok_or_else(rejected)?;
    if scheme.eq_ignore_ascii_case("basic") {
        return Ok((basic(icims, rest.trim())?.ok_or_else(rejected)?, request));
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok((bearer(icims, rest.trim())?.ok_or_else(not_authentic)?, request));
    }
    if scheme.eq_ignore_ascii_case(SCHEME) {
        let user = signed(icims, &request, rest)?.ok_or_else(not_authentic)?;
        // In a box, so that calls with a password do not carry its size along.
        return Ok((user, Box::pin(with_signed_body(request)).await?));
    }
    Err(rejected())
}

fn unauthorized(code: Code, message: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code, message)
}

/// For signed requests seen in a client's test (icims-api 2.4), for tokens *assumed*.
fn not_authentic() -> ApiError {
    unauthorized(Code::Signature, "Authentication credentials invalid")
}

fn basic(icims: &Icims, credentials: &str) -> Result<Option<SignedIn>, ApiError> {
    let Ok(bytes) = STANDARD.decode(credentials) else { return Ok(None) };
    for reading in readings(bytes) {
        let Some((username, password)) = reading.split_once(':') else { continue };
        let found = with_user(icims, username, |user| user.username == username && same(&user.password, password))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The user names that Basic credentials can mean. Nothing is proved.
pub(super) fn basic_names(credentials: &str) -> impl Iterator<Item = String> {
    let readings = STANDARD.decode(credentials).into_iter().flat_map(readings);
    readings.filter_map(|reading| reading.split_once(':').map(|(name, _)| name.to_owned()))
}

/// What the bytes of credentials can mean: clients write them in UTF-8, or in Latin-1 as the first standard had it (RFC 7617, B.3;
/// *assumed*, that both are taken). ASCII means the same in both.
fn readings(bytes: Vec<u8>) -> impl Iterator<Item = String> {
    let latin = (!bytes.is_ascii()).then(|| bytes.iter().map(|&byte| char::from(byte)).collect());
    String::from_utf8(bytes).ok().into_iter().chain(latin)
}

fn bearer(icims: &Icims, token: &str) -> Result<Option<SignedIn>, ApiError> {
    let customer = token.split_once('.').and_then(|(id, _)| id.parse::<u64>().ok());
    let Some((customer, tenant)) = customer.and_then(|id| found(icims, id)) else { return Ok(None) };
    let now = icims.clock().now();
    tenant.read(|state| match state.token_user(token, now).and_then(|name| state.integration_user(name)) {
        Some(user) => admitted(&customer, &tenant, user).map(Some),
        None => Ok(None),
    })
}

fn signed(icims: &Icims, request: &Request, rest: &str) -> Result<Option<SignedIn>, ApiError> {
    let Some(claim) = Claim::read(rest) else { return Ok(None) };
    let Some(values) = claim.headers.iter().map(|name| value_of(request.headers(), name)).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let headers: Vec<(&str, &str)> = claim.headers.iter().copied().zip(values.iter().map(String::as_str)).collect();
    let date = headers.iter().find(|(name, _)| *name == DATE).map_or("", |(_, value)| value.trim());
    if !signing::is_current(date, icims.clock().now()) {
        return Ok(None);
    }
    // The router has taken the beginning of the path off.
    let path = path_as_sent(request.extensions()).map_or_else(|| format!("{PREFIX}{}", request.uri().path()), str::to_owned);
    let request = Signed {
        method: request.method().as_str(),
        path: &path,
        query: request.uri().query().unwrap_or_default(),
        headers: &headers,
        date,
    };
    with_user(icims, claim.user, |user| claim.fits(&request, &user.hmac_key))
}

/// The values of a header in one line; `None` when it is not there.
fn value_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Option<Vec<&str>> = headers.get_all(name).iter().map(|value| value.to_str().ok()).collect();
    values.filter(|values| !values.is_empty()).map(|values| values.join(","))
}

/// The user of this name, if the proof holds.
fn with_user(icims: &Icims, name: &str, proves: impl FnOnce(&IntegrationUser) -> bool) -> Result<Option<SignedIn>, ApiError> {
    let Some(login) = icims.registry().owner(LOGIN, name) else { return Ok(None) };
    let Some((customer, tenant)) = found(icims, login.customer) else { return Ok(None) };
    tenant.read(|state| match state.integration_user(&login.whose).filter(|user| proves(user)) {
        Some(user) => admitted(&customer, &tenant, user).map(Some),
        None => Ok(None),
    })
}

fn found(icims: &Icims, id: u64) -> Option<(Arc<Customer>, Arc<Tenant<CustomerState>>)> {
    let customer = icims.registry().customer(id)?;
    let tenant = customer.tenant()?;
    Some((customer, tenant))
}

/// A user who has proved to be one, unless the login may not be used here. The text is real, status and number are *assumed* (icims-api
/// 2.1).
fn admitted(customer: &Arc<Customer>, tenant: &Arc<Tenant<CustomerState>>, user: &IntegrationUser) -> Result<SignedIn, ApiError> {
    if user.barred {
        return Err(unauthorized(Code::NotAuthorized, "The provided Username is not Authorized to access Web Services"));
    }
    Ok(SignedIn {
        customer: Arc::clone(customer),
        tenant: Arc::clone(tenant),
        username: user.username.as_str().into(),
        rights: Arc::clone(&user.rights),
    })
}

/// Compares the body with its hash, if the hash was signed. The signature itself has been checked, so nobody else makes us read.
async fn with_signed_body(request: Request) -> Result<Request, ApiError> {
    let is_signed = |value: &str| {
        let claim = value.trim().split_once(' ').and_then(|(_, rest)| Claim::read(rest));
        claim.is_some_and(|claim| claim.headers.contains(&CONTENT))
    };
    if !value_of(request.headers(), header::AUTHORIZATION.as_str()).is_some_and(|value| is_signed(&value)) {
        return Ok(request);
    }
    let request = limits::keep(request)?;
    let limit = limits::of(&request);
    let expected = value_of(request.headers(), CONTENT).unwrap_or_default();
    let (parts, body) = request.into_parts();
    // What was packed has been unpacked on its way here: the hash is that of the text (icims-api 2.4).
    let read = Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await;
    let body = read.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => limits::too_large(limit),
        status => limits::not_read(status),
    })?;
    if !same(&signing::hash(&body), expected.trim()) {
        return Err(not_authentic());
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

pub(super) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
