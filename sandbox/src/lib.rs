//! A simulated iCIMS, the simulated Harver platform beside it, and a mailbox, in one process.
//!
//! Two vendors that cannot be installed on a laptop, so that an integration between them can be run, tested and shown. The actors
//! know nothing of the integration that connects them: they reach it, and it reaches them, over HTTP and SMTP only.
//!
//! Start with [`Sandbox`]; [`library`] shows how a test uses it. Read in this order: [`control`] (what a tester may do that no real
//! tenant allows), [`icims`], [`harver_platform`], [`mailbox`], then [`ui`], [`mod@reference`] and [`engine`], the machinery below all of
//! them.

#![expect(unused_qualifications, reason = "`params(Query)` of utoipa expands to a qualified path that the lint takes for ours")]

pub mod control;
pub mod harver_platform;
pub mod icims;
pub mod mailbox;

pub mod engine;
pub mod reference;
pub mod ui;

pub mod library;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz_input;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;

mod start;

pub use control::{ControlToken, NotAToken};
pub use start::{
    Bound, Config, DEFAULT_PORT, HostName, HttpLimits, NotAHostName, NotAPublicUrl, Part, PublicUrl, Sandbox, ServerFailed,
    StartError,
};
