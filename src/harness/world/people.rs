//! The people of a scenario: who they are, and what they have been submitted to.

use anyhow::{Context, Result, anyhow, ensure};

use super::World;
use super::companies::Company;
use crate::harness::mail::Mail;
use crate::harness::page::{Page, Visitor};
use crate::harness::recruiter::SummaryLine;

/// Surnames; which one somebody has depends on the first name alone.
const SURNAMES: [&str; 7] = ["Duarte", "Okonkwo", "Lindgren", "Moreau", "Petrov", "Tanaka", "Weber"];

/// Somebody in a scenario.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) first: String,
    pub(super) last: String,
    /// The address that is or will be in the profile.
    pub(super) email: String,
    /// The person's id in iCIMS; empty until there is a profile.
    pub(super) id: String,
    /// Job titles and workflow ids, in the order of submission.
    pub(super) workflows: Vec<(String, String)>,
    /// The person's own browser.
    pub(super) visitor: Visitor,
    /// The page that the person sees.
    pub(super) page: Option<Page>,
    /// What the Summary said after the last advance.
    pub(super) summary: Option<SummaryLine>,
    /// The pages that the person has met in a real browser.
    pub(super) met: Vec<String>,
    /// The index of the company.
    company: usize,
}

impl Person {
    /// The workflow that a scenario is about: the first.
    pub(super) fn workflow(&self) -> Result<&str> {
        let (_, workflow) = self.workflows.first().with_context(|| format!("{} is not submitted to any job", self.first))?;
        Ok(workflow)
    }

    /// The job that a scenario is about: the first.
    pub(super) fn job(&self) -> Result<&str> {
        let (job, _) = self.workflows.first().with_context(|| format!("{} is not submitted to any job", self.first))?;
        Ok(job)
    }

    /// The page that the person sees.
    pub(super) fn page(&self) -> Result<&Page> {
        self.page.as_ref().with_context(|| format!("{} has not opened any page", self.first))
    }

    /// As forms and lists show the person.
    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

impl World {
    /// A Candidate is made and submitted to a job.
    pub(in crate::harness) async fn submitted_candidate(&mut self, first: &str, job: &str) -> Result<()> {
        let person = self.newcomer(first)?;
        let email = person.email.clone();
        self.submit_newcomer(person, job, Some(&email)).await
    }

    /// The same, with another e-mail address or none.
    pub(in crate::harness) async fn submitted_candidate_with(
        &mut self,
        first: &str,
        job: &str,
        email: Option<&str>,
    ) -> Result<()> {
        let person = self.newcomer(first)?;
        self.submit_newcomer(person, job, email).await
    }

    async fn submit_newcomer(&mut self, mut person: Person, job: &str, email: Option<&str>) -> Result<()> {
        let company = self.company()?;
        person.id = company.icims.create_candidate(&person.first, &person.last, email).await?;
        let workflow = company.icims.submit(&person.id, &company.job(job).await?).await?;
        person.workflows.push((job.to_owned(), workflow));
        self.people.push(person);
        Ok(())
    }

    /// The same, with the e-mail address of somebody else.
    pub(in crate::harness) async fn submitted_candidate_like(&mut self, first: &str, other: &str, job: &str) -> Result<()> {
        let email = self.person(other)?.email.clone();
        self.submitted_candidate_with(first, job, Some(&email)).await
    }

    /// Tomas uses Create > Person; `entry` is `candidate` or `contact`.
    pub(in crate::harness) async fn create_person(&mut self, first: &str, entry: &str) -> Result<()> {
        let mut person = self.newcomer(first)?;
        person.id = self.company()?.create_person(entry, &person).await?;
        self.people.push(person);
        Ok(())
    }

    /// Tomas uses Submit to Job on the candidate's page.
    pub(in crate::harness) async fn submit(&mut self, first: &str, job: &str) -> Result<()> {
        let person = self.person(first)?;
        let company = self.company_of(person);
        let workflow = company.submit(&person.id, &company.job(job).await?).await?;
        self.person_mut(first)?.workflows.push((job.to_owned(), workflow));
        Ok(())
    }

    pub(in crate::harness) async fn add_candidate_role(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        self.company_of(person).add_candidate_role(&person.id).await
    }

