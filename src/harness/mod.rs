//! The scenarios of `features/`, run against a world that is reached over HTTP, mailbox and browser only.
//!
//! Three layers: [`steps`](self) match the sentences of a feature and call one method of [`world`]; the world knows names (jobs,
//! candidates, companies) and speaks in their words; below it, one client per counterpart does the talking: `recruiter`,
//! `portal`, `assessment`, `icims`, `harver`, `mail`, `person`, `control`, `browser`, `api`. Nothing here knows how the integration or the
//! sandbox work inside, so that the same scenarios can be pointed at other installations.

pub mod args;
pub mod certify;
pub mod options;
pub mod runner;
pub mod world;

mod api;
mod assessment;
mod browser;
mod catalogue;
mod console;
mod control;
mod coverage;
mod definitions;
mod desk;
mod environment;
mod features;
mod fit;
mod harver;
mod http;
mod icims;
mod keys;
mod mail;
mod need;
mod page;
mod person;
mod place;
mod portal;
mod recruiter;
mod report;
mod steps;
mod tenant;

pub use crate::verdict::Verdict;
pub use api::{Documents, NamedDocument, Settings as ApiSettings};
pub use args::Args;
pub use catalogue::Catalogue;
pub use environment::Environment;
pub use features::{Order, Selection, Shard, Source};
pub use options::Options;
pub use place::{Ground, OpenWorld, OpenedWorld};
pub use runner::{Outcome, Target, dry_run, list, run};
