//! One candidate's way through the integration: sent by the recruiter or from the career portal, through the assessment where this run
//! can walk them through it, up to the result.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::tenant::Tenant;
use crate::harness::assessment::{self, Place};
use crate::harness::fit::Fit;
use crate::harness::mail::Mail;
use crate::harness::page::{Page, Visitor};
use crate::harness::portal;
use crate::harness::recruiter::{AssessmentLine, SummaryLine};

/// How long a candidate who has begun waits until iCIMS says so, before going on all the same: not every integration tells.
const BEGUN: Duration = Duration::from_secs(5);
/// Everybody's family name.
const LAST_NAME: &str = "Certify";

/// How a candidate came to the integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The recruiter has advanced them.
    Recruiter,
    /// They have applied on the career portal.
    Portal,
}

/// What was done with a candidate, and what was seen on screens and in the mailbox.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    pub(super) way: Way,
    pub(super) first: &'static str,
    /// Empty where the field is.
    pub(super) email: String,
    pub(super) workflow: String,
    job: String,
    /// What the Summary said, once for each time that they were advanced.
    pub(super) summaries: Vec<SummaryLine>,
    /// What the candidate read where the portal's last step had led.
    pub(super) page: Option<String>,
    /// Whether they were walked through the pages of the simulated platform.
    pub(super) was_walked: bool,
    /// Whether they were back on the portal at the end, and thanked.
    pub(super) is_back: bool,
    /// What iCIMS showed before there was a result.
    pub(super) progress: Option<String>,
    pub(super) mail: Vec<Mail>,
    pub(super) rows: Vec<AssessmentLine>,
}

impl Journey {
    pub(super) fn name(&self) -> String {
        format!("{} {LAST_NAME}", self.first)
    }

    /// The result that iCIMS shows, if there is one.
    pub(super) fn result(&self) -> Option<&AssessmentLine> {
        self.rows.iter().find(|row| is_complete(row))
    }

    /// What the user of iCIMS read of an event, from 0.
    pub(super) fn read(&self, number: usize) -> &str {
        self.summaries.get(number).map_or("", |line| line.message.as_str())
    }
}

/// Whether a row is a result.
pub(super) fn is_complete(row: &AssessmentLine) -> bool {
    row.status.to_lowercase().starts_with("complete")
}

/// Whether a row says that nothing came of it.
pub(super) fn is_incomplete(row: &AssessmentLine) -> bool {
    row.status.to_lowercase().starts_with("incomplete")
}

/// What an applicant reads where the last step has led.
fn read(page: &Page) -> String {
    page.text("#thanks p").unwrap_or_else(|_| page.words())
}

impl Tenant {
    /// A new candidate is submitted to a job and advanced to the vendor's status.
    pub(super) async fn send(&self, job: &str, trigger: &str, first: &'static str, has_email: bool) -> Result<Journey> {
        let email = if has_email { self.address_of(first) } else { String::new() };
        let person = self.recruiter.create_person("candidate", first, LAST_NAME, &email).await.context("creating a candidate")?;
        let workflow = self.recruiter.submit(&person, job).await.context("submitting a candidate to a job")?;
        let mut journey = Journey::new(Way::Recruiter, first, email, workflow, job);
        self.send_again(&mut journey, trigger).await?;
        Ok(journey)
    }

    /// The same candidate is advanced to it once more.
    pub(super) async fn send_again(&self, journey: &mut Journey, trigger: &str) -> Result<()> {
        let line = self.recruiter.advance_to(&journey.job, &journey.workflow, trigger).await.context("advancing a candidate")?;
        journey.summaries.push(line);
        Ok(())
    }

    /// A new candidate applies for a job on the portal, takes the assessment where this run can, and comes back.
    pub(super) async fn apply(&self, (job, title): (&str, &str), first: &'static str, say: &dyn Fn(&str)) -> Result<Journey> {
        let (visitor, email) = (self.visitor(), self.address_of(first));
        let step =
            portal::apply(&visitor, &self.portal, title, (first, LAST_NAME), &email).await.context("applying on the portal")?;
        let people = self.recruiter.people(job).await?;
        let link = people.link_named(&format!("{first} {LAST_NAME}")).context("finding an applicant on the tab People")?;
        let workflow = link.rsplit('/').next().context("the link to a workflow ends with its id")?.to_owned();
        let mut journey = Journey::new(Way::Portal, first, email, workflow, job);
        if !step.has("#assessment-form") {
            journey.page = Some(step.words());
            return Ok(journey);
        }
        match portal::leave(&visitor, &step).await {
            Ok(page) if assessment::place(&page).is_ok() => {
                let end = self.take(&mut journey, &visitor, page).await?;
                let page = portal::go_back(&visitor, &end).await?;
                journey.is_back = page.has("#thanks");
                journey.page = Some(read(&page));
            }
            Ok(page) => {
                journey.is_back = page.has("#thanks");
                if page.has("#vendor-message") {
                    journey.page = Some(page.text("#vendor-message")?);
                    return Ok(journey);
                }
                journey.page = Some(read(&page));
            }
            Err(error) => journey.page = Some(format!("{error:#}")),
        }
        self.follow(&mut journey, say).await?;
        Ok(journey)
    }

