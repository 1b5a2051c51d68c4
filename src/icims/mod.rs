//! What the integration knows about iCIMS: the events it sends, the API it offers, the errors both sides speak.
//!
//! It decides nothing: what to do about an event or an error is up to the two directions. The evidence for every shape is in
//! `icims-api.md` and `assessment-flow.md`; start with [`parse_event`] for what arrives and [`IcimsClient`] for what is asked.

mod about;
mod auth;
mod client;
#[cfg(test)]
mod client_tests;
mod error;
#[cfg(test)]
mod error_tests;
mod event_body;
mod event_shown;
mod events;
#[cfg(test)]
mod events_tests;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod package_lists;
#[cfg(test)]
mod row_tests;
mod signed;
mod tenant;
#[cfg(test)]
mod tenant_tests;
#[cfg(test)]
mod token_tests;
mod vendor_error;
mod wire;

pub use about::{About, Calls, StatusNode};
pub use client::{FoundRow, IcimsClient, JobRecord, PersonRecord, Standing};
pub use error::{Call, IcimsError, JobsWanted, Operation, ProfileType};
pub(crate) use event_body::EventBody;
pub use event_shown::without_secrets;
pub use events::{Parsed, UnreadableEvent, parse_event, pattern_of};
pub use package_lists::{ListedPackage, MOST_LISTS, PackageLists};
pub use signed::{Request as SignedRequest, SIGNED, Signature};
pub use tenant::Fields;
pub(crate) use vendor_error::VendorErrorEnvelope;
pub use vendor_error::{Field, VendorError, in_plain_words};
pub use wire::{Folder, ReportLink, ResultRow, RowStatus};