    pub(in crate::harness) async fn fill_in_email(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        self.company_of(person).fill_in_email(&person.id, &person.email).await
    }

    pub(in crate::harness) async fn open_submit_dialog(&mut self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        self.screen = Some(self.company_of(person).recruiter()?.submit_dialog(&person.id).await?);
        Ok(())
    }

    pub(in crate::harness) async fn is_marked_as_submitted(&self, job: &str) -> Result<()> {
        let screen = self.screen.as_ref().context("Tomas has not opened anything")?;
        let row = screen.text(&format!("#job-{}", self.company()?.job(job).await?))?;
        ensure!(row.contains("Already submitted"), "the dialog offers {row}");
        Ok(())
    }

    /// The page of a plain Person says that only Candidates can be submitted.
    pub(in crate::harness) async fn cannot_be_submitted(&self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let why = self.company_of(person).recruiter()?.why_not_submitted(&person.id).await?;
        let why = why.context("the page offers Submit to Job")?;
        ensure!(why.contains("Candidate"), "the reason does not name the role: {why}");
        Ok(())
    }

    pub(in crate::harness) async fn is_among_new_submissions(&self, first: &str, job: &str) -> Result<()> {
        let person = self.person(first)?;
        let company = self.company_of(person);
        let Some(screens) = company.screens() else {
            return self.is_in_status(first, "Recruiter Submitted").await;
        };
        let page = screens.people(&company.job(job).await?).await?;
        let panel = format!("#panel-new-submissions #candidate-{}", person.workflow()?);
        let row = page.text(&panel)?;
        ensure!(row.contains(&person.full_name()), "the row is about somebody else: {row}");
        Ok(())
    }

    pub(in crate::harness) async fn is_in_status(&self, first: &str, status: &str) -> Result<()> {
        let person = self.person(first)?;
        let found = self.company_of(person).is_in_status(person.workflow()?, status).await?;
        found.map_err(|is| anyhow!("{first} is in the status {is}"))
    }

    /// Somebody who is not in the scenario yet, of the company that it is about.
    pub(super) fn newcomer(&self, first: &str) -> Result<Person> {
        ensure!(self.person(first).is_err(), "there is a {first} already");
        let sum: usize = first.bytes().map(usize::from).sum();
        let surname = SURNAMES[sum % SURNAMES.len()];
        let company = self.company()?;
        let (last, email) = match company.tenant() {
            None => (surname.to_owned(), format!("{first}.{surname}@mail-{}.example", company.id()).to_lowercase()),
            Some(tenant) => {
                let tag = tenant.tag();
                (format!("{surname} {tag}"), tenant.address(&format!("{first}.{surname}.{tag}").to_lowercase()))
            }
        };
        Ok(Person {
            first: first.to_owned(),
            last,
            email,
            id: String::new(),
            workflows: Vec::new(),
            visitor: Visitor::new(self.client()?),
            page: None,
            summary: None,
            met: Vec::new(),
            company: self.companies.len() - 1,
        })
    }

    pub(super) fn person(&self, first: &str) -> Result<&Person> {
        let found = self.people.iter().find(|person| person.first == first);
        found.with_context(|| format!("{first} is nobody in this scenario"))
    }

    pub(super) fn person_mut(&mut self, first: &str) -> Result<&mut Person> {
        let found = self.people.iter_mut().find(|person| person.first == first);
        found.with_context(|| format!("{first} is nobody in this scenario"))
    }

    pub(super) fn company_of(&self, person: &Person) -> &Company {
        &self.companies[person.company]
    }

    /// The first names of everybody, in the order of their appearance.
    pub(in crate::harness) fn everybody(&self) -> Vec<String> {
        self.people.iter().map(|person| person.first.clone()).collect()
    }

    /// The page of the mailbox that shows a message.
    pub(super) fn mailbox_page(&self, message: u64) -> Result<String> {
        Ok(format!("{}/messages/{message}", self.company()?.keys()?.mailbox.base_url))
    }

    /// All mail to a person, newest first.
    pub(super) async fn mail_of(&self, person: &Person) -> Result<Vec<Mail>> {
        self.place.mail(self.company_of(person).id(), &person.email).await
    }
}
