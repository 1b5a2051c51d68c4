//! What a run is asked for, by whichever command.

use std::path::PathBuf;

use cucumber::runner;

use super::api::Settings;
use super::features::{Order, Selection, Shard, Source};

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the features come from.
    pub source: Source,
    /// Which of their scenarios are wanted.
    pub selection: Selection,
    /// Only this share of those.
    pub shard: Option<Shard>,
    /// In which order they are started.
    pub order: Order,
    /// How many at once, how often again, and whether the first failure ends the run.
    pub runner: runner::basic::Cli,
    /// What requests of a scenario's own go by.
    pub api: Settings,
    /// Where reports and pictures are left; without it, pictures go to a folder that is removed at the end.
    pub report: Option<PathBuf>,
    /// Whether the run counts as passed although some of its scenarios could not be run here.
    pub allow_not_run: bool,
    /// Whether it is no mistake that nothing is wanted: `cargo test some_name` asks every suite of a workspace.
    pub may_want_nothing: bool,
    /// The table that the run is held against.
    pub promises: Option<Promises>,
}

/// The table of promises that only a run of all scenarios of this repository can be held against.
#[derive(Clone, Debug)]
pub struct Promises {
    /// The page with the table.
    pub readme: PathBuf,
    /// Whether it is written instead of compared.
    pub update: bool,
}
