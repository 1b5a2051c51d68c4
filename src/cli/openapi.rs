//! `openapi`: prints what an API offers. Nothing is started.

use std::io::{self, ErrorKind, Write};

use clap::{Args, ValueEnum};
use serde_json::Value as Json;

use crate::reference;

#[derive(Debug, Args)]
pub(super) struct OpenapiArgs {
    /// Whose API
    #[arg(value_enum)]
    api: Api,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Api {
    /// The simulated iCIMS
    #[cfg(feature = "sandbox")]
    Icims,
    /// The integration
    Integration,
    /// The simulated Harver platform
    #[cfg(feature = "sandbox")]
    Platform,
    /// The tester's interface, with the mailbox
    #[cfg(feature = "sandbox")]
    Control,
}

impl Api {
    fn document(self) -> Json {
        match self {
            #[cfg(feature = "sandbox")]
            Self::Icims => icims_sandbox::icims::openapi(),
            Self::Integration => reference::document(),
            #[cfg(feature = "sandbox")]
            Self::Platform => icims_sandbox::harver_platform::openapi(),
            #[cfg(feature = "sandbox")]
            Self::Control => icims_sandbox::control::openapi(),
        }
    }
}

/// All documents, by the names under which `up --json` tells the addresses of the APIs.
#[cfg(all(feature = "harness", feature = "sandbox"))]
pub(super) fn all() -> [crate::harness::NamedDocument; 4] {
    [
        ("icims", || Api::Icims.document()),
        ("platform", || Api::Platform.document()),
        ("integration", || Api::Integration.document()),
        ("control", || Api::Control.document()),
    ]
}

pub(super) fn run(args: OpenapiArgs) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&args.api.document())?;
    match writeln!(io::stdout().lock(), "{text}") {
        // Whoever reads only the beginning, such as `head`, has had enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
