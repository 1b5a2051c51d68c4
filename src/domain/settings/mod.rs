//! What a Harver Admin may choose for an integration, each a type that can only be built by parsing.

mod ats;
mod closing;
mod credentials;
mod instance;
mod language;
mod mail_template;
mod numbers;
mod report;
mod results;
mod role;

pub use ats::{Announced, AtsAuthentication, AtsConnection, AtsConnections};
pub use closing::ClosesAfter;
pub use credentials::{Former, InboundCredentials};
pub use instance::Instance;
pub use language::Language;
pub use mail_template::{InvitationSettings, MailTemplate, TemplateProblem, Variable};
pub use numbers::{
    CustomerRate, EventDeadline, KeepOrders, KeepSteps, LinkLife, MailPort, OutOfRange, RetryWait, StepLimit, StrangerRate,
};
pub use report::{AtsField, ReportSetting, ReportType};
pub use results::{ListNodeId, ResultStatuses};
pub use role::Role;
