//! Who is at the other end: the cookie that a magic link leaves, limited to the pages of one application.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::notice;
use crate::engine::{Surroundings, Tenant};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{Application, ApplicationId, Vacancy};
use crate::harver_platform::state::{AccountState, Step, step};

/// What the name of the cookie begins with that signs a browser in.
const COOKIE: &str = "harver_journey";

/// Nobody is signed in to the application in the path, or it is gone.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignedOut;

impl IntoResponse for SignedOut {
    fn into_response(self) -> Response {
        notice::signed_out()
    }
}

/// A candidate whose browser is signed in to the application in the path.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) account: Arc<Tenant<AccountState>>,
    pub(super) application: ApplicationId,
    pub(super) now: Timestamp,
}

impl Visitor {
    /// Reads account, vacancy and application; a page for those signed out if they are gone.
    pub(super) fn look<T>(&self, look: impl FnOnce(&AccountState, &Vacancy, &Application) -> T) -> Result<T, SignedOut> {
        self.account.read(|state| {
            let (vacancy, application) = state.journey(&self.application).map_err(|_| SignedOut)?;
            Ok(look(state, vacancy, application))
        })
    }

    /// The address of the step the candidate is at.
    pub(super) fn whereabouts(&self) -> Result<String, SignedOut> {
        self.look(|_, vacancy, application| {
            let page = match step(vacancy, application) {
                Step::Landing => "landing".to_owned(),
                Step::Module(key) => format!("modules/{key}"),
                Step::End => "end".to_owned(),
            };
            format!("/app/journey/{}/{page}", self.application)
        })
    }

    /// Sends the browser to the step the candidate is at.
    pub(super) fn go_on(&self) -> Response {
        self.whereabouts().map(|address| Redirect::to(&address)).into_response()
    }
}

impl FromRequestParts<HarverPlatform> for Visitor {
    type Rejection = SignedOut;

    async fn from_request_parts(parts: &mut Parts, platform: &HarverPlatform) -> Result<Self, SignedOut> {
        let path = RawPathParams::from_request_parts(parts, platform).await.map_err(|_| SignedOut)?;
        let application = path.iter().find(|(name, _)| *name == "application").and_then(|(_, value)| value.parse().ok());
        let application: ApplicationId = application.ok_or(SignedOut)?;
        let now = platform.now();
        let own = platform.0.surroundings.cookie(COOKIE);
        let accounts = cookies(&parts.headers, &own).filter_map(|cookie| Some((platform.account_of_secret(cookie)?, cookie)));
        let signed_in =
            accounts.into_iter().find(|(account, cookie)| account.read(|state| state.is_signed_in(&application, cookie, now)));
        let (account, _) = signed_in.ok_or(SignedOut)?;
        Ok(Self { account, application, now })
    }
}

pub(super) fn cookies<'a>(headers: &'a HeaderMap, own: &'a str) -> impl Iterator<Item = &'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(move |pair| pair.trim().strip_prefix(own)?.strip_prefix('='))
}

/// The `Set-Cookie` value that signs a browser in to one application.
pub(super) fn cookie(surroundings: &Surroundings, application: &ApplicationId, session: &str) -> String {
    let secure = if surroundings.base_url.scheme() == "https" { "; Secure" } else { "" };
    let name = surroundings.cookie(COOKIE);
    format!("{name}={session}; Path=/app/journey/{application}; HttpOnly; SameSite=Lax{secure}")
}

/// The fields of a posted form; of fields of the same name the last one counts.
pub(super) fn form(body: &Bytes) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(body).into_owned().collect()
}
