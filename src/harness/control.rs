//! The tester's interface of the sandbox, for what concerns one customer: what is pending, mail, the journal, faults. What concerns
//! everybody is in `place`. Waiting happens here, and never blindly: each wait ends with the next exchange of the customer, and says at last what it saw.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use super::http;
use super::keys::{ControlKeys, TenantKeys};
use super::mail::Mail;

/// The longest a condition may take to come true.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one look waits for something new before it looks again all the same.
const LOOK: &str = "50ms";

/// The control interface.
#[derive(Clone, Debug)]
pub(super) struct Control {
    base: String,
    client: Client,
    /// The customers that were asked for by way of this, or a clone of it. A run that is stopped does not wait for the answer, but the
    /// customer is there all the same.
    opened: Arc<Mutex<Vec<Opening>>>,
}

/// What control answers to whoever wants a customer, for everybody who asks for the answer.
type Opening = Shared<BoxFuture<'static, Result<Value, Arc<Error>>>>;

/// A request between two actors, as the journal recorded it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Exchange {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) workflow: Option<String>,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) request_headers: Vec<(String, String)>,
    pub(super) request_body: String,
    outcome: Outcome,
}

/// What came of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum Outcome {
    Answered { status: u16 },
    Failed,
}

impl Exchange {
    /// Whether it was a mail that was handed over, taken in or not.
    pub(super) fn is_mail(&self) -> bool {
        self.method == "SMTP"
    }

    /// Whether the integration asked the platform for an application.
    pub(super) fn is_registration(&self) -> bool {
        self.to == "harver_platform" && self.method == "POST" && self.target.ends_with("/applications")
    }

    /// Whether the other side declined, so that nothing came of it.
    pub(super) fn was_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Answered { status: 400.. })
    }

    /// Whether the other side agreed, and said so.
    pub(super) fn succeeded(&self) -> bool {
        matches!(self.outcome, Outcome::Answered { status: 200..300 })
    }
}

impl Control {
    /// The control interface with these keys.
    ///
    /// # Errors
    /// When its token cannot be sent.
    pub(super) fn new(keys: &ControlKeys, client: &Client) -> Result<Self> {
        let client = keys.token.as_deref().map_or_else(|| Ok(client.clone()), http::client_with_token)?;
        Ok(Self { base: format!("{}/__sandbox", keys.base_url.trim_end_matches('/')), client, opened: Arc::default() })
    }

    /// Whether it is one.
    pub(super) async fn greet(&self) -> Result<()> {
        let answer = http::json(self.client.get(self.at("health"))).await?;
        ensure!(answer["pending"].is_object(), "it does not tell what is pending");
        ensure!(
            answer["integration"] == true,
            "it knows no integration that tells what it has still to do, so that nobody can say that nothing more will happen: start it with `up`"
        );
        Ok(())
    }

    /// Opens a fresh customer, connected and with its sample records.
    pub(super) async fn open_customer(&self, name: &str) -> Result<TenantKeys> {
        self.open(&json!({ "name": name })).await
    }

    /// Opens a fresh customer whose people connect the two systems themselves.
    pub(super) async fn open_unconnected(&self, name: &str) -> Result<TenantKeys> {
        self.open(&json!({ "name": name, "connected": false })).await
    }

    async fn open(&self, wanted: &Value) -> Result<TenantKeys> {
        let request = self.client.post(self.at("customers")).json(wanted);
        let opening = async move { http::json(request).await.map_err(Arc::new) }.boxed().shared();
        self.opened.lock().push(opening.clone());
        let keys = opening.await.map_err(|error| anyhow!("{error:#}")).context("opening a customer")?;
        let parsed = TenantKeys::deserialize(&keys).context("the keys of a fresh customer")?;
        Ok(TenantKeys { told: keys, ..parsed })
    }

    /// Deletes the customers that were opened, and says of which that failed. At the end of a run: everybody stands still while one goes.
    pub(super) async fn delete_opened(&self) -> Vec<Error> {
        let openings = std::mem::take(&mut *self.opened.lock());
        let mut failed = Vec::new();
        for opening in openings {
            // What could not be opened was told to whoever wanted it.
            let Ok(keys) = opening.await else { continue };
            failed.extend(self.delete_customer(&keys).await.err());
        }
        failed
    }

    /// Deletes a customer, with everything that belongs to it.
    async fn delete_customer(&self, keys: &Value) -> Result<()> {
        let customer = keys["icims"]["customer_id"].as_str().context("the id of a fresh customer")?;
        let answer = self.client.delete(self.at(&format!("customers/{customer}"))).send().await.context("no answer");
        let status = answer.with_context(|| format!("deleting the customer {customer}"))?.status();
        ensure!(status.is_success(), "the customer {customer} could not be deleted: {status}");
        Ok(())
    }

    /// Changes what an integration user of iCIMS may do.
    pub(super) async fn restrict_user(&self, customer: &str, user: &str, change: &Value) -> Result<()> {
        let place = self.at(&format!("customers/{customer}/users/{user}"));
        http::json(self.client.patch(place).json(change)).await.map(|_| ()).context("changing an integration user")
    }

