//! Lines of what a command says, and the end of one that somebody stops.

use anyhow::{Context as _, Result};

use crate::cli::stop::asked_to_stop;
use crate::domain;
use crate::verdict::Verdict;

/// A text in lines that fit a terminal: the first begins like this, the others are indented as far.
pub(super) fn wrapped(begin: &str, text: &str) -> String {
    domain::wrapped(begin, &" ".repeat(begin.chars().count()), text).join("\n")
}

/// The end of a command, or of the patience of whoever has started it, who is told `interrupted`.
pub(super) async fn unless_stopped(interrupted: &str, command: impl Future<Output = Result<Verdict>>) -> Result<Verdict> {
    tokio::select! {
        // Signals are listened for before anybody is called.
        biased;
        stopped = asked_to_stop() => {
            stopped.context("listening for signals")?;
            eprintln!("{interrupted}");
            Ok(Verdict::Interrupted)
        }
        ended = command => ended,
    }
}
