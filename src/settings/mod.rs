//! How an integration's settings are changed: one set of rules for the console, the JSON API, the configuration file and the command
//! line (harver-platform.md 11).
//!
//! 1. [`Document`] is what somebody wants: texts as they were typed, each setting optional.
//! 2. [`Rules::change`] makes a customer of it, or says at which setting what is wrong.
//! 3. [`save`] stores the change with a line of history for each setting that it changed, in one transaction.
//!
//! Whether an integration is enabled is no setting of a document: [`enable`] does it after the checks, and [`disable`].

mod difference;
mod document;
mod problems;
mod rules;
mod save;

pub use difference::{Difference, differences};
pub use document::{
    Document, HarverDocument, IcimsDocument, InboundDocument, InvitationDocument, ReportDocument, StatusesDocument, Typed,
};
pub use problems::Problems;
pub use rules::Rules;
pub use save::{By, SaveError, Way, create, disable, enable, replace, rotate, save};
