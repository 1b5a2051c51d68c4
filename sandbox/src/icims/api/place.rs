//! What the path of a call names, as a value that its caller may use.
//!
//! A handler gets at a customer only through the extractors here. They take the path apart once, as the router has decoded it, ask the
//! caller's rights of the profile type that came out, and build what the handler works on from that type. So there is no text about which
//! router and rights could disagree, and no handler without the question.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};

use crate::icims::model::ProfileKey;
use crate::icims::schema::ProfileType;

use super::error::{ApiError, Code};
use super::extract::not_simulated;
use super::gate::Caller;

/// Whom the gate has let in, on its way to the extractors.
#[derive(Clone, Debug)]
pub(super) struct LetIn(Caller);

impl LetIn {
    pub(super) fn new(caller: Caller) -> Self {
        Self(caller)
    }
}

/// The variable segments of a path by their names in the route, decoded.
#[derive(Debug)]
pub(super) struct Named(RawPathParams);

impl Named {
    /// The segment of this name.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| *key == name).map_or("", |(_, text)| text)
    }

    /// The id in the segment of this name.
    pub(super) fn id<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        RawPathParams::from_request_parts(parts, state).await.map(Self).map_err(|_| ApiError::not_found("Resource"))
    }
}

/// Something among the profiles of one type.
pub(super) trait Place: Sized {
    /// Whether nothing is written here, whatever the method: searching is reading.
    const ONLY_READS: bool = false;

    /// The type that it belongs to.
    fn kind(named: &Named) -> Result<ProfileType, ApiError>;

    /// The place, below a type that the caller may use.
    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError>;

    /// What the refusal calls it.
    fn title(kind: ProfileType) -> &'static str {
        kind.title()
    }
}

/// A caller at a place, who may do there what the method says; otherwise code 3 (icims-api 2.5).
#[derive(Debug)]
pub(super) struct At<P>(pub(super) Caller, pub(super) P);

impl<S: Send + Sync, P: Place> FromRequestParts<S> for At<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let WholeCustomer(caller, named) = let_in(parts, state).await?;
        let kind = P::kind(&named)?;
        let reads = P::ONLY_READS || only_reads(&parts.method);
        if caller.rights.hides_type(kind) || (caller.rights.read_only && !reads) {
            return Err(ApiError::access_denied(P::title(kind)));
        }
        Ok(Self(caller, P::below(kind, &named)?))
    }
}

/// A caller at what belongs to no profile type: the customer itself, its lists.
#[derive(Debug)]
pub(super) struct WholeCustomer(pub(super) Caller, pub(super) Named);

impl<S: Send + Sync> FromRequestParts<S> for WholeCustomer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let whole = let_in(parts, state).await?;
        if whole.0.rights.read_only && !only_reads(&parts.method) {
            return Err(ApiError::access_denied("Resource"));
        }
        Ok(whole)
    }
}

fn only_reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

async fn let_in<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<WholeCustomer, ApiError> {
    let named = Named::from_request_parts(parts, state).await?;
    // A route beside the gate has nobody who was let in.
    let nobody = || ApiError::new(StatusCode::UNAUTHORIZED, Code::Credentials, "Nobody has signed in.");
    let LetIn(caller) = parts.extensions.get::<LetIn>().cloned().ok_or_else(nobody)?;
    Ok(WholeCustomer(caller, named))
}

/// The profiles of a type; other types of the real API are refused by name.
impl Place for ProfileType {
    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        let name = named.text("kind");
        Self::of_url(name).ok_or_else(|| not_simulated(&format!("/customers/{{customerId}}/{name}")))
    }

    fn below(kind: ProfileType, _: &Named) -> Result<Self, ApiError> {
        Ok(kind)
    }
}

/// One profile.
#[derive(Debug)]
pub(super) struct Profile(pub(super) ProfileKey);

impl Place for Profile {
    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        <ProfileType as Place>::kind(named)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        let id = named.text("id");
        let digits = id.bytes().all(|byte| byte.is_ascii_digit());
        let number = id.parse().ok().filter(|_| digits);
        number.map(|number| Self((kind, number))).ok_or_else(|| ApiError::not_found(kind.title()))
    }
}

/// A field of a profile, by a name that need not be one.
#[derive(Debug)]
pub(super) struct NamedField(pub(super) ProfileKey, pub(super) String);

impl Place for NamedField {
    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        Profile::kind(named)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        let Profile(key) = Profile::below(kind, named)?;
        Ok(Self(key, named.text("field").to_owned()))
    }
}

/// An entry of a collection, by an id that need not be one.
#[derive(Debug)]
pub(super) struct NamedEntry(pub(super) ProfileKey, pub(super) String, pub(super) String);

impl Place for NamedEntry {
    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        Profile::kind(named)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        let NamedField(key, field) = NamedField::below(kind, named)?;
        Ok(Self(key, field, named.text("entry").to_owned()))
    }
}
