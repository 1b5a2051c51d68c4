//! Pure types and rules of the integration. No HTTP, no SQL, no async, no clock: time arrives as an argument.
//!
//! # Glossary
//! | word | meaning |
//! |---|---|
//! | customer | one iCIMS tenant that the integration serves, known by its numeric [`CustomerId`] |
//! | event | what iCIMS sends: an application was completed, or a workflow's status changed |
//! | order | one candidate, one workflow, one package: what the integration keeps track of |
//! | package | the assessment as iCIMS names it; its label carries the vacancy id |
//! | vacancy | the assessment as Harver names it |
//! | application | one candidate in one vacancy, on Harver's side |
//! | link | the personal address at which a candidate takes the assessment |
//! | selection | what a recruiter is asked for when packages are chosen in Harver: which of them, for one workflow |
//! | result row | the line in the workflow's Assessments section that shows progress and result |
//! | job | one step of durable work; see [`Job`] |
//!
//! Every type here can only be built by parsing; nothing below the edge sees a raw string.

mod assessment;
mod breaker;
mod candidate;
mod customer;
mod event;
mod ids;
mod job;
mod neighbour;
mod network;
mod order;
mod package;
mod reach;
mod refused;
mod selection;
mod settings;
mod text;

pub use assessment::{Assessment, Indicator, Recommendation, Score};
pub use breaker::{Breaker, Hold, News, Parked};
pub use candidate::{Candidate, EmailAddress, PersonName};
pub use customer::{Customer, HarverConnection, OUTGOING, Pattern};
pub use event::{Event, Occasion, StatusChange, StatusId, WorkflowStatus};
pub use ids::{
    AccountId, ApplicationId, CustomerId, InvalidId, JobId, OrderId, PersonId, ResultRowId, SelectionId, VacancyId, WorkflowId,
};
pub use job::{Disposition, Job, JobKind, Reminder};
pub use neighbour::Neighbour;
pub use network::{Network, NotANetwork, place_of};
pub use order::{Order, OrderEvent, OrderState, UnknownState};
pub use package::{NotAHarverPackage, PackageLabel};
pub use reach::{NotPublic, Reach};
pub use refused::{RefusalKind, RefusedEvent, UnknownKind};
pub use selection::{Selection, SelectionEnd, SelectionState};
pub use settings::{
    Announced, AtsAuthentication, AtsConnection, AtsConnections, AtsField, ClosesAfter, CustomerRate, EventDeadline, Former,
    InboundCredentials, Instance, InvitationSettings, KeepOrders, KeepSteps, Language, LinkLife, ListNodeId, MailPort,
    MailTemplate, OutOfRange, ReportSetting, ReportType, ResultStatuses, RetryWait, Role, StepLimit, StrangerRate,
    TemplateProblem, Variable,
};
pub use text::{TERMINAL_WIDTH, cut_to, with_causes, wrapped};
