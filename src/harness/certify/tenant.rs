//! The hands of a run: the recruiter's and the applicant's screens, and what the sandbox tells of what crossed the wire.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use reqwest::Client;
use serde::Deserialize;

use super::journal::Entry;
use super::subject::Subject;
use crate::harness::control::Control;
use crate::harness::http;
use crate::harness::mail::Mail;
use crate::harness::page::Visitor;
use crate::harness::recruiter::Recruiter;

/// How long one look waits for something new before it looks again all the same.
const LOOK: &str = "250ms";
/// For how long nothing may happen before it is taken that nothing more will.
const QUIET: &str = "1500ms";
/// How much of what crossed the wire one answer holds at the most.
const PAGE: usize = 1_000;
/// How many things may happen one after another at the end before it is taken that they never stop.
const RESTLESS: usize = 400;

/// One customer's iCIMS, as it is connected to the vendor.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Connection {
    pub(super) vendor: String,
    enabled: bool,
    pub(super) endpoint: Option<String>,
    pub(super) inline_endpoint: Option<String>,
    pub(super) trigger: Option<String>,
    pub(super) inline: bool,
    pub(super) authentication: String,
    pub(super) timeout_seconds: u64,
}

#[derive(Deserialize)]
struct Health {
    seed: u64,
}

#[derive(Deserialize)]
struct Customers {
    customers: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    customer_id: String,
    name: String,
}

#[derive(Deserialize)]
struct Exchanges {
    exchanges: Vec<Entry>,
}

/// What the clock of the sandbox says, and when it was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockRead {
    pub(super) now: Timestamp,
    pub(super) frozen: bool,
    pub(super) asked: Instant,
}

#[derive(Deserialize)]
struct ClockTold {
    now: Timestamp,
    frozen: bool,
}

/// A customer of a sandbox in the hands of a run.
pub(super) struct Tenant {
    pub(super) customer: String,
    pub(super) company: String,
    pub(super) seed: u64,
    pub(super) connection: Connection,
    pub(super) recruiter: Recruiter,
    pub(super) portal: String,
    /// Where the simulated platform's pages are.
    pub(super) platform: Option<String>,
    /// How long is waited for what somebody else has to do.
    pub(super) patience: Duration,
    /// A word that no other run has, for names.
    pub(super) run: String,
    /// Of people, who have no token.
    people: Client,
    client: Client,
    control: Control,
}

impl Tenant {
    /// Finds the customer, and that its iCIMS would tell a vendor of candidates.
    ///
    /// # Errors
    /// When no sandbox answers, it has no such customer, or that customer's iCIMS tells nobody.
    pub(super) async fn open(subject: &Subject, patience: Duration) -> Result<Self> {
        let keys = &subject.keys;
        let client = http::patient_client(keys.control.token.as_deref())?;
        // The token is for control alone.
        let people = http::patient_client(None)?;
        let control = Control::new(&keys.control, &client)?;
        let what = || {
            format!(
                "no sandbox answers at {}; start one with harver-icims sandbox, or give its token if it wants one",
                keys.control.base_url
            )
        };
        let health: Health = told(&client, &control.at("health")).await.with_context(what)?;
        let there: Customers = told(&client, &control.at("customers")).await.with_context(what)?;
        let customer = keys.icims.customer_id.clone();
        let Some(found) = there.customers.iter().find(|one| one.customer_id == customer) else {
            let all: Vec<&str> = there.customers.iter().map(|one| one.customer_id.as_str()).collect();
            bail!("the sandbox has no customer {customer}; it has: {}", all.join(", "));
        };
        let connection: Connection = told(&client, &control.at(&format!("customers/{customer}/connection"))).await?;
        ensure!(
            connection.enabled && (connection.endpoint.is_some() || connection.inline_endpoint.is_some()),
            "iCIMS of customer {customer} tells no vendor of anything: switch it on and enter the vendor's address under Admin, Event \
             Notifications, at {}",
            keys.icims.recruiter_url
        );
        Ok(Self {
            company: found.name.clone(),
            seed: health.seed,
            connection,
            recruiter: Recruiter::new(&keys.icims.recruiter_url, &people),
            portal: keys.icims.portal_url.clone(),
            platform: keys.platform.as_ref().map(|platform| platform.base_url.trim_end_matches('/').to_owned()),
            patience,
            run: format!("{:08x}", rand::random::<u32>()),
            customer,
            people,
            client,
            control,
        })
    }

    /// Somebody on the career portal or in the assessment.
    pub(super) fn visitor(&self) -> Visitor {
        Visitor::new(&self.people)
    }

    /// What crossed the wire after a position, in the order in which it began; those that refer to this customer.
    pub(super) async fn journal(&self, mut after: u64) -> Result<Vec<Entry>> {
        let mut all: Vec<Entry> = Vec::new();
        loop {
            let page = self.exchanges(after, "0s").await?;
            let is_last = page.len() < PAGE;
            after = page.last().map_or(after, |entry| entry.id);
            all.extend(page);
            if is_last {
                all.sort_by_key(|entry| (entry.at, entry.id));
                return Ok(all);
            }
        }
    }

    /// The position of what was recorded last.
    pub(super) async fn position(&self) -> Result<u64> {
        Ok(self.journal(0).await?.iter().map(|entry| entry.id).max().unwrap_or(0))
    }

    /// Checks a condition after each exchange until it holds; `None` if it does not in time.
    pub(super) async fn within<T>(
        &self,
        patience: Duration,
        mut check: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let (start, mut after) = (Instant::now(), self.position().await?);
        loop {
            if let Some(found) = check().await? {
                return Ok(Some(found));
            }
            if start.elapsed() > patience {
                return Ok(None);
            }
            let news = self.exchanges(after, LOOK).await?;
            after = news.last().map_or(after, |entry| entry.id);
        }
    }

    /// Waits until nothing crosses the wire any more.
    ///
    /// # Errors
    /// When that never ends.
    pub(super) async fn until_quiet(&self) -> Result<()> {
        let mut after = self.position().await?;
        for _ in 0..RESTLESS {
            let news = self.exchanges(after, QUIET).await?;
            let Some(last) = news.last() else { return Ok(()) };
            after = last.id;
        }
        bail!("customer {} never comes to rest: give the run a customer that nobody else uses", self.customer)
    }

    /// The mail to one address that the sandbox's mailbox has, oldest first.
    pub(super) async fn mail(&self, to: &str) -> Result<Vec<Mail>> {
        let mut mail = self.control.mail(&self.customer, Some(to)).await?;
        mail.reverse();
        Ok(mail)
    }

    /// What the sandbox's clock says.
    pub(super) async fn clock(&self) -> Result<ClockRead> {
        let ClockTold { now, frozen } = told(&self.client, &self.control.at("clock")).await?;
        Ok(ClockRead { now, frozen, asked: Instant::now() })
    }

    async fn exchanges(&self, after: u64, wait: &str) -> Result<Vec<Entry>> {
        let address = format!("{}?customer={}&after={after}&wait={wait}", self.control.at("journal"), self.customer);
        let Exchanges { exchanges } = told(&self.client, &address).await.context("reading the journal")?;
        Ok(exchanges)
    }
}

async fn told<T: for<'de> Deserialize<'de>>(client: &Client, address: &str) -> Result<T> {
    let answer = http::json(client.get(address)).await?;
    serde_json::from_value(answer).with_context(|| format!("what {address} says is not what a sandbox says"))
}
