//! What all pages share: the shell around them, their headers, and errors as pages with a way back.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::access::Configures;
use super::parked::{self, Notice};
use super::{HOME, integration};
use crate::domain::{Customer, CustomerId, Role};
use crate::settings::{Problems, SaveError};
use crate::store::admins::Session;
use crate::store::{self, StoreError, Tx, jobs};
use crate::web::{TooOften, with_retry_after};

/// A rendered page with its status.
pub(super) struct Page<T>(pub(super) StatusCode, pub(super) T);

impl<T> Page<T> {
    /// A page that is answered `200`.
    pub(super) fn ok(page: T) -> Self {
        Self(StatusCode::OK, page)
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.1.render() {
            Ok(html) => (self.0, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "A page of the console could not be rendered.");
                unrendered()
            }
        }
    }
}

fn unrendered() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be rendered; the log says why.").into_response()
}

/// The sections of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Integration,
    General,
    Credentials,
    AtsToHarver,
    HarverToAts,
    Invitation,
    Orders,
    Refused,
    DeadLetters,
    History,
    Tokens,
    /// A page that no entry of the menu leads to.
    Nowhere,
}

impl Section {
    /// Whether it is about how the integration is set up, so that its sections stand beside it.
    fn is_of_the_integration(self) -> bool {
        match self {
            Self::Overview
            | Self::Integration
            | Self::General
            | Self::Credentials
            | Self::AtsToHarver
            | Self::HarverToAts
            | Self::Invitation => true,
            Self::Orders | Self::Refused | Self::DeadLetters | Self::History | Self::Tokens | Self::Nowhere => false,
        }
    }
}

/// What a page says at its top about what was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing was done.
    Nothing,
    /// The form was taken.
    Saved,
    /// The form was not taken, for these reasons.
    NotSaved(Vec<String>),
    /// The form is as it was typed before the session ended; it was not taken yet.
    Resumed,
}

impl Said {
    pub(super) fn is_saved(&self) -> bool {
        *self == Self::Saved
    }

    pub(super) fn is_resumed(&self) -> bool {
        *self == Self::Resumed
    }

    pub(super) fn reasons(&self) -> &[String] {
        if let Self::NotSaved(reasons) = self { reasons } else { &[] }
    }
}

impl From<&Problems> for Said {
    fn from(problems: &Problems) -> Self {
        if problems.is_empty() {
            return Self::Nothing;
        }
        Self::NotSaved(problems.iter().map(|(_, message)| message.to_owned()).collect())
    }
}

/// What stands around every page of somebody who is signed in.
pub(super) struct Shell {
    pub(super) here: Section,
    pub(super) customer_name: String,
    pub(super) customer: CustomerId,
    pub(super) email: String,
    pub(super) role: Role,
    /// Whether the integration was added, so that there is something to configure.
    pub(super) added: bool,
    pub(super) form_token: String,
    pub(super) dead_letters: u64,
    /// Those who refuse whatever is asked for the customer.
    pub(super) parked: Vec<Notice>,
    pub(super) support_contact: String,
    pub(super) said: Said,
}

impl Shell {
    /// Loads the customer of a session, and the shell of a page about it.
    ///
    /// # Errors
    /// When the store fails, or the customer is gone.
    pub(super) fn load(
        tx: &Tx<'_>,
        session: &Session,
        here: Section,
        support_contact: String,
    ) -> Result<(Customer, Self), Failure> {
        let customer = store::customer(tx, session.customer)?.ok_or(Failure::NotFound)?;
        let shell = Self {
            here,
            customer_name: customer.name.clone(),
            customer: customer.id,
            email: session.email.clone(),
            role: session.role,
            added: customer.added,
            form_token: session.form_token.clone(),
            dead_letters: jobs::count_dead(tx, customer.id)?,
            parked: parked::notices(tx, customer.id)?,
            support_contact,
            said: Said::Nothing,
        };
        Ok((customer, shell))
    }

    /// The same for a section of the integration, which is there once the integration was added.
    ///
    /// # Errors
    /// When the store fails, or the integration was not added yet.
    pub(super) fn of_section(
        tx: &Tx<'_>,
        who: &Configures,
        here: Section,
        support_contact: String,
    ) -> Result<(Customer, Self), Failure> {
        let (customer, shell) = Self::load(tx, &who.session, here, support_contact)?;
        if customer.added { Ok((customer, shell)) } else { Err(Failure::NotAdded) }
    }

