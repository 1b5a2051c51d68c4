//! What a run of scenarios or contracts comes to, as whoever has started it is told: a word for people, an exit code for programs.

use std::fmt;
use std::process::ExitCode;

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that was wanted was run, and all of it passed: exit code 0.
    Passed,
    /// Something failed, or something was found that lets nobody trust the rest: exit code 1.
    Failed,
    /// It could not be run: wrong arguments, files that cannot be read, nobody to ask, a folder that cannot be written: exit code 2.
    CouldNotRun,
    /// What was run passed, but something that was wanted was not run: exit code 3.
    LeftOut,
    /// It was stopped by Ctrl-C or SIGTERM before its end: exit code 130, as shells have it.
    Interrupted,
}

impl Verdict {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::CouldNotRun => 2,
            Self::LeftOut => 3,
            Self::Interrupted => 130,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "ok",
            Self::Failed => "FAILED",
            Self::CouldNotRun => "NOT RUN",
            Self::LeftOut => "INCOMPLETE",
            Self::Interrupted => "INTERRUPTED",
        })
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        verdict.code().into()
    }
}
