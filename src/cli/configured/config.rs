//! `config`: the settings that the service keeps, beside those of the configuration file.

use std::io::Write;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{Configured, by, customer_id};
use crate::checks::{Checker, Outcome, Report};
use crate::clock::Clock;
use crate::config::ServeFile;
use crate::domain::{Customer, CustomerId};
use crate::harver_platform::HarverClient;
use crate::http;
use crate::icims::IcimsClient;
use crate::settings::{self, Difference, Document, Rules, SaveError, Typed};
use crate::store::{self, Store, StoreError};

#[derive(Debug, Args)]
pub(in crate::cli) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print the stored settings as a section of a configuration file, without the secrets
    Show {
        /// Only of this customer
        #[arg(long, value_name = "ID", value_parser = customer_id)]
        customer: Option<CustomerId>,
        #[command(flatten)]
        configured: Configured,
    },
    /// Print in what the stored settings differ from the file: exit code 1 if they do
    Diff {
        #[command(flatten)]
        configured: Configured,
    },
    /// Put the settings of the file in the place of the stored ones; what enables an integration runs the checks first
    Apply {
        #[command(flatten)]
        configured: Configured,
    },
}

pub(in crate::cli) async fn run(args: ConfigArgs) -> anyhow::Result<()> {
    let now = Clock::real().now();
    match args.command {
        ConfigCommand::Show { customer, configured } => {
            let (_, store) = configured.open()?;
            show(&store, customer, now).await
        }
        ConfigCommand::Diff { configured } => {
            let (file, store) = configured.open()?;
            let mut differing = 0;
            for document in &file.customers {
                let known = known(&store, document).await?;
                let differences = rules(&file)?.drift(document, &known, now)?;
                differing += differences.len();
                print(&known, &differences)?;
            }
            if differing > 0 { bail!("stored settings differ from the file in {differing} places") } else { Ok(()) }
        }
        ConfigCommand::Apply { configured } => {
            let (file, store) = configured.open()?;
            for document in &file.customers {
                apply(&store, &file, document, now).await?;
            }
            Ok(())
        }
    }
}

async fn show(store: &Store, wanted: Option<CustomerId>, now: Timestamp) -> anyhow::Result<()> {
    #[derive(serde::Serialize)]
    struct Sections {
        customers: Vec<Document>,
    }
    let stored: Result<_, StoreError> = store.read(store::customers).await;
    let customers = stored?.into_iter().filter(|customer| wanted.is_none_or(|wanted| wanted == customer.id));
    let customers: Vec<_> = customers.map(|customer| Document::of(&customer, now)).collect();
    if let (Some(wanted), true) = (wanted, customers.is_empty()) {
        bail!("there is no customer {wanted}");
    }
    let text = toml::to_string_pretty(&Sections { customers }).context("writing the settings")?;
    std::io::stdout().lock().write_all(text.as_bytes()).context("writing to stdout")
}

async fn apply(store: &Store, file: &ServeFile, document: &Document, now: Timestamp) -> anyhow::Result<()> {
    let (known, rules) = (known(store, document).await?, rules(file)?);
    let id = known.id;
    let enabled = document.enabled;
    let wanted = Document { enabled: None, ..document.clone() };
    let saved: Result<_, SaveError> = store.write(move |tx| settings::save(tx, id, &wanted, rules, &by(now))).await;
    print(&known, &saved.with_context(|| format!("customer {id}"))?)?;
    let switched: Result<_, SaveError> = match enabled.filter(|wanted| *wanted != known.enabled) {
        None => return Ok(()),
        Some(true) => {
            let customer = self::known(store, document).await?;
            let report = checker(file)?.run(&customer).await;
            if !report.is_good() {
                bail!("customer {id} stays disabled: {}", failures(&report));
            }
            store.write(move |tx| settings::enable(tx, &customer, &by(now))).await
        }
        Some(false) => store.write(move |tx| settings::disable(tx, id, &by(now))).await,
    };
    print(&known, &switched.with_context(|| format!("customer {id}"))?)
}

async fn known(store: &Store, document: &Document) -> anyhow::Result<Customer> {
    let written = document.id.as_ref().map(Typed::text).unwrap_or_default();
    let id: CustomerId = written.parse().with_context(|| format!("a customer of the file: id {written:?}"))?;
    let found: Result<_, StoreError> = store.read(move |tx| store::customer(tx, id)).await;
    found?.with_context(|| format!("customer {id} is not stored: a start of the service creates it"))
}

fn rules(file: &ServeFile) -> anyhow::Result<Rules> {
    let at = |url| Rules::at(url, file.reach());
    file.public_url.as_ref().map(at).context("no public address: set public_url in the file")
}

fn checker(file: &ServeFile) -> anyhow::Result<Checker> {
    let http = http::Clients::introduced(http::Timeouts::default(), http::USER_AGENT, file.reach())?;
    let clock = Clock::real();
    let (icims, harver) = (IcimsClient::new(http.clone(), clock.clone()), HarverClient::new(http.clone(), clock.clone()));
    Ok(Checker { icims, harver, http, clock, deadline: Checker::DEADLINE })
}

fn failures(report: &Report) -> String {
    let failed = report.checks.iter().filter(|check| check.outcome == Outcome::Failed);
    let said = failed.map(|check| {
        let fix = check.next_step.as_ref().map(|(fix, _)| fix.as_str()).unwrap_or_default();
        format!("{}: {} {fix}", check.id, check.why)
    });
    said.collect::<Vec<_>>().join("; ")
}

fn print(customer: &Customer, differences: &[Difference]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for Difference { setting, was, became } in differences {
        let line = format!("{}\t{setting}\t{was:?} -> {became:?}", customer.id);
        writeln!(out, "{line}").context("writing to stdout")?;
    }
    Ok(())
}
