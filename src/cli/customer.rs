//! `customer`: one customer of a running sandbox as a file, for another sandbox, a test, or somebody who looks for a fault.

mod unfinished;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use icims_sandbox::control::ready::TenantKeys;
use icims_sandbox::control::{CUSTOMER_FILE_LIMIT, CUSTOMER_UNPACKED_LIMIT};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::stop::asked_to_stop;
use crate::domain::cut_to;
use crate::http::{self, NoAnswer, Timeouts, exchange};
use unfinished::Unfinished;

/// How long control may take: it waits for what is under way, and a large customer is a large file.
const PATIENCE: Timeouts = Timeouts { connect: Duration::from_secs(3), answer: Duration::from_secs(600) };
/// The most that is read of a refusal.
const REFUSAL_LIMIT: usize = 64 * 1024;

#[derive(Debug, Args)]
pub(super) struct CustomerArgs {
    #[command(subcommand)]
    command: CustomerCommand,
}

#[derive(Debug, Subcommand)]
enum CustomerCommand {
    /// Write a customer to a file: its iCIMS, its account on the platform, its mail, and what the integration keeps of it
    Export {
        /// The customer's id
        id: u64,
        /// Where to write it; a file that is there is replaced once the new one is whole
        file: PathBuf,
        #[command(flatten)]
        control: Control,
    },
    /// Take in a customer that was exported, with its id and its credentials: all of it or nothing
    Import {
        /// The file
        file: PathBuf,
        /// Put it in the place of a customer with the same id
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        control: Control,
    },
}

/// Which sandbox is meant.
#[derive(Debug, Args)]
struct Control {
    /// Control address of the running sandbox, as its ready line names it
    #[arg(long = "control", env = "HARVER_ICIMS_CONTROL_URL", default_value = "http://127.0.0.1:8700", value_name = "URL")]
    url: Url,
    /// What it asks for, if it runs on another machine
    #[arg(long = "control-token", env = "HARVER_ICIMS_CONTROL_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<SecretString>,
}

impl Control {
    fn admitted(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/__sandbox/customers/{path}", self.url.as_str().trim_end_matches('/'))
    }

    fn away(&self, error: NoAnswer) -> anyhow::Error {
        let unreached = matches!(&error, NoAnswer::Unreachable { source, .. } if source.is_connect() || source.is_builder());
        let hint = if unreached {
            "no sandbox answers there: start one with harver-icims up, or name its control address with --control"
        } else {
            "the sandbox did not answer to the end: look at its own messages and try again"
        };
        anyhow::Error::new(error).context(format!("{} ({hint})", self.url))
    }

    /// What control said when it refused.
    fn refused(&self, status: StatusCode, refusal: Option<Refusal>) -> anyhow::Error {
        match refusal {
            Some(Refusal { error: Problem { code, message } }) => {
                let here = if code == "customer_exists" { " (With this command: --replace.)" } else { "" };
                anyhow::anyhow!("{}{here}", cut_to(&message.replace(char::is_control, " "), 600))
            }
            None => anyhow::anyhow!("{} answered {status}: is it the control address of a sandbox?", self.url),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Refusal {
    error: Problem,
}

#[derive(Debug, Deserialize)]
struct Problem {
    code: String,
    message: String,
}

pub(super) async fn run(args: CustomerArgs) -> anyhow::Result<()> {
    let client = http::direct(PATIENCE).context("setting up HTTP")?;
    match args.command {
        CustomerCommand::Export { id, file, control } => export(&client, &control, id, &file).await,
        CustomerCommand::Import { file, replace, control } => import(&client, &control, &file, replace).await,
    }
}

async fn export(client: &Client, control: &Control, id: u64, file: &Path) -> anyhow::Result<()> {
    let as_it_was = || format!("customer {id} has not been exported, {} is as it was", file.display());
    let written = tokio::select! {
        // A file that has its place is not taken back.
        biased;
        written = write_export(client, control, id, file) => written,
        signal = asked_to_stop() => signal.context("listening for signals").and_then(|()| bail!("stopped")),
    };
    let size = written.with_context(as_it_was)?;
    println!("Customer {id} is in {} ({size} bytes).", file.display());
    Ok(())
}

/// Downloads beside the target, and puts it in place when it is whole and on disk.
async fn write_export(client: &Client, control: &Control, id: u64, file: &Path) -> anyhow::Result<usize> {
    let answer = control.admitted(client.get(control.at(&format!("{id}/export")))).send().await;
    let mut answer = answer.map_err(|error| control.away(error.into()))?;
    if !answer.status().is_success() {
        let status = answer.status();
        return Err(control.refused(status, read_refusal(&mut answer).await));
    }
    let mut unfinished = Unfinished::beside(file)?;
    let mut size = 0;
    while let Some(chunk) = answer.chunk().await.map_err(|error| control.away(error.into()))? {
        size += chunk.len();
        if size > CUSTOMER_FILE_LIMIT {
            bail!("it is larger than {CUSTOMER_FILE_LIMIT} bytes, the most that an import takes");
        }
        unfinished.write(&chunk)?;
    }
    unfinished.check(CUSTOMER_UNPACKED_LIMIT).with_context(|| format!("{} has not sent a whole file", control.url))?;
    unfinished.take_its_place()?;
    Ok(size)
}

/// `None` when it is not in the words of a sandbox.
async fn read_refusal(answer: &mut Response) -> Option<Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > REFUSAL_LIMIT {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).ok()
}

async fn import(client: &Client, control: &Control, file: &Path, replace: bool) -> anyhow::Result<()> {
    let bytes = read_whole(file)?;
    let request = client.post(control.at("import")).query(&[("replace", replace)]).body(bytes);
    let answer = exchange(control.admitted(request)).await.map_err(|error| control.away(error));
    let answer = answer.with_context(|| format!("it is not known whether {} has been taken in", file.display()))?;
    if !answer.status.is_success() {
        let refused = control.refused(answer.status, answer.json().ok());
        return Err(refused.context(format!("{} has not been taken in", file.display())));
    }
    let keys: TenantKeys = answer.json().with_context(|| format!("{} answered something else", control.url))?;
    println!("Customer {} has been taken in from {}.", keys.icims.customer_id, file.display());
    println!("  iCIMS      {}/customers/{} (user {})", keys.icims.base_url, keys.icims.customer_id, keys.icims.username);
    println!("  recruiter  {}", keys.icims.recruiter_url);
    println!("  console    {} (administrator {})", keys.integration.console_url, keys.integration.admin_email);
    println!("  platform   {} (account {})", keys.platform.base_url, keys.platform.account_id);
    Ok(())
}

/// No more is read than a sandbox takes, and one byte that tells that there is more.
fn read_whole(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(CUSTOMER_FILE_LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    File::open(file)
        .and_then(|opened| opened.take(most).read_to_end(&mut bytes))
        .with_context(|| format!("reading {} (harver-icims customer export writes such a file)", file.display()))?;
    if bytes.len() > CUSTOMER_FILE_LIMIT {
        bail!("{} is larger than {CUSTOMER_FILE_LIMIT} bytes, the most that a sandbox takes in", file.display());
    }
    Ok(bytes)
}
