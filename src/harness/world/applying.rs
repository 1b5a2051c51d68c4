//! Applicants on the career portal.

use anyhow::{Context, Result, ensure};

use super::World;
use crate::harness::assessment;
use crate::harness::fit::Fit;
use crate::harness::icims::Created;
use crate::harness::portal;

impl World {
    /// Fills in an application up to its last page.
    pub(in crate::harness) async fn apply(&mut self, first: &str, job: &str) -> Result<()> {
        let mut person = self.newcomer(first)?;
        let company = self.company()?;
        company.icims.calls().announce(&format!("{} applies for {job:?} on the career portal", person.full_name()))?;
        let portal = company.portal()?;
        let page = portal::apply(&person.visitor, portal, job, (first, &person.last), &person.email).await?;
        person.page = Some(page);
        self.people.push(person);
        self.note_application(first, job).await
    }

    /// Fills in an application and follows the link of its last step.
    pub(in crate::harness) async fn apply_up_to_assessment(&mut self, first: &str, job: &str) -> Result<()> {
        self.apply(first, job).await?;
        let person = self.person(first)?;
        let page = portal::leave(&person.visitor, person.page()?).await?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    /// Applies, takes the assessment and goes back to the portal.
    pub(in crate::harness) async fn apply_and_take_assessment(&mut self, first: &str, job: &str, fit: Fit) -> Result<()> {
        self.apply_up_to_assessment(first, job).await?;
        self.finish(first, fit).await?;
        let person = self.person(first)?;
        let page = portal::go_back(&person.visitor, person.page()?).await?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    /// Finds the position on the portal again, in the same browser, and follows the link of the last step again.
    pub(in crate::harness) async fn open_assessment_again(&mut self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let job = portal::find(&person.visitor, self.company_of(person).portal()?, person.job()?).await?;
        let step = person.visitor.follow(&job, "#apply").await?.succeeded()?;
        let page = portal::leave(&person.visitor, &step).await?.succeeded()?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    /// The portal thanks, and the recruiter sees a complete application.
    pub(in crate::harness) async fn application_is_complete(&self, first: &str) -> Result<()> {
        self.is_thanked(first)?;
        let person = self.person(first)?;
        let stands = self.company_of(person).recruiter()?.portal_application(person.workflow()?).await?;
        ensure!(stands == "Complete", "iCIMS shows the application as {stands:?}");
        Ok(())
    }

    pub(in crate::harness) fn is_thanked(&self, first: &str) -> Result<()> {
        let page = self.person(first)?.page()?;
        ensure!(page.has("#thanks"), "{first} is at {} and reads: {}", page.url, page.words());
        Ok(())
    }

    /// The portal's assessment step says why there is no assessment, and whom to ask.
    pub(in crate::harness) fn reads_why_not(&self, first: &str) -> Result<()> {
        let page = self.person(first)?.page()?;
        ensure!(assessment::place(page).is_err(), "{first} was taken to the assessment");
        let message = page.text("#vendor-message")?;
        ensure!(message.contains("cannot be started"), "the portal says: {message}");
        ensure!(message.to_lowercase().contains("support@harver.com"), "the portal names nobody to ask: {message}");
        Ok(())
    }

    /// The new applicant's profile and workflow, as the recruiter finds them on the job's tab People.
    pub(super) async fn note_application(&mut self, first: &str, job: &str) -> Result<()> {
        let person = self.person(first)?;
        let company = self.company_of(person);
        let page = company.recruiter()?.people(&company.job(job).await?).await?;
        let link = page.link_named(&person.full_name())?;
        let workflow = link.rsplit('/').next().context("the link to a workflow ends with its id")?.to_owned();
        if company.tenant().is_some() {
            let (name, id) = (person.full_name(), company.icims.person_of(&workflow).await?);
            for (kind, id) in [("people", id), ("applicantworkflows", workflow.clone())] {
                company.icims.calls().remember(Created { kind, id: Some(id), called: name.clone() });
            }
        }
        self.person_mut(first)?.workflows.push((job.to_owned(), workflow));
        Ok(())
    }
}
