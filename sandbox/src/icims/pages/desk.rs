//! Who looks at which customer: what every recruiter screen starts from, and the page for what does not exist.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use crate::engine::{DiskError, Tenant};
use crate::icims::Icims;
use crate::icims::model::Person;
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::{Page, Problem};

/// What the header of a recruiter screen shows.
#[derive(Clone, Debug)]
pub(super) struct Shell {
    pub(super) customer: u64,
    pub(super) name: String,
    /// Whoever looks at the screens works as this recruiter; there is no log-in (*assumed*: testers would only repeat it).
    pub(super) user: String,
}

/// A recruiter at a customer's platform, with the ids that the address names.
pub(super) struct Desk {
    pub(super) icims: Icims,
    pub(super) tenant: Arc<Tenant<CustomerState>>,
    pub(super) shell: Shell,
    ids: Vec<(String, String)>,
}

impl Desk {
    /// The id that the address carries in this place. Text that is no id names nothing that exists.
    pub(super) fn id<T: FromStr>(&self, place: &str) -> Result<T, Refused> {
        let text = self.ids.iter().find(|(name, _)| name == place).map_or("", |(_, value)| value);
        text.parse().map_err(|_| self.missing(place, text))
    }

    /// The text that the address carries in this place.
    pub(super) fn segment(&self, place: &str) -> &str {
        self.ids.iter().find(|(name, _)| name == place).map_or("", |(_, value)| value)
    }

    /// The present on the virtual clock.
    pub(super) fn now(&self) -> Timestamp {
        self.icims.clock().now()
    }

    /// An address of this customer.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/icims2/{}{rest}", self.shell.customer)
    }

    /// Sends the browser to an address of this customer after a change.
    pub(super) fn go(&self, rest: &str) -> Response {
        Redirect::to(&self.path(rest)).into_response()
    }

    /// Where a direct link leads, if the customer has them (icims-api 11.4).
    pub(super) fn follow(&self, rest: &str) -> Result<Response, Refused> {
        if self.tenant.read(|state| state.switches().direct_links) {
            return Ok(self.go(rest));
        }
        let message = format!("Direct links are not enabled for {}. Search for the profile instead.", self.shell.name);
        Err(Refused::missing("icims", message, ("Back to the dashboard".into(), self.path(""))))
    }

    /// The page for a profile that this platform does not have.
    pub(super) fn missing(&self, what: &str, id: impl std::fmt::Display) -> Refused {
        Refused::missing(
            "icims",
            format!(
                "There is no {what} {id} in {}. It may have been removed by a reset; search for it instead.",
                self.shell.name
            ),
            ("Back to the dashboard".into(), self.path("")),
        )
    }
}

impl FromRequestParts<Icims> for Desk {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, icims: &Icims) -> Result<Self, Refused> {
        let ids = segments(parts, icims).await;
        let (customer, tenant) = customer(icims, &ids, "icims")?;
        let (name, user) = tenant
            .read(|state| (state.info().name.clone(), state.person(state.recruiter()).map_or_else(String::new, Person::name)));
        Ok(Self { icims: icims.clone(), tenant, shell: Shell { customer, name, user }, ids })
    }
}

/// The named parts of the address.
pub(super) async fn segments(parts: &mut Parts, icims: &Icims) -> Vec<(String, String)> {
    match RawPathParams::from_request_parts(parts, icims).await {
        Ok(named) => named.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        // Bytes that are no UTF-8 name nothing that exists.
        Err(_) => Vec::new(),
    }
}

/// The customer that the address names.
pub(super) fn customer(
    icims: &Icims,
    ids: &[(String, String)],
    product: &'static str,
) -> Result<(u64, Arc<Tenant<CustomerState>>), Refused> {
    let text = ids.iter().find(|(name, _)| name == "customer").map_or("", |(_, value)| value);
    let found = text.parse().ok().and_then(|id| Some((id, icims.customer(id)?)));
    found.ok_or_else(|| {
        Refused::missing(
            product,
            format!("There is no iCIMS customer {text} here. The start page lists the customers of this sandbox."),
            ("To the start page".into(), "/".into()),
        )
    })
}

/// A page instead of the one that was asked for.
#[derive(Debug)]
pub(super) struct Refused(StatusCode, Box<Problem>);

impl Refused {
    pub(super) fn missing(product: &'static str, message: String, way_back: (String, String)) -> Self {
        Self(StatusCode::NOT_FOUND, Box::new(Problem { product, title: "Not found".into(), message, way_back }))
    }
}

/// What a rule answered, once it is known that the disk is not to blame.
pub(super) fn said<T>(outcome: Result<T, Refusal>) -> Result<Result<T, Refusal>, Refused> {
    match outcome {
        Err(Refusal::Storage(error)) => Err(error.into()),
        other => Ok(other),
    }
}

impl From<DiskError> for Refused {
    fn from(error: DiskError) -> Self {
        tracing::error!(%error, "A change made on a screen was not stored.");
        let problem = Problem {
            product: "icims",
            title: "The change was not stored".into(),
            message: format!("{error}. Try again once that is repaired."),
            way_back: ("To the start page".into(), "/".into()),
        };
        Self(StatusCode::SERVICE_UNAVAILABLE, Box::new(problem))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        Page(self.0, *self.1).into_response()
    }
}
