//! `doctor`: why a set-up does not work, and what to do. Exit codes are those of its verdict.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::stop::asked_to_stop;
use crate::clock::Clock;
use crate::doctor::{Doctor, Group, Report, Subject, bundle, json};

/// When somebody presses Ctrl-C, as shells have it.
const INTERRUPTED: u8 = 130;

/// The options of `doctor`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing has failed, 1 something has, 2 it could not be run or not everything could be told, 130 interrupted. \
                  A warning fails nothing. Nothing is written at iCIMS, at Harver or by mail."
)]
pub struct DoctorArgs {
    /// What is examined: an environment as check has it, the ready line of up or sandbox, or a configuration of serve [default: what listens on the default ports of this machine]
    #[arg(long, value_name = "FILE")]
    env: Option<PathBuf>,
    /// Which customer, where there are several
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// Only one group: environment, network, icims, events, harver, integration, mail, sandbox
    #[arg(long, value_name = "GROUP")]
    only: Option<Group>,
    /// Show every check with what was found, also where all is well
    #[arg(long, short)]
    verbose: bool,
    /// Print one JSON document, as docs/doctor.schema.json describes it
    #[arg(long)]
    json: bool,
    /// Write everything that was found to a file for support, without any secret
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

pub(super) async fn run(args: DoctorArgs) -> Result<ExitCode> {
    tokio::select! {
        // Signals are listened for before anybody is called.
        biased;
        // Whoever is asked may take their time; nobody waits for them who has had enough.
        stopped = asked_to_stop() => {
            stopped.context("listening for signals")?;
            eprintln!("doctor: INTERRUPTED. Nothing was changed.");
            Ok(INTERRUPTED.into())
        }
        ended = examine(args) => ended,
    }
}

async fn examine(args: DoctorArgs) -> Result<ExitCode> {
    let variables: BTreeMap<String, String> =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    // A file that cannot be written is better known before everybody has been asked.
    let bundle_file = args.bundle.as_deref().map(|file| BundleFile::open(file, args.env.as_deref())).transpose()?;
    let doctor = Doctor::new(variables.clone()).context("setting up HTTP")?;
    let customer = args.customer.as_deref();
    let subject = match &args.env {
        Some(file) => {
            let mut subject = Subject::read(file, customer, |name| variables.get(name).cloned())?;
            subject.complete(doctor.clients(), customer).await;
            subject
        }
        None => Subject::here(doctor.clients(), customer).await?,
    };
    let report = doctor.examine(&subject, args.only).await;
    if let Some(file) = bundle_file {
        let named: Vec<String> = variables
            .into_keys()
            .filter(|name| name.starts_with("HARVER_ICIMS_") || name.to_uppercase().ends_with("_PROXY"))
            .collect();
        file.write(&serde_json::to_string_pretty(&bundle(&report, &subject, &named, Clock::real().now()))?)?;
    }
    say(&shown(&report, &args)?)?;
    Ok(report.verdict.code().into())
}

fn shown(report: &Report, args: &DoctorArgs) -> Result<String> {
    if args.json {
        return Ok(serde_json::to_string_pretty(&json(report))?);
    }
    let mut lines = report.lines(args.verbose);
    if let Some(file) = &args.bundle {
        // The verdict stays the last line.
        lines.insert(lines.len() - 1, format!("bundle for support, without secrets: {}", file.display()));
    }
    Ok(lines.join("\n"))
}

/// The file for support, which nobody else may read.
struct BundleFile {
    path: PathBuf,
    file: std::fs::File,
}

impl BundleFile {
    /// Opens a file and leaves what is in it until there is something to write.
    fn open(path: &Path, env: Option<&Path>) -> Result<Self> {
        let place = |path: &Path| path.canonicalize().ok();
        let is_env = env.is_some_and(|env| place(env).is_some() && place(env) == place(path));
        ensure!(!is_env, "the bundle {} would replace the environment: name another file", path.display());
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).with_context(|| format!("the bundle {} cannot be written", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    fn write(mut self, text: &str) -> Result<()> {
        let written = self.file.set_len(0).and_then(|()| writeln!(self.file, "{text}")).and_then(|()| self.file.flush());
        written.with_context(|| format!("the bundle {} cannot be written", self.path.display()))
    }
}

fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        // Whoever closes a pipe has read enough; the exit code says the rest.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        said => said.context("writing to stdout"),
    }
}
