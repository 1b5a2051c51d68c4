//! Why control did not do what it was asked.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::connector::ConnectorError;
use super::provider_states::BadState;
use super::transfer::BadFile;
use crate::engine::DiskError;
use crate::ui::ApiProblem;

/// One variant for each thing a tester can do about it.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// There is no such customer.
    #[error("there is no customer {0}: GET /__sandbox/customers lists them, POST makes a new one")]
    UnknownCustomer(String),
    /// There is no such integration user.
    #[error("customer {customer} has no integration user {name}: GET /__sandbox/customers/{customer}/users lists them")]
    UnknownUser {
        /// The customer.
        customer: String,
        /// The name.
        name: String,
    },
    /// There is no such event.
    #[error("customer {customer} has no event {event}: GET /__sandbox/customers/{customer}/events lists them")]
    UnknownEvent {
        /// The customer.
        customer: String,
        /// The event.
        event: String,
    },
    /// There is no such vacancy.
    #[error("customer {customer} has no vacancy {vacancy}: the platform's Vacancy Overview lists their ids")]
    UnknownVacancy {
        /// The customer.
        customer: String,
        /// The id.
        vacancy: String,
    },
    /// The input cannot be used.
    #[error("{0}")]
    BadInput(String),
    /// The chosen number is in use.
    #[error("customer id {0} has been used: choose another one, or leave id out to get the next one")]
    CustomerExists(u64),
    /// The customer is being seeded.
    #[error("customer {0} is being seeded: GET /__sandbox/seed says how far it is")]
    SeedingAlready(u64),
    /// There is no room for another customer.
    #[error("there are {0} customers already: POST /__sandbox/reset to start anew")]
    TooManyCustomers(usize),
    /// The customer of a file is here already.
    #[error(
        "customer {0} is here already: DELETE /__sandbox/customers/{0} first, or add ?replace=true to put the file in its place"
    )]
    CustomerInUse(u64),
    /// Names of a customer in a file belong to another one here.
    #[error(
        "customer {customer} has names or an account that customer {other} has here: import it into another sandbox, or DELETE that one"
    )]
    NamesInUse {
        /// The customer in the file.
        customer: u64,
        /// The customer that is here.
        other: u64,
    },
    /// A file cannot be taken in.
    #[error("the file cannot be taken in, and nothing was changed")]
    BadFile(#[from] BadFile),
    /// There is no such snapshot.
    #[error("there is no snapshot {0}: GET /__sandbox/snapshots lists them, PUT takes one")]
    UnknownSnapshot(String),
    /// The snapshot does not hold the customer.
    #[error("snapshot {name} does not hold customer {customer}: GET /__sandbox/snapshots says what each of them holds")]
    NotInSnapshot {
        /// The snapshot.
        name: String,
        /// The customer.
        customer: String,
    },
    /// There is no room for another snapshot.
    #[error("there are {0} snapshots already: DELETE one of them, or take the place of one by its name")]
    TooManySnapshots(usize),
    /// A snapshot on disk cannot be read.
    #[error("snapshot {name} cannot be read and nothing was changed: DELETE it")]
    SnapshotDamaged {
        /// The snapshot.
        name: String,
        /// What is wrong with it.
        #[source]
        source: DiskError,
    },
    /// The start is not over.
    #[error("the sandbox is starting: ask again in a moment, or let harver-icims wait ask until it is ready")]
    Starting,
    /// There is no such state of a provider, or its parameters do not fit.
    #[error(transparent)]
    BadState(#[from] BadState),
    /// A state of a provider could not be brought about.
    #[error("the state {state:?} could not be brought about")]
    State {
        /// Its name.
        state: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The integration could not be set up or asked.
    #[error("the integration did not do what it was asked")]
    Integration(#[from] ConnectorError),
    /// An actor refused a part of the sample world.
    #[error("the sample world could not be made")]
    Sample(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A change could not be stored.
    #[error("the change could not be stored")]
    Disk(#[from] DiskError),
}

impl From<ControlError> for ApiProblem {
    fn from(error: ControlError) -> Self {
        let (status, code) = match &error {
            ControlError::UnknownCustomer(_) => (StatusCode::NOT_FOUND, "unknown_customer"),
            ControlError::UnknownUser { .. } => (StatusCode::NOT_FOUND, "unknown_user"),
            ControlError::UnknownEvent { .. } => (StatusCode::NOT_FOUND, "unknown_event"),
            ControlError::UnknownVacancy { .. } => (StatusCode::NOT_FOUND, "unknown_vacancy"),
            ControlError::BadInput(_) => (StatusCode::BAD_REQUEST, "bad_input"),
            ControlError::CustomerExists(_) => (StatusCode::CONFLICT, "customer_exists"),
            ControlError::SeedingAlready(_) => (StatusCode::CONFLICT, "seeding_already"),
            ControlError::TooManyCustomers(_) => (StatusCode::CONFLICT, "too_many_customers"),
            ControlError::CustomerInUse(_) => (StatusCode::CONFLICT, "customer_exists"),
            ControlError::NamesInUse { .. } => (StatusCode::CONFLICT, "names_in_use"),
            ControlError::BadFile(_) => (StatusCode::BAD_REQUEST, "bad_file"),
            ControlError::UnknownSnapshot(_) => (StatusCode::NOT_FOUND, "unknown_snapshot"),
            ControlError::NotInSnapshot { .. } => (StatusCode::CONFLICT, "not_in_snapshot"),
            ControlError::TooManySnapshots(_) => (StatusCode::CONFLICT, "too_many_snapshots"),
            ControlError::SnapshotDamaged { .. } => (StatusCode::CONFLICT, "snapshot_damaged"),
            ControlError::BadState(_) => (StatusCode::BAD_REQUEST, "bad_state"),
            ControlError::State { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "state_failed"),
            ControlError::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting"),
            ControlError::Integration(_) => (StatusCode::BAD_GATEWAY, "integration_failed"),
            ControlError::Sample(_) => (StatusCode::INTERNAL_SERVER_ERROR, "sample_failed"),
            ControlError::Disk(_) => (StatusCode::INSUFFICIENT_STORAGE, "not_stored"),
        };
        Self::new(status, code, sentence(&with_causes(&error)))
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        if matches!(self, Self::Integration(_) | Self::Sample(_) | Self::Disk(_)) {
            tracing::error!(error = with_causes(&self), "Control could not do what it was asked.");
        }
        ApiProblem::from(self).into_response()
    }
}

/// An error's text as people read it: it begins with a capital letter and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    first.chain(letters).chain(stop.chars()).collect()
}

/// The message with its causes, as a tester has no other place to look.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |message, cause| format!("{message}: {cause}"))
}
