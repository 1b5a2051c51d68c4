//! Where a scenario takes place: in the world that all share, or in one of its own. Only what belongs to a scenario alone may be
//! moved, reset or broken, so that the clock is to be had from [`OwnWorld`] only.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde_json::{Value, json};

use super::control::Control;
use super::environment::Environment;
use super::http;
use super::keys::ControlKeys;
use super::mail::Mail;
use super::report::NO_WORLD;
use super::tenant::Tenant;

/// The tag of scenarios that have a world of their own.
pub(super) const OWN_WORLD: &str = "own-world";

/// Starts a world that nobody knows yet.
pub type OpenWorld = Box<dyn Fn() -> BoxFuture<'static, Result<OpenedWorld>> + Send + Sync>;

/// Where scenarios are run.
pub enum Ground {
    /// In worlds that are started for them.
    Started(OpenWorld),
    /// Where an environment says: a sandbox that somebody has running, or a customer's own iCIMS.
    There(Environment),
}

impl Ground {
    /// The customer whose own iCIMS it is, where nobody opens customers.
    pub(super) fn tenant(&self) -> Option<&Tenant> {
        match self {
            Self::Started(_) => None,
            Self::There(environment) => environment.tenant().map(|tenant| &**tenant),
        }
    }

    /// How many scenarios may be under way at once, whatever was asked for: people do one thing at a time, and somebody's iCIMS has others
    /// who use it.
    pub(super) fn at_most(&self) -> Option<usize> {
        self.tenant().map(|tenant| if tenant.person.is_some() { 1 } else { 4 })
    }

    /// What readers call it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Started(_) => "a world of its own: iCIMS, Harver and mailbox simulated".into(),
            Self::There(environment) => environment.name(),
        }
    }
}

/// A world that was started just now.
pub struct OpenedWorld {
    /// Base URL of its control interface.
    pub control: String,
    /// Stops it.
    pub close: BoxFuture<'static, Result<()>>,
}

/// Where a scenario takes place.
pub(super) enum Place {
    /// Nowhere, and why not.
    Nowhere(String),
    /// Among the others.
    Shared(Control),
    /// Among the others, at a customer that was there before.
    Tenant(Arc<Tenant>),
    /// Alone.
    Own(OwnWorld),
}

impl Default for Place {
    fn default() -> Self {
        Self::Nowhere("the scenario has not begun".into())
    }
}

impl Place {
    /// The control interface, for what concerns one customer.
    pub(super) fn control(&self) -> Result<&Control> {
        match self {
            Self::Nowhere(why) => bail!("{NO_WORLD}: {why}"),
            Self::Shared(control) => Ok(control),
            Self::Own(own) => Ok(&own.control),
            Self::Tenant(_) => bail!("this step needs the control interface of a sandbox, and says not so in needs.rs"),
        }
    }

    /// Waits until nothing of a customer is under way any more. What has failed may wait to be tried again.
    pub(super) async fn settle(&self, customer: &str) -> Result<()> {
        match self {
            Self::Tenant(tenant) => {
                tenant.settle().await;
                Ok(())
            }
            others => others.control()?.settle(customer).await,
        }
    }

    /// The same, and nothing waits to be tried again either: what has not happened then will not happen.
    pub(super) async fn come_to_rest(&self, customer: &str) -> Result<()> {
        match self {
            Self::Tenant(tenant) => {
                tenant.settle().await;
                Ok(())
            }
            others => others.control()?.come_to_rest(customer).await,
        }
    }

    /// Looks at a customer again and again until a condition holds.
    ///
    /// `check` answers what was waited for, or in words what is the case instead.
    ///
    /// # Errors
    /// When the condition does not come true in time: what was waited for, and what was seen last. Errors of `check` end the wait.
    pub(super) async fn wait_until<T>(
        &self,
        customer: &str,
        what: &str,
        check: impl AsyncFnMut() -> Result<Result<T, String>>,
    ) -> Result<T> {
        match self {
            Self::Tenant(tenant) => tenant.wait_until(what, check).await,
            others => others.control()?.wait_until(customer, what, check).await,
        }
    }

    /// All mail to an address, newest first.
    pub(super) async fn mail(&self, customer: &str, to: &str) -> Result<Vec<Mail>> {
        match self {
            Self::Tenant(tenant) => {
                let (_, inbox) = tenant.mail.as_ref().context("the environment does not tell where mail is read: add [mail]")?;
                inbox.mail(to).await
            }
            others => others.control()?.mail(customer, Some(to)).await,
        }
    }

    /// The world that the scenario has for itself.
    pub(super) fn own(&self) -> Result<&OwnWorld> {
        let Self::Own(own) = self else {
            bail!("this step changes the world for everybody; give the scenario one of its own with the tag @{OWN_WORLD}");
        };
        Ok(own)
    }
}

/// A world that a scenario has for itself.
pub(super) struct OwnWorld {
    control: Control,
    client: Client,
    close: BoxFuture<'static, Result<()>>,
}

impl fmt::Debug for OwnWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnWorld").field("control", &self.control).finish_non_exhaustive()
    }
}

impl OwnWorld {
    pub(super) async fn open(open: &OpenWorld, client: &Client) -> Result<Self> {
        let OpenedWorld { control, close } = open().await.context("starting a world for one scenario")?;
        Ok(Self { control: Control::new(&ControlKeys::open(control), client)?, client: client.clone(), close })
    }

    /// Moves the clock of everybody in it.
    ///
    /// # Errors
    /// When it does not say that it has moved by as much: whatever is shown then is not what a later moment shows.
    pub(super) async fn advance_clock(&self, by: &str) -> Result<()> {
        let clock = || self.client.get(self.control.at("clock"));
        let before = http::json(clock()).await.context("reading the clock")?;
        let moved = http::json(self.client.post(self.control.at("clock")).json(&json!({ "advance": by }))).await;
        let after = moved.context("moving the clock")?;
        let now = |shown: &Value| -> Result<Timestamp> {
            shown["now"].as_str().context("the clock shows no moment")?.parse().context("the clock")
        };
        let wanted: SignedDuration = by.parse().with_context(|| format!("{by} is no length of time"))?;
        let passed = now(&after)?.duration_since(now(&before)?);
        ensure!(passed >= wanted, "the clock was to move by {by}, and moved by {passed:#}");
        Ok(())
    }

    pub(super) async fn close(self) -> Result<()> {
        self.close.await.context("stopping the world of one scenario")
    }
}
