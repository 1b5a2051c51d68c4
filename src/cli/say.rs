//! What a command says on stdout.

use std::io::{self, ErrorKind, Write as _};

use anyhow::{Context as _, Result};

/// A text, and the end of its line.
///
/// # Errors
/// When it cannot be written. Whoever closes a pipe has read enough; the exit code says the rest.
pub(super) fn say(what: &impl ToString) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", what.to_string()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        said => said.context("writing to stdout"),
    }
}
