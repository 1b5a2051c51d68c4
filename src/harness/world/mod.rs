//! What scenarios talk about: companies, jobs, people, by name. Each scenario has a world of its own with customers of its own.

mod administration;
mod applying;
mod companies;
mod disturbing;
mod inviting;
pub(super) mod jobs;
mod people;
mod results;
pub(super) mod signing_in;
mod taking;
mod walking;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Client;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use super::browser::{Browser, Browsers};
use super::control::Control;
use super::http;
use super::page::Page;
use companies::Company;
use people::Person;

/// The longest that all other scenarios together may take.
const OTHERS: Duration = Duration::from_secs(180);

/// What all scenarios of a run share.
#[derive(Debug)]
pub(super) struct Setting {
    client: Client,
    control: Control,
    browsers: Browsers,
    evidence: PathBuf,
    /// All scenarios live in the same time. Whoever moves it waits until nobody else is in the middle of something.
    present: Arc<RwLock<()>>,
}

impl Setting {
    /// The setting whose control interface has this base URL.
    pub(super) fn new(control: &str, evidence: PathBuf) -> Result<Self> {
        let client = http::client()?;
        let control = Control::new(control, client.clone());
        Ok(Self { client, control, browsers: Browsers::new(), evidence, present: Arc::default() })
    }
}

/// The world of one scenario.
#[derive(Default, cucumber::World)]
pub struct World {
    setting: Option<Arc<Setting>>,
    scenario: String,
    companies: Vec<Company>,
    people: Vec<Person>,
    browser: Option<Browser>,
    /// The screen that was opened last, where a step only looks.
    screen: Option<Page>,
    /// How a request of the tester's own was answered.
    answered: Option<u16>,
    /// Keeps others from moving the clock as long as this scenario runs.
    present: Option<OwnedRwLockReadGuard<()>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let companies: Vec<_> = self.companies.iter().map(|company| &company.name).collect();
        let people: Vec<_> = self.people.iter().map(|person| &person.first).collect();
        f.debug_struct("World").field("scenario", &self.scenario).field("companies", &companies).field("people", &people).finish()
    }
}

impl World {
    /// Enters the run that it belongs to.
    pub(super) async fn enter(&mut self, setting: Arc<Setting>, scenario: &str) {
        self.present = Some(Arc::clone(&setting.present).read_owned().await);
        self.setting = Some(setting);
        scenario.clone_into(&mut self.scenario);
    }

    /// Leaves nothing running behind; takes a last picture of what went wrong.
    pub(super) async fn leave(&mut self, passed: bool) {
        self.present = None;
        let Some(mut browser) = self.browser.take() else { return };
        if !passed && let Err(error) = browser.photograph("failed").await {
            eprintln!("No picture of the failure: {error:#}");
        }
        if let Err(error) = browser.close().await {
            eprintln!("{error:#}");
        }
    }

    /// Moves the clock of everybody, once nobody else is in the middle of something that would expire.
    pub(super) async fn advance_clock(&mut self, by: &str) -> Result<()> {
        self.present = None;
        let present = Arc::clone(&self.setting()?.present);
        let alone = tokio::time::timeout(OTHERS, present.write()).await;
        let _alone = alone.context("the other scenarios do not end, so the clock cannot be moved")?;
        self.control()?.advance_clock(by).await
    }

    fn setting(&self) -> Result<&Arc<Setting>> {
        self.setting.as_ref().context("a world belongs to a run")
    }

    fn client(&self) -> Result<&Client> {
        Ok(&self.setting()?.client)
    }

    fn control(&self) -> Result<&Control> {
        Ok(&self.setting()?.control)
    }

    /// Waits until nothing of anybody in this scenario is under way.
    async fn settle(&self) -> Result<()> {
        for company in &self.companies {
            self.control()?.settle(company.id()).await?;
        }
        Ok(())
    }

    /// Where this scenario keeps its pictures.
    fn evidence(&self) -> Result<PathBuf> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        Ok(self.setting()?.evidence.join(self.scenario.chars().map(plain).collect::<String>()))
    }
}