    /// Waits for what becomes of a candidate, and takes the assessment for them if it is one of the simulated platform. Everybody else's
    /// has to be taken by whoever can, while this waits.
    pub(super) async fn follow(&self, journey: &mut Journey, say: &dyn Fn(&str)) -> Result<()> {
        if journey.summaries.last().is_some_and(|line| matches!(line.outcome.as_str(), "refused" | "failed" | "moved")) {
            return Ok(());
        }
        let mut has_said = false;
        let mut began = Instant::now();
        loop {
            journey.rows = self.recruiter.assessments(&journey.workflow).await?;
            if journey.rows.iter().any(|row| is_complete(row) || is_incomplete(row)) {
                return Ok(());
            }
            if let Some(row) = journey.rows.first() {
                journey.progress.get_or_insert_with(|| row.status.clone());
            }
            if let Some(link) = self.new_invitation(journey).await? {
                let visitor = self.visitor();
                let page = visitor.open(&link).await?;
                self.take(journey, &visitor, page).await?;
                began = Instant::now();
                continue;
            }
            let waited = began.elapsed();
            if waited > self.patience {
                return Ok(());
            }
            if !has_said && !journey.was_walked && waited > BEGUN {
                has_said = true;
                say(&self.what_is_awaited(journey));
            }
            let rows = journey.rows.len();
            let left = self.patience.saturating_sub(waited).min(BEGUN);
            self.within(left, async || {
                let more = self.recruiter.assessments(&journey.workflow).await?;
                let mail = self.mail(&journey.email).await?;
                Ok((more.iter().any(is_complete) || more.len() != rows || mail.len() != journey.mail.len()).then_some(()))
            })
            .await?;
        }
    }

    /// Looks again, once everything has come to rest.
    pub(super) async fn look_again(&self, journey: &mut Journey) -> Result<()> {
        journey.rows = self.recruiter.assessments(&journey.workflow).await?;
        if !journey.email.is_empty() {
            journey.mail = self.mail(&journey.email).await?;
        }
        Ok(())
    }

    /// The link of a mail that has come since the last look, if this run can follow it.
    async fn new_invitation(&self, journey: &mut Journey) -> Result<Option<String>> {
        let known = journey.mail.len();
        journey.mail = self.mail(&journey.email).await?;
        let Some(platform) = self.platform.as_deref().filter(|_| !journey.was_walked) else { return Ok(None) };
        let links = journey.mail.iter().skip(known).flat_map(|mail| &mail.links);
        let mut links = links.filter(|link| link.strip_prefix(platform).is_some_and(|rest| rest.starts_with("/app/landing/")));
        Ok(links.next().cloned())
    }

    async fn take(&self, journey: &mut Journey, visitor: &Visitor, mut page: Page) -> Result<Page> {
        journey.was_walked = true;
        if assessment::place(&page)? == Place::Landing {
            page = assessment::begin(visitor, &page).await.context("beginning the assessment")?;
            let shown = async || Ok(self.recruiter.assessments(&journey.workflow).await?.first().map(|row| row.status.clone()));
            journey.progress = self.within(BEGUN.min(self.patience), shown).await?;
        }
        assessment::finish(visitor, page, Fit::Great).await.context("taking the assessment")
    }

    fn what_is_awaited(&self, journey: &Journey) -> String {
        let link = journey.mail.last().and_then(|mail| mail.links.first());
        let offered = journey.summaries.last().and_then(|line| line.link.as_ref());
        let who = journey.name();
        let left = self.patience.as_secs();
        match (offered, link) {
            (Some(link), _) => format!("confirm the packages of {who} at {link}; waiting up to {left} s for the result"),
            (None, Some(link)) => format!("take the assessment of {who} at {link}; waiting up to {left} s for the result"),
            (None, None) => format!("waiting up to {left} s for what becomes of {who} (workflow {})", journey.workflow),
        }
    }

    fn address_of(&self, first: &str) -> String {
        format!("{}.certify-{}@example.org", first.to_lowercase(), self.run)
    }
}

impl Journey {
    fn new(way: Way, first: &'static str, email: String, workflow: String, job: &str) -> Self {
        Self {
            way,
            first,
            email,
            workflow,
            job: job.to_owned(),
            summaries: Vec::new(),
            page: None,
            was_walked: false,
            is_back: false,
            progress: None,
            mail: Vec::new(),
            rows: Vec::new(),
        }
    }
}
