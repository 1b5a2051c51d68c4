//! `person`: what the service keeps of a candidate.

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::{Configured, customer_id};
use crate::clock::Clock;
use crate::domain::{CustomerId, PersonId};
use crate::store::{self, StoreError, Tx, retention};

#[derive(Debug, Args)]
pub(in crate::cli) struct PersonArgs {
    #[command(subcommand)]
    command: PersonCommand,
}

#[derive(Debug, Subcommand)]
enum PersonCommand {
    /// Erase everything that is kept of a person, also while the service runs; iCIMS and the Harver platform keep what is theirs
    Erase {
        /// The person's id in iCIMS
        #[arg(value_name = "ID", value_parser = person_id)]
        person: PersonId,
        /// Whose candidate it is
        #[arg(long, value_name = "ID", value_parser = customer_id)]
        customer: CustomerId,
        #[command(flatten)]
        configured: Configured,
    },
}

fn person_id(text: &str) -> Result<PersonId, String> {
    text.parse().map_err(|error: crate::domain::InvalidId| error.to_string())
}

pub(in crate::cli) async fn run(args: PersonArgs) -> anyhow::Result<()> {
    let PersonCommand::Erase { person, customer, configured } = args.command;
    let (_, store) = configured.open()?;
    let now = Clock::real().now();
    let erase = move |tx: &Tx<'_>| match store::customer(tx, customer)? {
        Some(_) => retention::erase(tx, customer, person, now).map(Some),
        None => Ok::<_, StoreError>(None),
    };
    let erased = store.write(erase).await?.with_context(|| format!("there is no customer {customer}"))?;
    let retention::Erased { orders, refused_events, selections } = erased;
    writeln!(
        std::io::stdout().lock(),
        "erased of person {person} of customer {customer}: {orders} orders, {refused_events} refused events, {selections} choices of packages"
    )
    .context("writing to stdout")
}
