//! What a recruiter does and sees: on the screens of a customer that was opened for the scenario; elsewhere by the API, which keeps count and
//! says what it changes. What the API cannot do there is done on screens of the sandbox's kind, or by a person.

use anyhow::{Context, Result, ensure};

use super::companies::{Company, Requisition};
use super::people::Person;
use crate::harness::icims::ResultLine;
use crate::harness::recruiter::{AssessmentLine, Recruiter, SummaryLine};

/// The folder of each entry of Create > Person.
const FOLDERS: [(&str, &str); 2] = [("candidate", "Cand:Unreviewed"), ("contact", "Person")];

impl Company {
    /// The screens of a customer whose records are nobody else's.
    fn own_screens(&self) -> Option<&Recruiter> {
        self.screens().filter(|_| self.tenant().is_none())
    }

    /// Create > Person; `entry` is `candidate` or `contact`. The person's id.
    pub(super) async fn create_person(&self, entry: &str, person: &Person) -> Result<String> {
        let (first, last, email) = (&person.first, &person.last, &person.email);
        if let Some(screens) = self.own_screens() {
            return screens.create_person(entry, first, last, email).await;
        }
        let folder = FOLDERS.iter().find(|(known, _)| *known == entry).map(|(_, folder)| *folder);
        self.icims.create_person(folder.with_context(|| format!("no entry {entry}"))?, first, last, Some(email)).await
    }

    /// Adds the Candidate role to a plain Person.
    pub(super) async fn add_candidate_role(&self, person: &str) -> Result<()> {
        match self.own_screens() {
            Some(screens) => screens.add_candidate_role(person).await,
            None => self.icims.make_candidate(person).await,
        }
    }

    /// Fills in the e-mail address of a person.
    pub(super) async fn fill_in_email(&self, person: &str, email: &str) -> Result<()> {
        match self.own_screens() {
            Some(screens) => screens.fill_in_email(person, email).await,
            None => self.icims.change_email(person, email).await,
        }
    }

    /// Submit to Job. The workflow's id.
    pub(super) async fn submit(&self, person: &str, job: &str) -> Result<String> {
        match self.own_screens() {
            Some(screens) => screens.submit(person, job).await,
            None => self.icims.submit(person, job).await,
        }
    }

    /// Reject, and the question after it.
    pub(super) async fn reject(&self, job: &str, workflow: &str) -> Result<()> {
        match self.own_screens() {
            Some(screens) => screens.reject(job, workflow).await,
            None => self.icims.advance(workflow, "Not Selected").await,
        }
    }

    /// Whether an application is in the status with this label; what it is in, if it is not.
    pub(super) async fn is_in_status(&self, workflow: &str, status: &str) -> Result<Result<(), String>> {
        let Some(screens) = self.own_screens() else { return self.icims.is_in_status(workflow, status).await };
        let shown = screens.status(workflow).await?;
        Ok(if shown.ends_with(status) { Ok(()) } else { Err(shown) })
    }

    /// Create > Job, open, with this package or none.
    pub(super) async fn create_job(&self, title: &str, package: Option<&str>) -> Result<Requisition> {
        if let Some(screens) = self.own_screens() {
            let id = screens.create_job(title, package).await?;
            return Ok(Requisition { id, title: title.to_owned() });
        }
        let title = self.tenant().map_or_else(|| title.to_owned(), |tenant| format!("{title} {}", tenant.tag()));
        let id = self.icims.create_job(&title, package).await?;
        Ok(Requisition { id, title })
    }

    /// Selects a package on a job instead of those there were.
    pub(super) async fn select_package(&self, job: &str, package: &str) -> Result<()> {
        match self.own_screens() {
            Some(screens) => screens.select_package(job, package).await,
            None => self.icims.select_package(job, package).await,
        }
    }

    /// Whether a requisition may be changed: at a customer that was there before, only one that the scenario has made.
    pub(super) fn may_change(&self, title: &str) -> Result<()> {
        let is_ours = self.tenant().is_none() || self.jobs.contains_key(title);
        ensure!(is_ours, "{title:?} is no requisition of this scenario, and one of others is not changed: create one first");
        Ok(())
    }

    /// The folder of a job, and the packages on it.
    pub(super) async fn requisition(&self, job: &str) -> Result<(String, Vec<String>)> {
        let Some(screens) = self.own_screens() else { return self.icims.job(job).await };
        let (page, known) = (screens.job(job).await?, screens.packages().await?);
        let shown = page.words();
        Ok((page.text("#job-folder")?, known.into_iter().filter(|label| shown.contains(label.as_str())).collect()))
    }

    /// The label of the package of a vacancy, as it is in the list.
    pub(super) async fn package_of(&self, vacancy: &str) -> Result<String> {
        if let Some(tenant) = self.tenant() {
            let label = tenant.packages.get(vacancy).cloned();
            return label.with_context(|| {
                format!("the environment does not tell the package of {vacancy:?}: add it to [icims.packages]")
            });
        }
        let begin = format!("Harver {vacancy} –");
        let mut all = self.recruiter()?.packages().await?.into_iter();
        all.find(|label| label.starts_with(&begin)).with_context(|| format!("there is no package {begin}"))
    }

    /// The section Assessments of the Screen tab.
    pub(super) async fn assessments(&self, workflow: &str) -> Result<Vec<AssessmentLine>> {
        match self.screens() {
            Some(screens) => screens.assessments(workflow).await,
            None => Ok(self.icims.results(workflow).await?.into_iter().map(line_of).collect()),
        }
    }

    /// Advances candidates of a job to the status with this label. What the Summary says of each, where it can be seen.
    pub(super) async fn advance(&self, job: (&str, &str), people: &[&Person], status: &str) -> Result<Vec<Option<SummaryLine>>> {
        let workflows = people.iter().map(|person| person.workflow().map(str::to_owned)).collect::<Result<Vec<_>>>()?;
        if let Some(screens) = self.screens() {
            let names: Vec<_> = people.iter().map(|person| person.full_name()).collect();
            self.icims.calls().announce(&format!("advances {} to {status:?} on the recruiter's screens", names.join(", ")))?;
            return Ok(screens.advance(job.0, &workflows, status).await?.into_iter().map(Some).collect());
        }
        let mut seen = Vec::new();
        for (person, workflow) in people.iter().zip(&workflows) {
            seen.push(match self.tenant().and_then(|tenant| tenant.person.as_ref()) {
                Some(colleague) => {
                    let asked = format!(
                        "In iCIMS, tick {} on the tab People of the job {:?} and advance to {status:?}. Then copy what the Summary says of \
                         this candidate, with the advice below it, in one line.",
                        person.full_name(),
                        job.1
                    );
                    let message = colleague.ask(&asked).await?;
                    ensure!(!message.is_empty(), "nobody has told what the Summary says of {}", person.first);
                    let moved = self.icims.is_in_status(workflow, status).await?.is_ok();
                    let outcome = if moved { "accepted" } else { "refused" };
                    let (advice, page) = (String::new(), String::new());
                    Some(SummaryLine { outcome: outcome.into(), message, advice, link: None, page })
                }
                None => {
                    self.icims.advance(workflow, status).await?;
                    None
                }
            });
        }
        Ok(seen)
    }
}

fn line_of(line: ResultLine) -> AssessmentLine {
    let ResultLine { name, status, score, recommendation, notes, report } = line;
    let report = Some(report).filter(|report| !report.is_empty());
    AssessmentLine { name, status, score, result: recommendation, notes, report }
}