    /// Whether whoever looks at the page may change settings.
    pub(super) fn configures(&self) -> bool {
        self.role == Role::HarverAdmin
    }

    /// Whether the sections of the integration stand beside the page.
    pub(super) fn has_sections(&self) -> bool {
        self.added && self.configures() && self.here.is_of_the_integration()
    }

    /// `aria-current` for the menu.
    pub(super) fn at(&self, section: Section) -> &'static str {
        if self.here == section { " aria-current=page" } else { "" }
    }

    /// The same for the entry that leads to all sections of the integration.
    pub(super) fn at_a_section(&self) -> &'static str {
        if self.here.is_of_the_integration() && self.here != Section::Overview { " aria-current=page" } else { "" }
    }
}

/// Why there is no page, or why a form was not taken.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is none, or it is another customer's.
    NotFound,
    /// It can only be reached by a form.
    WrongMethod,
    /// What was sent is no form, or far too large.
    NotAForm,
    /// The form does not carry the token of this session.
    StaleForm,
    /// The form was filled in on another site.
    OtherSite,
    /// There is nothing to configure yet: the integration comes first.
    NotAdded,
    /// The page could not be rendered; the log says why.
    Unrendered,
    /// Too many requests have come.
    TooOften(TooOften),
    /// The store failed.
    Store(StoreError),
}

impl Failure {
    /// A page that could not be made of what it shows.
    pub(super) fn unrendered(error: askama::Error) -> Self {
        tracing::error!(%error, "A page of the console could not be rendered.");
        Self::Unrendered
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SaveError> for Failure {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Store(error) => Self::Store(error),
            SaveError::NoSuchCustomer(_) => Self::NotFound,
            SaveError::NotAdded(_) => Self::NotAdded,
            // A page that takes settings shows their problems itself; elsewhere the form is not one of ours.
            SaveError::Problems(_) | SaveError::ChangedMeanwhile(_) => Self::NotAForm,
        }
    }
}

/// An error as a page with a way back.
#[derive(Template)]
#[template(path = "console/pages/problem.html")]
struct Problem {
    title: &'static str,
    message: &'static str,
    way_back: &'static str,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let wait = if let Self::TooOften(wait) = self { Some(wait) } else { None };
        let (status, title, message) = match self {
            Self::TooOften(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests",
                "There were more requests than are taken. Wait a few seconds, then load the page again.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Not found",
                "There is no such page in your console. Check the address, or begin at the overview.",
            ),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "Use the form",
                "This address only takes forms of the console. Begin at the overview.",
            ),
            Self::NotAForm => (
                StatusCode::BAD_REQUEST,
                "This is not a form",
                "What was sent cannot be read as a form of the console. Open the page again and fill it in there.",
            ),
            Self::StaleForm => (
                StatusCode::FORBIDDEN,
                "This form is out of date",
                "It was opened before you signed in, or on another page. Nothing was changed: open the page again and send it anew.",
            ),
            Self::OtherSite => (
                StatusCode::FORBIDDEN,
                "This form came from another site",
                "Nothing was changed. Open the console by its own address and fill the form in there.",
            ),
            Self::Unrendered => return unrendered(),
            Self::NotAdded => return Redirect::to(integration::PATH).into_response(),
            Self::Store(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "The store failed while a page of the console was made."
                );
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Not available at the moment",
                    "The integration cannot read or record anything at the moment. Try again in a minute; the log says more.",
                )
            }
        };
        let page = Page(status, Problem { title, message, way_back: HOME }).into_response();
        match wait {
            Some(wait) => with_retry_after(page, wait),
            None => page,
        }
    }
}

/// Every address below the console that is none.
pub(super) async fn not_found() -> Failure {
    Failure::NotFound
}

/// A known address, asked in a way that it does not take.
pub(super) async fn wrong_method() -> Failure {
    Failure::WrongMethod
}

/// Pages load nothing from elsewhere, are shown in no frame, and are kept in no cache: they hold credentials and names.
///
/// `Referrer-Policy` is `same-origin` and not `no-referrer`, because browsers then send `Origin: null` with our own forms.
pub(super) async fn with_security_headers(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            ),
        ),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    for (name, value) in HEADERS {
        // A page that needs another policy has said so itself.
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
