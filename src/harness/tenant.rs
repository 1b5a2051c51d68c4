//! A customer of iCIMS and Harver that nobody has opened for a scenario: its own records go on beside those of the run, its clock cannot
//! be moved, and nobody tells what is under way. What a run leaves there it names.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::time::sleep;
use url::Url;

use super::browser::Browsers;
use super::icims::{IcimsApi, Removal};
use super::mail::Inbox;
use super::need::Need;
use super::person::Person;

/// How long it takes from one look to the next, at first and at last.
const LOOKS: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// A customer, how it is worked with, and what is to be found there.
pub(super) struct Tenant {
    pub(super) customer: String,
    pub(super) icims: IcimsApi,
    /// The recruiter's screens and the career portal, where they are those of the sandbox.
    pub(super) recruiter_url: Option<Url>,
    pub(super) portal_url: Option<Url>,
    /// Ids of jobs by their titles in the scenarios.
    pub(super) jobs: BTreeMap<String, String>,
    /// Labels of packages by vacancy.
    pub(super) packages: BTreeMap<String, String>,
    /// How links to the assessment begin.
    pub(super) link_url: Option<Url>,
    /// Whether a program can take the assessment.
    pub(super) simulated: bool,
    /// The address of a candidate, with `{name}` in it, and where its mail is read.
    pub(super) mail: Option<(String, Inbox)>,
    pub(super) person: Option<Arc<Person>>,
    pub(super) patience: Duration,
    pub(super) quiet: Duration,
    /// Tells this run from every other.
    pub(super) run: String,
    /// How many people the run has named.
    pub(super) named: AtomicUsize,
}

impl Tenant {
    /// Whether everything answers that a run needs.
    pub(super) async fn greet(&self) -> Result<()> {
        self.icims.greet().await.with_context(|| format!("iCIMS does not let us read customer {}", self.customer))?;
        match &self.mail {
            Some((_, inbox)) => inbox.greet().await,
            None => Ok(()),
        }
    }

    /// What is not to be had here.
    pub(super) fn lacks(&self, need: Need) -> bool {
        let asks = self.person.is_some();
        match need {
            Need::Browser => !Browsers::are_installed(),
            Need::OwnWorld | Need::OwnCustomer | Need::Faults | Need::Journal | Need::Console => true,
            Need::Screens => self.recruiter_url.is_none(),
            Need::Summary => self.recruiter_url.is_none() && !asks,
            Need::Portal => self.portal_url.is_none(),
            // Without the beginning of its address, any link would pass for the one to the assessment.
            Need::Mail => self.mail.is_none() || self.link_url.is_none(),
            Need::Assessment => !self.simulated && !asks,
            Need::AssessmentPages => !self.simulated,
            Need::Changes => !self.icims.calls().may_write(),
        }
    }

    /// What distinguishes one more person or requisition from everything that was ever there.
    pub(super) fn tag(&self) -> String {
        format!("{}{}", self.run, self.named.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// The address at which a candidate gets mail.
    pub(super) fn address(&self, name: &str) -> String {
        let pattern = self.mail.as_ref().map_or("{name}@invalid.example", |(pattern, _)| pattern.as_str());
        pattern.replace("{name}", name)
    }

    /// Looks again and again, ever more seldom, until a condition holds.
    ///
    /// # Errors
    /// When it does not in time: what was waited for, and what was seen last. Errors of `check` end the wait.
    #[expect(
        clippy::disallowed_methods,
        reason = "nobody here tells when something has changed: it has to be looked at, and not all the time"
    )]
    pub(super) async fn wait_until<T>(&self, what: &str, mut check: impl AsyncFnMut() -> Result<Result<T, String>>) -> Result<T> {
        let (start, [mut pause, longest]) = (Instant::now(), LOOKS);
        loop {
            match check().await? {
                Ok(found) => return Ok(found),
                Err(seen) if start.elapsed() > self.patience => {
                    bail!("waited {} s until {what}; at last: {seen}", self.patience.as_secs())
                }
                Err(_) => sleep(pause).await,
            }
            pause = (pause * 2).min(longest);
        }
    }

    /// Waits until nothing more is to be expected. Nobody can be asked here, so that this is a matter of time.
    #[expect(clippy::disallowed_methods, reason = "nothing tells that nothing is under way but that nothing has happened")]
    pub(super) async fn settle(&self) {
        if let Some(person) = &self.person {
            person.forget();
        }
        sleep(self.quiet).await;
    }

    /// Removes what was created, as far as iCIMS lets it. What is left, a line each.
    pub(super) async fn tidy_up(&self) -> (Vec<String>, Vec<anyhow::Error>) {
        let (mut left, mut failed, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for created in self.icims.calls().take_created() {
            // What iCIMS refuses to delete of one kind it refuses of all.
            if refused.contains(&created.kind) {
                left.push(created.to_string());
                continue;
            }
            match self.icims.remove(&created).await {
                Ok(Removal::Gone) => {}
                Ok(Removal::Closed) => left.push(format!("{created}, closed")),
                Ok(Removal::Unknown) => left.push(created.to_string()),
                Ok(Removal::Refused) => {
                    refused.push(created.kind);
                    left.push(created.to_string());
                }
                Err(error) => {
                    failed.push(error.context(format!("removing {created}")));
                    left.push(created.to_string());
                }
            }
        }
        (left, failed)
    }
}
