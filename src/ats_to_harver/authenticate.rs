//! Whose iCIMS calls, told from what it presents, because the endpoint is the same for every customer. One user name and password open it
//! in each of the ways that iCIMS offers (assessment-flow.md 1): as they are, as the key of a signature, or for a token that was given out
//! for them. Nothing of a body is read for somebody who is not known.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Uri, header};

use super::AtsToHarver;
use super::refusal::Refusal;
use crate::domain::Customer;
use crate::icims::{Signature, SignedRequest};
use crate::store::{self, Door, StoreError, Tx};
use crate::web::{Presented, receive_body, unpacked};

/// A request as far as somebody can be told by it.
pub(super) struct Call<'a> {
    pub(super) method: &'a Method,
    /// The address as it was sent.
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
}

/// A request of somebody who is known.
pub(super) struct Known {
    pub(super) customer: Customer,
    pub(super) body: Body,
}

/// The customer whose iCIMS calls.
///
/// # Errors
/// When it presents nothing, or nothing that opens.
pub(super) async fn authenticate(work: &AtsToHarver, call: &Call<'_>, body: Body) -> Result<Known, Refusal> {
    if let Some(token) = bearer(call.headers) {
        let (token, now) = (token.to_owned(), work.clock.now());
        let found = work.store.read(move |tx| store::customer_of_event_token(tx, &token, now)).await?;
        return known(found, body);
    }
    let known_as = work.public_url.authority();
    let request = SignedRequest { method: call.method, uri: call.uri, headers: call.headers, known_as };
    match Signature::of(&request, work.clock.now()) {
        Some(signature) => signed(work, signature, call.headers, body).await,
        None => known(with_password(work, call.headers).await?, body),
    }
}

fn known(found: Option<Customer>, body: Body) -> Result<Known, Refusal> {
    found.map(|customer| Known { customer, body }).ok_or(Refusal::Credentials)
}

async fn with_password(work: &AtsToHarver, headers: &HeaderMap) -> Result<Option<Customer>, StoreError> {
    for presented in Presented::in_headers(headers) {
        if let Some(customer) = opened_by(work, presented).await? {
            return Ok(Some(customer));
        }
    }
    Ok(None)
}

/// The customer whose events this user name and password open.
///
/// # Errors
/// When the store fails.
pub(super) async fn opened_by(work: &AtsToHarver, presented: Presented) -> Result<Option<Customer>, StoreError> {
    let now = work.clock.now();
    let proving =
        move |tx: &Tx<'_>| store::customer_proving(tx, Door::Events, &presented.username, |events| presented.opens(events, now));
    work.store.read(proving).await
}

/// The signature comes first, the body that it covers is read afterwards.
async fn signed(work: &AtsToHarver, signature: Signature, headers: &HeaderMap, body: Body) -> Result<Known, Refusal> {
    let (claimed, now) = (signature.clone(), work.clock.now());
    let found = work.store.read(move |tx| {
        store::customer_proving(tx, Door::Events, &claimed.user, |events| {
            events.passwords_at(now).fold(false, |proven, key| claimed.is_made_with(key) | proven)
        })
    });
    let customer = found.await?.ok_or(Refusal::Credentials)?;
    let sent = receive_body(body, work.deadline).await?;
    let is_covered = signature.covers(&sent) || unpacked(headers, sent.clone()).is_ok_and(|plain| signature.covers(&plain));
    if is_covered { Ok(Known { customer, body: sent.into() }) } else { Err(Refusal::Credentials) }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
