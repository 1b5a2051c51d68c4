//! `pact record`: a pact of somebody's own, from what a client and a provider say to one another through us.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;
use parking_lot::Mutex;
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use super::lines::wrapped;
use super::publish::named;
use crate::cli::say::say;
use crate::cli::stop::asked_to_stop;
use crate::http::{Clients, Timeouts};
use crate::pact::StateChanger;
use crate::pact::record::{Proxy, Recording, State, proxy};
use crate::verdict::Verdict;

/// How long a provider may take.
const PATIENCE: Timeouts = Timeouts { connect: Duration::from_secs(5), answer: Duration::from_secs(60) };
/// So many sentences of one kind are told.
const TOLD: usize = 10;

/// The options of `pact record`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Ctrl-C ends the recording and writes the file. A request says under which circumstances it is made in the headers \
X-Pact-State and X-Pact-State-Params (a JSON object), and what it is called in X-Pact-Description.\n\nExit codes: 0 all is written, \
1 something could not be passed on, 2 it could not be started or written, 3 there is nothing to write, or not everything is in the file."
)]
pub(super) struct RecordArgs {
    /// Whose pact it is: the client's name
    #[arg(long, value_name = "NAME", value_parser = named)]
    consumer: String,
    /// Who is asked, by the name in the pacts: icims, harver-platform, harver-icims
    #[arg(long, value_name = "NAME", value_parser = named)]
    provider: String,
    /// Where that provider listens
    #[arg(long, value_name = "URL", value_parser = address)]
    url: Url,
    /// The pact; a file that is there is replaced if it is one of the same two
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Port on this machine that the client calls; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "N")]
    port: u16,
    /// Control address of a sandbox that brings circumstances about; a client asks the recording for them, at /__pact/state
    #[arg(long, value_name = "URL", value_parser = address, conflicts_with = "state_url")]
    control_url: Option<Url>,
    /// What control asks for, if it runs on another machine
    #[arg(long, env = "HARVER_ICIMS_CONTROL_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    control_token: Option<SecretString>,
    /// Another endpoint that brings circumstances about, by the convention of the Pact tools
    #[arg(long, value_name = "URL", value_parser = address)]
    state_url: Option<Url>,
    /// Circumstances of every request that names none
    #[arg(long, value_name = "NAME")]
    state: Option<String>,
    /// More about these, as a JSON object
    #[arg(long, value_name = "JSON", requires = "state")]
    state_params: Option<String>,
}

/// An address without anything that lets somebody in.
fn address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}: write it like http://127.0.0.1:8701"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("it begins with neither http:// nor https://".to_owned());
    }
    if !url.username().is_empty() || url.query().is_some() {
        return Err("it has a user name or a query: the client sends those".to_owned());
    }
    Ok(url)
}

pub(super) async fn run(args: RecordArgs) -> Result<Verdict> {
    let state = match &args.state {
        Some(name) => Some(State::parse(name, args.state_params.as_deref()).map_err(|why| anyhow!("--state: {why}"))?),
        None => None,
    };
    let changer = match (&args.control_url, &args.state_url) {
        (Some(control), _) => Some(StateChanger::of_sandbox(control, &args.provider, args.control_token.clone())?),
        (None, Some(url)) => Some(StateChanger::at(url.clone())),
        (None, None) => None,
    };
    replaceable(&args.out, &args.consumer, &args.provider)?;
    let clients = Clients::new(PATIENCE).context("setting up HTTP")?;
    let recording = Arc::new(Mutex::new(Recording::new(&args.consumer, &args.provider)));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await;
    let listener = listener.with_context(|| format!("port {} cannot be listened at: choose another with --port", args.port))?;
    let own = listener.local_addr().context("the address of the recording")?;
    let mut stopped = Box::pin(asked_to_stop());
    tokio::select! {
        // Signals are listened for before anybody is told where to call.
        biased;
        early = &mut stopped => {
            early.context("listening for signals")?;
            return finish(&recording.lock(), &args.out);
        }
        () = std::future::ready(()) => {}
    }
    let between = Arc::new(Proxy {
        clients,
        provider: args.url.clone(),
        consumer: args.consumer.clone(),
        state,
        changer,
        recording: Arc::clone(&recording),
        told: Mutex::default(),
    });
    say(&wrapped(
        "",
        &format!("record: call http://{own} in place of {}; Ctrl-C ends it and writes {}", args.url, args.out.display()),
    ))?;
    let served = axum::serve(listener, proxy(Arc::clone(&between))).with_graceful_shutdown(async {
        if let Err(error) = stopped.await {
            eprintln!("record: signals cannot be listened for: {error}");
        }
    });
    served.await.context("serving")?;
    for left in between.clear().await {
        eprintln!("record: {left}");
    }
    let recording = recording.lock();
    finish(&recording, &args.out)
}

/// Writes what there is, and says what is not in it.
fn finish(recording: &Recording, out: &Path) -> Result<Verdict> {
    let lines = |word: &str, sentences: &[String]| {
        let mut lines: Vec<String> = sentences.iter().take(TOLD).map(|says| wrapped(&format!("  {word:<8}"), says)).collect();
        if sentences.len() > TOLD {
            lines.push(format!("          … and {} more", sentences.len() - TOLD));
        }
        lines
    };
    let (failed, left_out) = (recording.failed(), recording.left_out());
    let mut told = lines("FAILED", failed);
    told.extend(lines("left out", left_out));
    if !left_out.is_empty() {
        told.push(wrapped("          → ", "say under which circumstances each is asked, in the header X-Pact-State"));
    }
    if recording.without_state() > 0 {
        let says = format!(
            "{} name no state, and pact verify wants one of each: send X-Pact-State, or start with --state",
            recording.without_state()
        );
        told.push(wrapped("  note    ", &says));
    }
    let verdict = match () {
        () if !failed.is_empty() => Verdict::Failed,
        () if recording.is_empty() || !left_out.is_empty() => Verdict::LeftOut,
        () => Verdict::Passed,
    };
    let count = recording.len();
    let interactions = if count == 1 { "interaction" } else { "interactions" };
    let what = if recording.is_empty() {
        let why = if failed.is_empty() { "nobody has asked anything" } else { "nothing was answered" };
        format!("{why}, so {} is not written", out.display())
    } else {
        write_whole(out, &recording.pact())?;
        format!("{count} {interactions} written to {}", out.display())
    };
    told.push(wrapped("", &format!("record: {verdict}. {what}.")));
    say(&told.join("\n"))?;
    Ok(verdict)
}

/// Whether a file may be replaced, which is better known before somebody has recorded for an hour.
fn replaceable(out: &Path, consumer: &str, provider: &str) -> Result<()> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    ensure!(folder.is_dir(), "the folder {} is not there: make it, or name another file with --out", folder.display());
    let text = match fs::read_to_string(out) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be replaced", out.display())),
    };
    let there: Value = serde_json::from_str(&text).unwrap_or_default();
    let is_ours = there["consumer"]["name"] == *consumer && there["provider"]["name"] == *provider;
    if text.trim().is_empty() || is_ours {
        return Ok(());
    }
    bail!("{} is no pact of {consumer} and {provider}, so it is not replaced: name another file with --out", out.display())
}

/// A file is there whole, or as it was.
fn write_whole(out: &Path, text: &str) -> Result<()> {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = out.with_file_name(name);
    let written = fs::File::create(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, out));
    written.with_context(|| {
        // What could not be written whole is of no use to anybody.
        let _ = fs::remove_file(&part);
        format!("{} cannot be written", out.display())
    })
}