    /// Switches a fault of the catalogue on for a customer.
    pub(super) async fn switch_on_fault(&self, customer: &str, name: &str) -> Result<()> {
        let asked = self.client.post(self.at("faults")).json(&json!({ "name": name, "customer": customer }));
        http::json(asked).await.map(|_| ()).with_context(|| format!("switching on the fault {name}"))
    }

    /// How many calls of a customer the faults that are on have disturbed.
    pub(super) async fn fault_hits(&self, customer: &str) -> Result<u64> {
        let answer = http::json(self.client.get(self.at("faults")).query(&[("customer", customer)])).await?;
        let faults = answer["faults"].as_array().context("the list of faults")?;
        Ok(faults.iter().filter_map(|fault| fault["hits"].as_u64()).sum())
    }

    /// Switches off whatever disturbs a customer.
    pub(super) async fn end_faults(&self, customer: &str) -> Result<()> {
        let ended = http::json(self.client.delete(self.at("faults")).query(&[("customer", customer)])).await;
        ended.map(|_| ()).context("switching faults off")
    }

    /// What of a customer is under way, in words. What the integration tries again later waits for the clock.
    async fn pending(&self, customer: &str) -> Result<Option<String>> {
        let answer = http::json(self.client.get(self.at("health")).query(&[("customer", customer)])).await?;
        let pending = answer["pending"].as_object().context("health tells what is pending")?;
        let of = |name: &str| pending.get(name).and_then(Value::as_u64);
        let others = pending.iter().filter(|(name, _)| !name.starts_with("integration_"));
        let idle = others.into_iter().all(|(_, count)| count.as_u64() == Some(0));
        let busy = !idle || of("integration_work").is_none() || of("integration_work") != of("integration_waiting");
        Ok(busy.then(|| format!("pending: {}", Value::Object(pending.clone()))))
    }

    /// The mail of a customer's candidates that the mailbox keeps, newest first; to one address only if one is given. A message that is
    /// handed over twice is kept once: how often is in the journal.
    pub(super) async fn mail(&self, customer: &str, to: Option<&str>) -> Result<Vec<Mail>> {
        let request = self.client.get(self.at("mail")).query(&[("customer", Some(customer)), ("to", to)]);
        let mut answer = http::json(request).await.context("reading the mailbox")?;
        serde_json::from_value(answer["messages"].take()).context("the messages of the mailbox")
    }

    /// What the journal has of one customer, as it tells it, oldest first.
    pub(super) async fn journal(&self, customer: &str) -> Result<Vec<Value>> {
        let answer = http::json(self.client.get(self.at("journal")).query(&[("customer", customer)])).await;
        match answer.context("reading the journal")?["exchanges"].take() {
            Value::Array(exchanges) => Ok(exchanges),
            other => bail!("the journal has no list of exchanges, but {other}"),
        }
    }

    /// The exchanges of one customer, oldest first.
    pub(super) async fn exchanges(&self, customer: &str) -> Result<Vec<Exchange>> {
        let mut answer = http::json(self.client.get(self.at("journal")).query(&[("customer", customer)])).await?;
        serde_json::from_value(answer["exchanges"].take()).context("the journal")
    }

    /// Waits until nothing of this customer is under way any more. What has failed may wait to be tried again.
    pub(super) async fn settle(&self, customer: &str) -> Result<()> {
        self.wait_until(customer, "nothing is under way", async || Ok(self.pending(customer).await?.map_or(Ok(()), Err))).await
    }

    /// The same, and nothing waits to be tried again either: what has not happened then will not happen.
    ///
    /// # Errors
    /// When something does, which only the clock brings about.
    pub(super) async fn come_to_rest(&self, customer: &str) -> Result<()> {
        self.settle(customer).await?;
        let answer = http::json(self.client.get(self.at("health")).query(&[("customer", customer)])).await?;
        let waiting = answer["pending"]["integration_waiting"].as_u64().context("health tells what waits")?;
        ensure!(
            waiting == 0,
            "{waiting} steps have failed and are to be tried again, so that it is not known what becomes of them"
        );
        Ok(())
    }

    /// Checks a condition after each exchange of the customer until it holds.
    ///
    /// `check` answers what was waited for, or in words what is the case instead.
    ///
    /// # Errors
    /// When the condition does not come true in time: what was waited for, and what was seen last. Errors of `check` end the wait.
    pub(super) async fn wait_until<T>(
        &self,
        customer: &str,
        what: &str,
        mut check: impl AsyncFnMut() -> Result<Result<T, String>>,
    ) -> Result<T> {
        let start = Instant::now();
        let mut after = 0;
        loop {
            match check().await? {
                Ok(found) => return Ok(found),
                Err(seen) if start.elapsed() > PATIENCE => {
                    bail!("waited {} s until {what}; at last: {seen}", PATIENCE.as_secs())
                }
                Err(_) => after = self.news(customer, after).await?,
            }
        }
    }

    /// Returns with the next exchange of a customer, or after a short while; the newest exchange seen.
    async fn news(&self, customer: &str, after: u64) -> Result<u64> {
        let after_text = after.to_string();
        let query = [("customer", customer), ("after", after_text.as_str()), ("wait", LOOK)];
        let answer = http::json(self.client.get(self.at("journal")).query(&query)).await.context("following the journal")?;
        let newest = answer["exchanges"].as_array().and_then(|all| all.last()?["id"].as_u64());
        Ok(newest.unwrap_or(after))
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }
}
