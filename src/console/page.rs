//! What all pages share: the shell around them, their headers, and errors as pages with a way back.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::HOME;
use crate::domain::{Customer, CustomerId};
use crate::settings::SaveError;
use crate::store::admins::Session;
use crate::store::{self, StoreError, Tx, jobs};

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
                (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be rendered; the log says why.").into_response()
            }
        }
    }
}

/// The sections of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Credentials,
    Orders,
    DeadLetters,
}

/// What stands around every page of somebody who is signed in.
pub(super) struct Shell {
    pub(super) here: Section,
    pub(super) customer_name: String,
    pub(super) customer: CustomerId,
    pub(super) email: String,
    pub(super) form_token: String,
    pub(super) dead_letters: u64,
    pub(super) support_contact: String,
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
            form_token: session.form_token.clone(),
            dead_letters: jobs::count_dead(tx, customer.id)?,
            support_contact,
        };
        Ok((customer, shell))
    }

    /// `aria-current` for the menu.
    pub(super) fn at(&self, section: Section) -> &'static str {
        if self.here == section { " aria-current=page" } else { "" }
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
    /// The store failed.
    Store(StoreError),
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
            // A page that takes settings shows their problems itself; elsewhere the form is not one of ours.
            SaveError::Problems(_) => Self::NotAForm,
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
        let (status, title, message) = match self {
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
        Page(status, Problem { title, message, way_back: HOME }).into_response()
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
    response.headers_mut().extend(HEADERS);
    response
}
