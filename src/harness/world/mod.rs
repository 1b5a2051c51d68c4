//! What scenarios talk about: companies, jobs, people, by name. Each scenario has a world of its own with customers of its own.

mod accepting;
mod administration;
mod api;
mod applying;
mod choosing;
mod companies;
mod disturbing;
mod end_page;
mod ending;
pub(super) mod guide;
mod inviting;
pub(super) mod jobs;
mod people;
mod recruiting;
mod results;
pub(super) mod setting_up;
pub(super) mod signing_in;
mod taking;
mod walking;
mod witness;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Error, Result, anyhow};
use reqwest::Client;

use super::api::{Api, Settings};
use super::browser::hands::Means;
use super::browser::{Browser, Browsers};
use super::control::Control;
use super::environment::Way;
use super::page::Page;
use super::place::{OpenWorld, OwnWorld, Place};
use companies::Company;
use people::Person;

/// What is said when the page that a scenario failed at cannot be pictured.
const GONE: &str = "no picture of the failure, as its browser was closed or killed, or does not answer";

/// What a folder may be called at the longest.
const LONGEST_NAME: usize = 200;

/// What all scenarios of a run share.
pub(super) struct Setting {
    client: Client,
    /// Where there is one; a run of scenarios that all have their own needs none.
    shared: Option<Way>,
    /// Starts a world for one scenario; `None` where others have a world running.
    own: Option<OpenWorld>,
    browsers: Browsers,
    evidence: PathBuf,
    api: Settings,
}

impl Setting {
    /// The setting with this shared world, and with worlds of their own for those who want them.
    pub(super) fn new(client: Client, shared: Option<Way>, own: Option<OpenWorld>, evidence: PathBuf) -> Self {
        Self { client, shared, own, browsers: Browsers::new(), evidence, api: Settings::default() }
    }

    /// The same, with what requests of a scenario's own go by.
    pub(super) fn with_api(self, api: Settings) -> Self {
        Self { api, ..self }
    }
}

/// The world of one scenario.
#[derive(Default, cucumber::World)]
pub struct World {
    setting: Option<Arc<Setting>>,
    place: Place,
    scenario: String,
    companies: Vec<Company>,
    people: Vec<Person>,
    browser: Option<Browser>,
    /// How the browser is worked.
    means: Means,
    /// The screen that was opened last, where a step only looks.
    screen: Option<Page>,
    /// How a request of the tester's own was answered.
    answered: Option<u16>,
    /// Requests of the scenario's own, in its own words.
    api: Api,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let companies: Vec<_> = self.companies.iter().map(|company| &company.name).collect();
        let people: Vec<_> = self.people.iter().map(|person| &person.first).collect();
        f.debug_struct("World").field("scenario", &self.scenario).field("companies", &companies).field("people", &people).finish()
    }
}

impl World {
    /// Enters the run that it belongs to; among the other scenarios unless it is to be alone. Without a world its first step fails.
    pub(super) async fn enter(&mut self, setting: Arc<Setting>, scenario: &str, alone: bool) {
        self.place = if alone {
            let own = match &setting.own {
                Some(own) => OwnWorld::open(own, &setting.client).await,
                None => Err(anyhow!("none can be started here")),
            };
            own.map_or_else(|error| Place::Nowhere(format!("{error:#}")), Place::Own)
        } else {
            match setting.shared.clone() {
                Some(Way::Control(control)) => Place::Shared(control),
                Some(Way::Tenant(tenant)) => Place::Tenant(tenant),
                None => Place::Nowhere("nobody has started one".into()),
            }
        };
        self.setting = Some(setting);
        scenario.clone_into(&mut self.scenario);
    }

    /// Takes a last picture of what went wrong, before anybody leaves.
    ///
    /// # Errors
    /// When the browser does not let itself be looked at any more.
    pub(super) async fn picture_failure(&mut self) -> Result<()> {
        let Some(browser) = &mut self.browser else { return Ok(()) };
        browser.photograph("failed").await.context(GONE)
    }

    /// Leaves nothing running behind. What could not be left as it should is handed back.
    pub(super) async fn leave(&mut self, passed: bool) -> Vec<Error> {
        let mut left = self.close_browser(passed).await;
        left.extend(self.api.nothing_is_left_unsent().err().filter(|_| passed));
        if let Place::Own(own) = std::mem::take(&mut self.place) {
            left.extend(own.close().await.err());
        }
        left
    }

    async fn close_browser(&mut self, passed: bool) -> Vec<Error> {
        let Some(browser) = self.browser.take() else { return Vec::new() };
        // Nobody knows what a scenario that failed has left behind.
        let left = if passed { browser.leave().await } else { browser.close().await };
        left.err().into_iter().collect()
    }

    async fn open_browser(&mut self) -> Result<()> {
        let browser = self.setting()?.browsers.open(self.evidence()?).await?;
        self.browser = Some(browser);
        Ok(())
    }

    fn browser(&mut self) -> Result<&mut Browser> {
        self.browser.as_mut().context("no browser is open")
    }

    /// Moves the clock of everybody in this scenario's own world, once what is under way is done: it belongs to the time before.
    pub(super) async fn advance_clock(&self, by: &str) -> Result<()> {
        let own = self.place.own()?;
        self.settle().await?;
        own.advance_clock(by).await
    }

    fn setting(&self) -> Result<&Arc<Setting>> {
        self.setting.as_ref().context("a world belongs to a run")
    }

    fn client(&self) -> Result<&Client> {
        Ok(&self.setting()?.client)
    }

    fn control(&self) -> Result<&Control> {
        self.place.control()
    }

    /// Looks at a company again and again until a condition holds, as [`Place::wait_until`].
    async fn wait_until<T>(
        &self,
        company: &Company,
        what: &str,
        check: impl AsyncFnMut() -> Result<Result<T, String>>,
    ) -> Result<T> {
        self.place.wait_until(company.id(), what, check).await
    }

    /// Waits until nothing of anybody in this scenario is under way.
    async fn settle(&self) -> Result<()> {
        for company in &self.companies {
            self.place.settle(company.id()).await?;
        }
        Ok(())
    }

    /// The same, and nothing waits to be tried again either: what has not happened then will not happen.
    async fn come_to_rest(&self) -> Result<()> {
        for company in &self.companies {
            self.place.come_to_rest(company.id()).await?;
        }
        Ok(())
    }

    /// Where this scenario, and no other, keeps its pictures.
    fn evidence(&self) -> Result<PathBuf> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = self.scenario.chars().map(plain).take(LONGEST_NAME).collect();
        Ok(self.setting()?.evidence.join("pictures").join(name))
    }
}
