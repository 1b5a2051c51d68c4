//! Who may do what: a Harver Admin configures, a Recruiter reads orders (promise G08).
//!
//! A handler that shows or changes how the integration is set up takes [`Configures`] or [`ConfiguresForm`]. Nothing else makes one, and
//! what changes settings asks for one, so that a handler cannot forget it.

use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::Console;
use super::form::NoFields;
use super::page::{Failure, Page, Section, Shell};
use super::session::{SignedForm, SignedIn};
use crate::domain::Role;
use crate::store::admins::{self, Session};

/// Somebody who is signed in and may configure. Asking for it tells everybody else whom to ask.
pub(super) struct Configures {
    pub(super) session: Session,
    /// Keeps others from making one without the check.
    _checked: (),
}

/// A form that somebody who may configure filled in on a page of ours.
pub(super) struct ConfiguresForm<F = NoFields> {
    pub(super) by: Configures,
    pub(super) fields: F,
}

/// What somebody meets who may not configure.
#[derive(Template)]
#[template(path = "console/pages/only_admins.html")]
struct OnlyAdmins {
    shell: Shell,
    /// The addresses of those who can help.
    admins: Vec<String>,
}

impl Configures {
    /// Whoever the session is of, if that is a Harver Admin.
    pub(super) fn allowed(session: Session) -> Result<Self, Session> {
        match session.role {
            Role::HarverAdmin => Ok(Self { session, _checked: () }),
            Role::Recruiter => Err(session),
        }
    }

    async fn or_refused(session: Session, console: &Console) -> Result<Self, Response> {
        match Self::allowed(session) {
            Ok(allowed) => Ok(allowed),
            Err(session) => Err(only_admins(session, console).await.into_response()),
        }
    }
}

impl FromRequestParts<Console> for Configures {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let signed_in = SignedIn::from_request_parts(parts, console).await?;
        Self::or_refused(signed_in.session, console).await
    }
}

impl<F: DeserializeOwned + Send> FromRequest<Console> for ConfiguresForm<F> {
    type Rejection = Response;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Response> {
        let SignedForm { by, fields } = SignedForm::from_request(request, console).await?;
        Ok(Self { by: Configures::or_refused(by.session, console).await?, fields })
    }
}

async fn only_admins(session: Session, console: &Console) -> Result<Page<OnlyAdmins>, Failure> {
    let support = console.support_contact.clone();
    let look = move |tx: &crate::store::Tx<'_>| {
        let (customer, shell) = Shell::load(tx, &session, Section::Nowhere, support)?;
        let helpful = |admin: &admins::Admin| admin.customer == customer.id && admin.role == Role::HarverAdmin;
        let admins = admins::everybody(tx)?.into_iter().filter(helpful).map(|admin| admin.email).collect();
        Ok::<_, Failure>(OnlyAdmins { shell, admins })
    };
    Ok(Page(StatusCode::FORBIDDEN, console.store.read(look).await?))
}
