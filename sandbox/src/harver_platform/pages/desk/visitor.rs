//! Who is at the other end: the cookie that signing in leaves, and the page for what does not exist.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::sign_in;
use crate::engine::{Surroundings, Tenant};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::pages::notice::{self, Notice};
use crate::harver_platform::pages::session::cookies;
use crate::harver_platform::state::{AccountState, Refusal};
use crate::ui::Page;

/// What the name of the cookie begins with that signs a browser in.
const COOKIE: &str = "harver_desk";

/// What the header of a screen shows.
#[derive(Clone, Debug)]
pub(super) struct Shell {
    pub(super) account: String,
    pub(super) user: String,
}

/// Somebody who is signed in to an account, with the ids that the address names.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) account: Arc<Tenant<AccountState>>,
    pub(super) shell: Shell,
    pub(super) session: String,
    pub(super) now: Timestamp,
    ids: Vec<(String, String)>,
}

impl Desk {
    /// The id that the address carries in this place. Text that is no id names nothing that exists.
    pub(super) fn id<T: FromStr>(&self, place: &'static str) -> Result<T, Refused> {
        let text = self.ids.iter().find(|(name, _)| name == place).map_or("", |(_, value)| value);
        text.parse().map_err(|_| Refused::Missing(place))
    }
}

impl FromRequestParts<HarverPlatform> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, platform: &HarverPlatform) -> Result<Self, Response> {
        let ids = match RawPathParams::from_request_parts(parts, platform).await {
            Ok(named) => named.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            // Bytes that are no UTF-8 name nothing that exists.
            Err(_) => Vec::new(),
        };
        let (own, now) = (cookie_name(&platform.0.surroundings), platform.now());
        let signed_in = cookies(&parts.headers, &own).find_map(|session| {
            let account = platform.account_of_secret(session)?;
            let shell = account.read(|state| {
                let user = state.signed_in_user(session, now)?;
                Some(Shell { account: state.profile().name.clone(), user: user.email.clone() })
            })?;
            Some(Self { account, shell, session: session.to_owned(), now, ids: Vec::new() })
        });
        // A form that was sent is lost; what is asked for comes after signing in.
        let next = if parts.method == Method::GET { parts.uri.to_string() } else { sign_in::FIRST.to_owned() };
        let desk = signed_in.ok_or_else(|| sign_in::needed(&next))?;
        Ok(Self { ids, ..desk })
    }
}

/// The name under which a browser keeps its sign-in.
pub(super) fn cookie_name(surroundings: &Surroundings) -> String {
    surroundings.cookie(COOKIE)
}

/// A page instead of the one that was asked for.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no such thing in this account.
    Missing(&'static str),
    /// The change was not stored.
    NotStored(String),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown(what) => Self::Missing(what),
            Refusal::Against { detail, .. } => Self::NotStored(detail),
            Refusal::Disk(error) => Self::NotStored(error.to_string()),
        }
    }
}

/// What a rule answered, once it is known that neither the disk nor a missing row is to blame: the inner error is in words for a person.
pub(super) fn said<T>(outcome: Result<T, Refusal>) -> Result<Result<T, String>, Refused> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(Refusal::Against { title, detail }) => Ok(Err(format!("{title}: {detail}."))),
        Err(other) => Err(other.into()),
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let what = match self {
            Self::Missing(what) => what,
            Self::NotStored(reason) => return notice::not_stored(&reason),
        };
        let text = format!("There is no such {what} in your account. It may have been removed by a reset.");
        let mut page = Notice::english("missing", "Not found", &[&text]);
        page.way_on = Some(("way-back", "To the vacancies".into(), sign_in::FIRST.into()));
        Page(StatusCode::NOT_FOUND, page).into_response()
    }
}
